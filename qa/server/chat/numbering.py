"""Sources numbered through a conversation: the second answer's begin where the first one's end."""

from collections.abc import Iterable
from dataclasses import replace

from qa.results import Answer, Citation, Digest, DigestEntry, Sentence, Side
from qa.server.chat.render import NEAREST


def count_numbers(answer: Answer | None) -> int:
    """Count the numbers that an answer's sources take: the cited ones, or a refusal's nearest."""
    if answer is None:
        return 0
    if not answer.answered:
        return min(NEAREST, len(answer.passages))
    return max((citation.marker for citation in answer.citations), default=0)


def shift_markers(answer: Answer, by: int) -> Answer:
    """Return an answer whose markers are higher; its text keeps those that it has."""
    if not by or not answer.answered:
        return answer
    digest = answer.digest
    return replace(
        answer,
        sentences=tuple(shift_sentence(sentence, by) for sentence in answer.sentences),
        citations=_shift(answer.citations, by),
        differs=_shift_sides(answer.differs, by),
        digest=None if digest is None else _shift_digest(digest, by),
    )


def shift_sentence(sentence: Sentence, by: int) -> Sentence:
    """Return a sentence with higher markers."""
    return replace(sentence, citations=_shift(sentence.citations, by))


def _shift(citations: Iterable[Citation], by: int) -> tuple[Citation, ...]:
    return tuple(replace(citation, marker=citation.marker + by) for citation in citations)


def _shift_sides(sides: Iterable[Side], by: int) -> tuple[Side, ...]:
    return tuple(replace(side, sentence=shift_sentence(side.sentence, by)) for side in sides)


def _shift_digest(digest: Digest, by: int) -> Digest:
    def shift(entry: DigestEntry) -> DigestEntry:
        sides = _shift_sides(entry.differs, by)
        return replace(entry, sentence=shift_sentence(entry.sentence, by), differs=sides)

    parts = (
        replace(part, entries=tuple(shift(entry) for entry in part.entries))
        for part in digest.parts
    )
    return replace(digest, parts=tuple(parts))
