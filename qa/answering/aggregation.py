"""Scored sentences to what is shown: what agrees cited together, what differs side by side.

Two passages agree where the reader's spans say the same value, or their sentences are the
same. They differ where both spans are dates, or both numbers of one kind, that cannot both
be the answer, in two articles, with like confidence, and neither sentence holds both values.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.text.quantities import Number, PartialDate, Quantity, Value
from qa.answering.citations import QuoteSpan, cite
from qa.answering.sentences import ScoredSentence
from qa.answering.values import AnswerWords, is_same, read_answer, values_of, with_noun
from qa.results import Sentence, Side
from qa.retrieval.reading import key

_MOST_SENTENCES, _MOST_OF_LIST = 3, 5
_CLOSE, _CLOSE_IN_LIST = 0.5, 2.5
"""How far below the best sentence's score another one may lie to be quoted beside it."""
_MOST_TOGETHER = 4
"""Passages that one sentence cites at most."""
_AGREES = 0.4
"""Least chance that a passage answers for its span to count as the same answer."""
_DIFFERS = 0.55
"""Least chance for its span to count as another answer."""
_COMPARABLE = 4.0
"""How far below the best sentence's score another answer's may lie."""
_DENIED = re.compile(
    r"\b(?:nicht|kein\w*|statt|anstatt|anstelle|not|instead of|rather than)\b[^.;:]{0,25}$",
    re.IGNORECASE,
)

