"""Candidate sentences to what is shown: what agrees cited together, what differs side by side.

Two passages agree where the reader's spans say the same value, or their sentences are the
same. They differ where both spans are dates, or both numbers of one kind, that cannot both
be the answer, in two articles, with like confidence, and neither sentence holds both values.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from qa.answering.citations import Quote, cited_together
from qa.answering.enumerations import items_after, reasons_announced
from qa.answering.sentences import Candidate
from qa.answering.values import Day, Number, Value, agree, differ, placed, values
from qa.results import Passage, Sentence, Side
from qa.retrieval.reading import Key, SpanFound, key

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
_AS_MUCH = 0.75
"""Least share of the best passage's coverage of the question that another answer's has."""
_CORRECTS = re.compile(
    r"\b(?:korrektur|korrigier\w+|berichtig\w+|richtigstell\w+|richtig ist|correction|corrected|"
    r"corrects|an earlier version|amended|this article first said)\b",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:nicht|kein\w*|statt|anstatt|anstelle|not|instead of|rather than)\b[^.;:]{0,25}$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Composed:
    """An answer's sentences, the sides where sources differ, and the short answer or ""."""

    sentences: tuple[Sentence, ...]
    differs: tuple[Side, ...] = ()
    short: str = ""


def composed(
    ranked: Sequence[Candidate],
    spans: Mapping[Key, SpanFound],
    *,
    as_list: bool = False,
    least_short: float = 1.0,
    passages: Sequence[Passage] = (),
) -> Composed:
    """Choose sentences.

    Args:
        ranked: candidates, the best first.
        spans: what the reader found, by passage.
        as_list: the question asks for several things, so that more is quoted.
        least_short: the least chance at which the best sentence's span is the short answer.
        passages: those found, in which what the best sentence announces is looked for.
    """
    if not ranked:
        return Composed(())
    best = ranked[0]
    groups = [] if as_list else _sides(best, ranked, spans)
    if len(groups) > 1:
        return _side_by_side(groups, spans)
    correction = None if as_list else _correction(best, ranked, spans)
    if correction is not None:
        return _corrected(best, *correction, spans)
    span = best.span(spans)
    sure = span is not None and span.answerable >= least_short
    counted = _counted_off(best, ranked, passages, sure=sure)
    if counted:
        chosen = [_together(item, ranked, spans) for item in counted]
    else:
        chosen = _chosen(ranked, spans, as_list)
    sentences = cited_together([(group[0].text, _quotes(group)) for group in chosen])
    short = ""
    if span is not None and sure and not as_list and not counted:
        short = _words(best, span)
    return Composed(sentences, (), short)


def gathered(
    chosen: Sequence[Candidate],
    ranked: Sequence[Candidate],
    spans: Sequence[Mapping[Key, SpanFound]],
    passages: Sequence[Passage] = (),
) -> Composed:
    """Quote the sentence that answers each part of a question, each sentence once.

    Args:
        chosen: the best candidate of each part that was found, in the order asked.
        ranked: all candidates, to cite those that say the same.
        spans: the reader's spans for each of these parts.
        passages: those found, in which what a sentence announces is looked for.
    """
    groups: list[list[Candidate]] = []
    for best, found in zip(chosen, spans, strict=True):
        if all(best.text != group[0].text for group in groups):
            groups.append(_together(best, ranked, found))
            groups += [[item] for item in items_after(best, passages)[:_MOST_OF_LIST]]
    return Composed(cited_together([(group[0].text, _quotes(group)) for group in groups]))


def _counted_off(
    best: Candidate, ranked: Sequence[Candidate], passages: Sequence[Passage], *, sure: bool
) -> list[Candidate]:
    """Return a sentence that announces several things, and those things; [] where none does.

    It is the best sentence; or, where reading is not sure that this one answers, one of its
    passage, behind it, or one of its article that announces reasons, in its place.
    """
    items = items_after(best, passages)
    if items or sure:
        return [best, *items[:_MOST_OF_LIST]] if items else []
    for other in ranked:
        if key(other.passage) == key(best.passage) and (items := items_after(other, passages)):
            return [best, other, *items[:_MOST_OF_LIST]]
    article = [item for item in passages if item.article.uri == best.passage.article.uri]
    return reasons_announced(article)[: _MOST_OF_LIST + 1]


