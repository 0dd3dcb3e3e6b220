"""The press review: what is new on standing questions, as Markdown, HTML or a Word document."""

from collections.abc import Sequence
from datetime import date

from qa.chat_history import ChatTurn, TurnState
from qa.i18n import Words
from qa.server.exports.document import write_document
from qa.standing import News


def write_review(news: Sequence[News], day: date, suffix: str) -> bytes:
    """Return the review as a file's bytes, in the language of its first question.

    Args:
        news: of each question that there are news on.
        day: the review's.
        suffix: as for `write_document`.
    """
    words = Words(news[0].answer.language if news else "en")
    title = words.fill("review_title", day=words.date(day))
    turns = [
        ChatTurn(at, str(at), item.standing.question, {}, TurnState.ANSWERED, answer=item.answer)
        for at, item in enumerate(news, start=1)
    ]
    return write_document(title, turns, words, None, suffix)
