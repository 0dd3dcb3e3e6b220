"""The press review: what is new on standing questions, as Markdown, HTML or a Word document."""

from collections.abc import Sequence
from datetime import date

from qa.chat_history import ChatTurn, TurnState
from qa.i18n import Words
from qa.server.exports import conversation
from qa.server.exports.docx import document_of
from qa.standing import News

FORMATS = (".md", ".html", ".docx")


def write_review(news: Sequence[News], day: date, suffix: str) -> bytes:
    """Return the review as a file's bytes, in the language of its first question.

    Args:
        news: of each question that there are news on.
        day: the review's.
        suffix: one of `FORMATS`.
    """
    words = Words(news[0].answer.language if news else "en")
    title = words.fill("review_title", day=words.date(day))
    turns = [
        ChatTurn(at, str(at), item.standing.question, {}, TurnState.ANSWERED, answer=item.answer)
        for at, item in enumerate(news, start=1)
    ]
    if suffix == ".docx":
        return document_of(title, turns, words)
    write = conversation.page if suffix == ".html" else conversation.markdown
    return write(title, turns, words).encode()