def _chosen(
    ranked: Sequence[Candidate], spans: Mapping[Key, SpanFound], as_list: bool
) -> list[list[Candidate]]:
    """Take the best sentence, and others nearly as good; each with those that say the same."""
    most, close = (_MOST_OF_LIST, _CLOSE_IN_LIST) if as_list else (_MOST_SENTENCES, _CLOSE)
    groups: list[list[Candidate]] = []
    for candidate in ranked:
        if len(groups) == most or candidate.score < ranked[0].score - close:
            break
        if not any(candidate in group or _same_words(candidate, group[0]) for group in groups):
            groups.append(_together(candidate, ranked, spans))
    return groups


def _together(
    best: Candidate, ranked: Sequence[Candidate], spans: Mapping[Key, SpanFound]
) -> list[Candidate]:
    """Return a sentence and those of other passages that say the same, the best first."""
    group = [best]
    for other in ranked:
        if len(group) == _MOST_TOGETHER:
            break
        cited = {key(item.passage) for item in group}
        if key(other.passage) not in cited and _agrees(best, other, spans):
            group.append(other)
    return group


def _agrees(one: Candidate, other: Candidate, spans: Mapping[Key, SpanFound]) -> bool:
    if _same_words(one, other):
        return True
    if _says_it_corrects(other) != _says_it_corrects(one):
        # "The 480 that we reported are wrong" names the value, and does not agree.
        return False
    pair = _answers(one, other, spans, _AGREES)
    return pair is not None and agree(*pair, (one.passage.language, other.passage.language))


def _same_words(one: Candidate, other: Candidate) -> bool:
    return one.text.casefold().split() == other.text.casefold().split()


def _answers(
    one: Candidate, other: Candidate, spans: Mapping[Key, SpanFound], least: float
) -> tuple[str, str] | None:
    """Return both sentences' spans where the reader trusts them."""
    first, second = one.span(spans), other.span(spans)
    if first is None or second is None or min(first.answerable, second.answerable) < least:
        return None
    return _words(one, first), _words(other, second)


def _words(candidate: Candidate, span: SpanFound) -> str:
    return candidate.text[span.start - candidate.start : span.end - candidate.start]


def _sides(
    best: Candidate, ranked: Sequence[Candidate], spans: Mapping[Key, SpanFound]
) -> list[list[Candidate]]:
    """Return groups of sentences, each group with another answer; one where none differs."""
    groups = [_together(best, ranked, spans)]
    for other in ranked:
        if other.score < best.score - _COMPARABLE:
            break
        known = {item.passage.article.uri for group in groups for item in group}
        if other.passage.article.uri in known:
            continue
        if _covers_as_much(other, best) and all(
            _differs(group[0], other, spans) for group in groups
        ):
            groups.append(_together(other, ranked, spans))
    return groups


def _covers_as_much(other: Candidate, best: Candidate) -> bool:
    """Tell whether a passage holds nearly as much of the question, and so is about the same."""
    covered = [item.passage.scores.get("coverage", 0.0) for item in (other, best)]
    return covered[0] >= _AS_MUCH * covered[1]


def _differs(one: Candidate, other: Candidate, spans: Mapping[Key, SpanFound]) -> bool:
    pair = _answers(one, other, spans, _DIFFERS)
    languages = (one.passage.language, other.passage.language)
    if pair is None or not differ(*pair, languages):
        return False
    # A sentence that names both values sets them in relation: "from 85 to 70".
    return not (
        _mentions(one.text, pair[1], languages) or _mentions(other.text, pair[0], languages[::-1])
    )


def _mentions(text: str, value: str, languages: tuple[str, str]) -> bool:
    held, asked = values(text, languages[0]), values(value, languages[1])
    return any(item in held for item in asked)


