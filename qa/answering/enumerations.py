"""What a sentence announces: "three reasons", and the sentences after it that count them off."""

import re
from collections.abc import Iterator, Mapping, Sequence

from corpus.text.sentences import sentence_spans
from qa.answering.sentences import Candidate
from qa.results import Passage
from qa.retrieval.reading import Key, key

_ITEM = re.compile(
    r"^[\s\"„“»(–-]*(?:"
    r"(?:erstens|zweitens|drittens|viertens|fünftens|sechstens|"
    r"zum (?:einen|anderen|ersten|zweiten)|einerseits|andererseits|"
    r"schließlich|zuletzt|außerdem|zudem|ferner|hinzu kommt|"
    r"first(?:ly)?|second(?:ly)?|third(?:ly)?|fourth(?:ly)?|fifth(?:ly)?|finally|lastly|moreover|"
    r"in addition)\b|\d{1,2}[.)]\s|[•*]\s)",
    re.IGNORECASE,
)
_FIRST = re.compile(
    r"^[\s\"„“»(–-]*(?:(?:erstens|zum (?:einen|ersten)|einerseits|first(?:ly)?)\b|1[.)]\s|[•*]\s)",
    re.IGNORECASE,
)

_REASONS = re.compile(r"\b(?:gr[uü]nde?n?|ursachen?|reasons?|causes?)\b", re.IGNORECASE)


def items_after(best: Candidate, passages: Sequence[Passage]) -> list[Candidate]:
    """Return the sentences that count off what a sentence announces; none where none do.

    They begin right behind it, in its passage or in the article's next paragraph, with
    "Erstens", "First", "1." and the like, and go on paragraph by paragraph.

    Args:
        best: the sentence.
        passages: those found; a paragraph that is not among them is not quoted.
    """
    following = list(_following(best, {key(passage): passage for passage in passages}))
    if not following or not _FIRST.match(following[0].text):
        return []
    found: list[Candidate] = []
    for candidate in following:
        if _ITEM.match(candidate.text):
            found.append(candidate)
        elif candidate.passage is not found[-1].passage:
            # A paragraph that does not go on counting ends the list.
            break
    return found


def reasons_announced(passages: Sequence[Passage]) -> list[Candidate]:
    """Return an article's sentence that announces reasons, and the reasons; [] without one.

    Args:
        passages: of one article.
    """
    for passage in passages:
        for start, end in sentence_spans(passage.text, passage.language):
            if _REASONS.search(passage.text[start:end]):
                first = Candidate(passage, passage.start + start, passage.start + end, 0.0)
                if items := items_after(first, passages):
                    return [first, *items]
    return []


def _following(best: Candidate, known: Mapping[Key, Passage]) -> Iterator[Candidate]:
    """Yield the sentences after one, in its paragraph and those that follow it directly."""
    passage: Passage | None = best.passage
    after = best.end
    while passage is not None:
        for start, end in sentence_spans(passage.text, passage.language):
            if passage.start + start >= after:
                yield Candidate(passage, passage.start + start, passage.start + end, best.score)
        passage = known.get((passage.article.uri, passage.paragraph + 1))
