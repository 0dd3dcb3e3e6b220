"""What people said of answers, as labelled questions for `qa.evaluation`."""

from collections.abc import Iterable, Iterator
from typing import Any

from qa.answering.kinds import META, TALK
from qa.chat_history import ChatTurn


def label_turns(turns: Iterable[ChatTurn]) -> Iterator[dict[str, Any]]:
    """Yield a row of a question file for each rated turn.

    An answer that helped names its article, its quote and the short answer. A refusal that
    was right says that there is no answer. An answer that did not help is no label: its row
    keeps the question and the note, and no place, so that `evaluate` reports the line until
    someone fills in what is right. What no article answers, as a greeting, gives no row.

    Each row: `question`, `language`, `helpful`, `note`; where it is known `uri`, `title`,
    `paragraph`, `quote` and `answers`.
    """
    for turn in turns:
        answer = turn.answer
        if answer is None or turn.helpful is None or answer.kind in (*TALK, META):
            continue
        row: dict[str, Any] = {
            # As it was understood: a follow-up alone cannot be answered.
            "question": answer.question,
            "language": answer.language,
            "helpful": turn.helpful,
            "note": turn.note,
        }
        if turn.helpful and answer.citations:
            citation = answer.citations[0]
            row |= {
                "uri": citation.passage.article.uri,
                "title": citation.passage.article.title,
                "paragraph": citation.passage.paragraph,
                "quote": citation.quote,
            }
            if answer.short:
                row["answers"] = [answer.short]
        elif turn.helpful and not answer.answered:
            row["answers"] = []
        yield row