def _side_by_side(
    groups: Sequence[Sequence[Candidate]], spans: Mapping[Key, SpanFound]
) -> Composed:
    """Order what differs: a correction first, then by date, the newest first."""

    def order(group: Sequence[Candidate]) -> tuple[bool, int]:
        day = group[0].passage.article.published
        return not _corrects(group[0]), -day.toordinal() if day else 0

    ordered = sorted(groups, key=order)
    sentences = cited_together([(group[0].text, _quotes(group)) for group in ordered])
    sides = []
    for group, sentence in zip(ordered, sentences, strict=True):
        span = group[0].span(spans)
        value = _words(group[0], span) if span else ""
        published = group[0].passage.article.published
        sides.append(Side(value, published, sentence, _corrects(group[0])))
    first = sides[0]
    # Only a correction says which of them holds.
    return Composed(sentences, tuple(sides), first.value if first.corrects else "")


def _correction(
    best: Candidate, ranked: Sequence[Candidate], spans: Mapping[Key, SpanFound]
) -> tuple[Candidate, str] | None:
    """Return the sentence of a correction that replaces the best sentence's value, and its words.

    A reader that looks for a number finds the wrong one in a correction too, so the
    paragraph is looked through: it says that it corrects, names the value, is of another
    article that is not older, and another sentence of it has another value of the kind.
    """
    said = _said(best, spans)
    if not said or _says_it_corrects(best):
        return None
    language = best.passage.language
    held = values(said, language)
    if len(held) != 1:
        return None
    day = best.passage.article.published
    for other in ranked:
        info, passage = other.passage.article, other.passage
        older = day is not None and info.published is not None and info.published < day
        if older or info.uri == best.passage.article.uri or not _says_it_corrects(other):
            continue
        if not any(_is_same(held[0], item) for item, _, _ in placed(passage.text, language)):
            continue
        words = _replacing(other, held[0], said, language)
        if words:
            return other, words
    return None


def _replacing(other: Candidate, wrong: Value, said: str, language: str) -> str:
    """Return the words of a correcting sentence that replace a value, or "".

    A sentence that names the wrong value too must deny it: "am 11. Mai, nicht am 4. Mai".
    """
    own = other.passage.language
    found = placed(other.text, own)
    for value, start, _ in found:
        if _is_same(wrong, value) and not _DENIED.search(other.text[:start]):
            return ""
    pieces = (other.text[start:end] for _, start, end in found)
    return next((words for words in pieces if differ(said, words, (language, own))), "")


def _said(best: Candidate, spans: Mapping[Key, SpanFound]) -> str:
    """Return the words that answer; where nothing was read, the sentence's one date or number."""
    span = best.span(spans)
    if span is not None:
        return _words(best, span)
    if spans:
        return ""
    language = best.passage.language
    held = values(best.text, language)
    if len(held) != 1:
        return ""
    places = [(start, end) for item, start, end in placed(best.text, language) if item == held[0]]
    return best.text[places[0][0] : places[0][1]] if places else ""


def _is_same(one: Value, other: Value) -> bool:
    if isinstance(one, Day) and isinstance(other, Day):
        return one.agrees(other)
    return isinstance(one, Number) and isinstance(other, Number) and one.agrees(other)


def _corrected(
    best: Candidate, correction: Candidate, words: str, spans: Mapping[Key, SpanFound]
) -> Composed:
    """Show a correction, and what it corrects."""
    sentences = cited_together([(item.text, _quotes([item])) for item in (correction, best)])
    sides = (
        Side(words, correction.passage.article.published, sentences[0], corrects=True),
        Side(_said(best, spans), best.passage.article.published, sentences[1]),
    )
    return Composed(sentences, sides, words)


def _says_it_corrects(candidate: Candidate) -> bool:
    return bool(_CORRECTS.search(candidate.passage.text))


def _corrects(candidate: Candidate) -> bool:
    passage = candidate.passage
    around = " ".join((passage.article.title, passage.heading, passage.text))
    return bool(_CORRECTS.search(around))


def _quotes(group: Sequence[Candidate]) -> list[Quote]:
    return [(item.passage, item.start, item.end) for item in group]