_WRONG = re.compile(
    r"\b(?:fälschlich\w*|irrtümlich\w*|falsch\w*|wrongly|mistakenly|incorrectly)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer's sentences, the sides where sources differ, and the short answer or ""."""

    sentences: tuple[Sentence, ...]
    differs: tuple[Side, ...] = ()
    short: str = ""


def compose(
    ranked: Sequence[ScoredSentence],
    corrections: Sequence[ScoredSentence] = (),
    *,
    as_list: bool = False,
) -> Composed:
    """Choose sentences.

    Args:
        ranked: the best first.
        corrections: others, of passages that correct something and do not answer by themselves.
        as_list: the question asks for several things, so that more is quoted.
    """
    if not ranked:
        return Composed(())
    best = _past_withdrawn(ranked)
    if not as_list:
        groups = _find_sides(best, ranked)
        if len(groups) > 1:
            return _place_side_by_side(groups)
        correction = _find_correction(best, [*ranked, *corrections])
        if correction is not None:
            return _show_correction(best, *correction)
    sentences = _cite(_choose(ranked, as_list))
    short = best.answer.text if best.answer and not as_list else ""
    return Composed(sentences, (), short)


def compose_parts(parts: Sequence[tuple[ScoredSentence, Sequence[ScoredSentence]]]) -> Composed:
    """Quote the sentence that answers each part of a question, each sentence once.

    Args:
        parts: the best sentence of each part that was found, in the order asked, and all
            sentences with the spans that were read for it, to cite those that say the same.
    """
    groups: list[list[ScoredSentence]] = []
    for best, ranked in parts:
        if all(best.text != group[0].text for group in groups):
            groups.append(_group(best, ranked))
    return Composed(_cite(groups))


def _cite(groups: Sequence[Sequence[ScoredSentence]]) -> tuple[Sentence, ...]:
    return cite([(group[0].text, _quotes(group)) for group in groups])


def _quotes(group: Sequence[ScoredSentence]) -> list[QuoteSpan]:
    return [(item.passage, item.start, item.end) for item in group]


def _choose(ranked: Sequence[ScoredSentence], as_list: bool) -> list[list[ScoredSentence]]:
    """Take the best sentence, and others nearly as good; each with those that say the same."""
    most, close = (_MOST_OF_LIST, _CLOSE_IN_LIST) if as_list else (_MOST_SENTENCES, _CLOSE)
    groups: list[list[ScoredSentence]] = []
    for item in ranked:
        if len(groups) == most or item.score < ranked[0].score - close:
            break
        if not any(item in group or item.words == group[0].words for group in groups):
            groups.append(_group(item, ranked))
    return groups


def _group(best: ScoredSentence, ranked: Sequence[ScoredSentence]) -> list[ScoredSentence]:
    """Return a sentence and those of other passages that say the same, the best first."""
    group = [best]
    for other in ranked:
        if len(group) == _MOST_TOGETHER:
            break
        cited = {key(item.passage) for item in group}
        if key(other.passage) not in cited and _agrees(best, other):
            group.append(other)
    return group


def _agrees(one: ScoredSentence, other: ScoredSentence) -> bool:
    if one.words == other.words:
        return True
    if one.corrects != other.corrects:
        # "The 480 that we reported are wrong" names the value, and does not agree.
        return False
    pair = _answers(one, other, _AGREES)
    return pair is not None and pair[0].agrees(pair[1])


def _answers(
    one: ScoredSentence, other: ScoredSentence, least: float
) -> tuple[AnswerWords, AnswerWords] | None:
    """Return both sentences' answers where the reader trusts them."""
    if one.span is None or other.span is None or one.answer is None or other.answer is None:
        return None
    if min(one.span.answerable, other.span.answerable) < least:
        return None
    return one.answer, other.answer


def _find_sides(
    best: ScoredSentence, ranked: Sequence[ScoredSentence]
) -> list[list[ScoredSentence]]:
    """Return groups of sentences, each group with another answer; one where none differs."""
    groups = [_group(best, ranked)]
    for other in ranked:
        if other.score < best.score - _COMPARABLE:
            break
        known = {item.passage.article.uri for group in groups for item in group}
        if other.passage.article.uri in known:
            continue
        if all(_differs(group[0], other) for group in groups):
            groups.append(_group(other, ranked))
    return groups


def _differs(one: ScoredSentence, other: ScoredSentence) -> bool:
    pair = _answers(one, other, _DIFFERS)
    if pair is None or not pair[0].differs(pair[1]):
        return False
    # A sentence that names both values sets them in relation: "from 85 to 70".
    return not (_mentions(one, pair[1]) or _mentions(other, pair[0]))


def _mentions(sentence: ScoredSentence, answer: AnswerWords) -> bool:
    held = values_of(sentence.quantities)
    return any(value in held for value in answer.values)


def _place_side_by_side(groups: Sequence[Sequence[ScoredSentence]]) -> Composed:
    """Order what differs: a correction first, then by date, the newest first."""

    def order(group: Sequence[ScoredSentence]) -> tuple[bool, int]:
        day = group[0].passage.article.published
        return not group[0].corrects, -day.toordinal() if day else 0

    ordered = sorted(groups, key=order)
    sides = []
    sentences = _cite(ordered)
    for (first, *_), sentence in zip(ordered, sentences, strict=True):
        value = first.answer.text if first.answer else ""
        published = first.passage.article.published
        sides.append(Side(value, published, sentence, first.corrects))
    # Only a correction says which of them holds.
    return Composed(sentences, tuple(sides), sides[0].value if sides[0].corrects else "")


def _past_withdrawn(ranked: Sequence[ScoredSentence]) -> ScoredSentence:
    """Return the best sentence, or another one where that withdraws what was read in it.

    Of "48, not 480 as we wrote" a reader may take the 480. Then the article that printed it is
    gone on from, or the sentence of the correction that says what holds.
    """
    best = ranked[0]
    wrong = best.answer
    if not best.corrects or wrong is None or len(wrong.values) != 1 or not _withdraws(best, wrong):
        return best
    printed = (item for item in ranked if not item.corrects and _mentions(item, wrong))
    holding = (
        item
        for item in ranked
        if key(item.passage) == key(best.passage) and item is not best and _replacing(item, wrong)
    )
    return next(printed, None) or next(holding, best)


def _withdraws(sentence: ScoredSentence, wrong: AnswerWords) -> bool:
    """Tell whether a sentence says that a value is not so."""
    return bool(_WRONG.search(sentence.text)) or any(
        is_same(item.value, wrong.values[0]) and _DENIED.search(sentence.text[: item.start])
        for item in sentence.quantities
    )


def _find_correction(
    best: ScoredSentence, ranked: Sequence[ScoredSentence]
) -> tuple[AnswerWords, ScoredSentence, str] | None:
    """Return what the best sentence says, and the sentence and words that correct it.

    A reader that looks for a number finds the wrong one in a correction too, so what was found
    of the article is looked through: it says that it corrects, names the value, is another one
    that is not older, and another sentence of it has another value of the kind.
    """
    if best.corrects:
        return None
    stated = best.answer or _only_value(best, ranked)
    if stated is None or len(stated.values) != 1:
        return None
    day = best.passage.article.published
    for other in ranked:
        info = other.passage.article
        older = day is not None and info.published is not None and info.published < day
        if older or info.uri == best.passage.article.uri or not other.corrects:
            continue
        if not any(
            is_same(stated.values[0], item.value)
            for sentence in ranked
            if sentence.passage.article.uri == info.uri
            for item in _keep_printed(sentence.quantities)
        ):
            continue
        words = _replacing(other, stated)
        if words:
            return stated, other, words
    return None


def _only_value(best: ScoredSentence, ranked: Sequence[ScoredSentence]) -> AnswerWords | None:
    """Return a sentence's one date or number where nothing was read."""
    if any("reader" in item.passage.scores for item in ranked):
        return None
    held = values_of(best.quantities)
    if len(held) != 1:
        return None
    words = (with_noun(best.text, item) for item in best.quantities if item.value == held[0])
    return read_answer(next(words, ""), best.passage.language)


def _keep_printed(quantities: Sequence[Quantity]) -> list[Quantity]:
    """Return the days and the numbers in digits."""
    return [item for item in quantities if _is_printed(item.value)]


def _is_printed(value: Value) -> bool:
    if isinstance(value, PartialDate):
        return value.year is not None or value.day is not None
    return isinstance(value, Number) and not value.spelled


def _replacing(other: ScoredSentence, wrong: AnswerWords) -> str:
    """Return the words of a correcting sentence that replace a value, or "".

    A sentence that names the wrong value too must deny it: "am 11. Mai, nicht am 4. Mai".
    """
    found = _keep_printed(other.quantities)
    for item in found:
        if is_same(wrong.values[0], item.value) and not _DENIED.search(other.text[: item.start]):
            return ""
    words = (with_noun(other.text, item) for item in found)
    answers = (read_answer(item, other.passage.language) for item in words)
    return next((answer.text for answer in answers if wrong.differs(answer)), "")


def _show_correction(
    best: ScoredSentence, wrong: AnswerWords, correction: ScoredSentence, words: str
) -> Composed:
    """Show a correction, and what it corrects."""
    sentences = _cite([[correction], [best]])
    sides = (
        Side(words, correction.passage.article.published, sentences[0], corrects=True),
        Side(wrong.text, best.passage.article.published, sentences[1]),
    )
    return Composed(sentences, sides, words)
