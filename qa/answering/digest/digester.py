"""A question for more than one fact to an answer with a digest, or a refusal in plain words."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from corpus.catalog.articles import Catalog
from corpus.catalog.selection import Filters
from index.analysis import terms
from index.encoder import Encoder
from qa.answering.answerer import refuse, settle_language
from qa.answering.citations import order_citations
from qa.answering.digest import ranking
from qa.answering.digest.forms import FORMS, answer_part
from qa.answering.digest.likeness import Likeness
from qa.answering.digest.material import SENTENCES, Material, QuotationGroup
from qa.answering.digest.statements import gather_statements
from qa.answering.digest.story import (
    Story,
    articles_of,
    find_story,
    narrow,
    newest_first,
    number_stories,
)
from qa.answering.digest.topic import (
    NEAR,
    content_names,
    find_subjects,
    hold_names,
    is_about,
    is_on_topic,
    proper_names,
)
from qa.answering.digest.write import cite_parts, write_text
from qa.answering.messages import message
from qa.answering.question import Question
from qa.answering.sentences import Found, score_sentences
from qa.options import MAX_K, Choice
from qa.reader import Reader
from qa.results import Answer, ArticleInfo, Citation, Digest, Passage, RecognisedDate, Refusal
from qa.retrieval.reading import key
from qa.retrieval.retriever import Finder

DIGEST_KINDS = frozenset(FORMS)
"""Kinds of question that a digest answers."""
TIMELINE = "timeline"
DEPTH = 200
"""Passages among which the story is looked for."""
PASSAGES_SHOWN = 8
"""Passages of an answer, unless more are cited."""
_MOST_COMPARED = 6
"""Things that are looked for one by one, at most."""
_LONG_DAYS = 360
"""A time of so many days that a question names limits a timeline; a shorter one names an event."""
_WEIGHTS: Mapping[str, ranking.Weights] = {
    "summary": ranking.SUMMARY,
    "overview": ranking.NARRATIVE,
    "timeline": ranking.TIMELINE,
    "latest": ranking.LATEST,
    "compare": ranking.COMPARISON,
    "list": ranking.LISTED,
    "several": ranking.POINTED,
}


@dataclass(frozen=True, slots=True)
class _Evidence:
    """All passages of the articles that are meant."""

    story: Story
    found: Found
    stories: Mapping[str, int] = field(default_factory=dict)
    """Of which story each article is, where those that are meant were named one by one."""


class Digester:
    """Makes digests of one collection."""

    def __init__(self, finder: Finder, catalog: Catalog, encoder: Encoder) -> None:
        """Take the collection's parts; the encoder knows the vectors of its sentences."""
        self._finder = finder
        self._catalog = catalog
        self._encoder = encoder

    def answer(
        self,
        question: Question,
        near: Found,
        choice: Choice,
        reader: Reader | None,
        *,
        is_known: bool = False,
    ) -> Answer:
        """Answer with a digest of the question's kind, or refuse.

        Args:
            question: of one of `DIGEST_KINDS`.
            near: the first `DEPTH` passages that retrieval found for it.
            choice: the filters and preferences that it is asked with.
            reader: reads sentences; None leaves that out.
            is_known: whether it is sure that the nearest story is the one meant.
        """
        if not near.passages:
            return refuse(question, Refusal.FILTERED, ())
        question = settle_language(question, near.passages)
        if question.kind == "several" and len(question.parts) > 1:
            return self._answer_parts(question, near, choice, reader)
        if question.kind == "compare" and len(titled := self._find_titled(question, choice)) > 1:
            return self._compare_subjects(question, titled, near, choice, reader)
        evidence = self._gather(question, near, choice, is_known=is_known)
        if evidence is None:
            names = proper_names(question.text, question.language)
            subjects = find_subjects(question.text, names)[:_MOST_COMPARED]
            if question.kind == "compare" and len(subjects) > 1:
                return self._compare_subjects(question, subjects, near, choice, reader)
            return self._refuse(question, near)
        parts = FORMS[question.kind](self._material(question, evidence, reader))
        return self._make(question, [evidence], parts, _notes(question, evidence.story))

    def _answer_parts(
        self, question: Question, near: Found, choice: Choice, reader: Reader | None
    ) -> Answer:
        """Answer each part of a question from the story that it is about."""
        whole = self._gather(question, near, choice)
        parts: list[QuotationGroup] = []
        notes: list[str] = []
        gathered: list[_Evidence] = []
        for asked in question.parts:
            part = replace(
                asked, kind=question.kind, language=question.language, context=question.context
            )
            evidence = self._gather_for_part(part, whole, choice)
            if evidence is None:
                notes.append(message("digest_missing", question.language, part=part.text))
                continue
            gathered.append(evidence)
            material = self._material(part, evidence, reader)
            parts.append(answer_part(part.text, material, len(question.parts)))
        if not gathered:
            return self._refuse(question, near)
        return self._make(question, gathered, parts, notes)

    def _find_titled(self, question: Question, choice: Choice) -> list[str]:
        """Return what a question names that is the title of an article each."""
        subjects = find_subjects(question.text, content_names(question.text))
        return [subject for subject in subjects[:_MOST_COMPARED] if self._is_title(subject, choice)]

    def _is_title(self, subject: str, choice: Choice) -> bool:
        found = self._finder.find(subject, PASSAGES_SHOWN, choice)
        titles = [item.article.title for item in found.passages] if found else []
        return subject.casefold() in map(str.casefold, titles)

    def _compare_subjects(
        self,
        question: Question,
        subjects: Sequence[str],
        near: Found,
        choice: Choice,
        reader: Reader | None,
    ) -> Answer:
        """Set side by side what is told of each of several things that no story has together."""
        parts: list[QuotationGroup] = []
        gathered: list[_Evidence] = []
        for subject in subjects:
            # By itself: what was talked about before does not make an article be on it.
            part = replace(question, text=subject, kind="summary", parts=(), context=None)
            found = self._finder.find(subject, DEPTH, choice)
            evidence = self._gather(part, found, choice) if found and found.passages else None
            if evidence is None:
                return self._refuse(question, near)
            gathered.append(evidence)
            material = self._material(part, evidence, reader)
            (told,) = FORMS[part.kind](material)
            each = max(2, SENTENCES // len(subjects))
            parts.append(QuotationGroup(subject, told.lines[:each]))
        return self._make(question, gathered, parts, [])

    def _refuse(self, question: Question, near: Found) -> Answer:
        """Say that no article is on it, and what comes nearest."""
        passages = near.passages[:PASSAGES_SHOWN]
        ranked = score_sentences(near, passages[:1], self._encoder, {})
        nearest = ranked[0].text if ranked else ""
        return refuse(question, Refusal.NOTHING_NEAR, passages, nearest=nearest)

    def _gather_for_part(
        self, part: Question, whole: _Evidence | None, choice: Choice
    ) -> _Evidence | None:
        """Find the story of one part: its own where it names something, else the question's."""
        if proper_names(part.text, part.language):
            near = self._finder.find(part.in_context, DEPTH, choice)
            return self._gather(part, near, choice) if near and near.passages else None
        if whole is None:
            return None
        filters = replace(choice.filters, uris=whole.story.uris)
        found = self._finder.find(part.in_context, MAX_K, Choice(filters))
        return _Evidence(whole.story, found) if found else None

    def _gather(
        self, question: Question, near: Found, choice: Choice, *, is_known: bool = False
    ) -> _Evidence | None:
        """Find the story and all its passages; None where no article is on the topic."""
        known = self._catalog.articles(filters=Filters(uris=tuple(articles_of(near.passages))))
        ids = {article.uri: key for key, article in known.items()}
        likeness = Likeness(near.index, ids, self._catalog.article)
        names = proper_names(question.text, question.language)
        chosen = self._find_chosen(question, near, names, choice)
        story = find_story(question, near.passages, likeness, chosen)
        found = self._finder.find_among(near, story.uris, choice)
        held = {info.uri: self._terms(info) for info in story.articles}
        is_known = is_known or bool(question.context)
        if not is_known and not is_on_topic(found, names, set().union(*held.values())):
            return None
        if question.kind == "overview":
            meant = story.only(hold_names(held, names, question.language))
        else:
            meant = self._narrow(question, story, found)
        if meant != story:
            found = self._finder.find_among(found, meant.uris, choice)
        if not found.passages:
            return None
        return _Evidence(meant, found, number_stories(meant.uris, likeness) if chosen else {})

    def _find_chosen(
        self, question: Question, near: Found, names: Sequence[str], choice: Choice
    ) -> list[str]:
        """Return the articles on the topic of those that are asked for one by one."""
        if question.kind != "overview" or not choice.filters.uris:
            return []
        return [
            info.uri
            for info in articles_of(near.passages).values()
            if is_about(question.text, names, self._terms(info), info.language)
        ]

    def _terms(self, info: ArticleInfo) -> frozenset[str]:
        article = self._catalog.article(info.uri)
        whole = f"{article.title}\n{article.source}\n{article.text}"
        return frozenset(terms(whole, article.language))

    def _narrow(self, question: Question, story: Story, found: Found) -> Story:
        """Return the articles of a story that a question means."""
        if question.kind == "summary":
            ranked = list(dict.fromkeys(item.article.uri for item in found.passages))
            return narrow(question, story, ranked)
        if question.kind == "latest":
            return story.since(_first_day(question))
        return story

    def _material(self, question: Question, evidence: _Evidence, reader: Reader | None) -> Material:
        statements = gather_statements(evidence.found, self._encoder)
        weights = _WEIGHTS[question.kind]
        scores = ranking.score_statements(statements, weights, question.text, reader)
        span = _time_span(question)
        return Material(statements, scores, *span, question.language, evidence.stories)

    def _make(
        self,
        question: Question,
        gathered: list[_Evidence],
        parts: list[QuotationGroup],
        notes: list[str],
    ) -> Answer:
        """Cite what was chosen, and make the answer of it."""
        sentences, made = cite_parts(parts, self._catalog.article)
        if not sentences:
            return refuse(question, Refusal.NOTHING_NEAR, gathered[0].found.passages)
        citations = order_citations(sentences)
        cited = dict.fromkeys(citation.passage.article for citation in citations)
        return Answer(
            question=question.text,
            text=write_text(made, question.language),
            short="",
            answered=True,
            reason="",
            sentences=sentences,
            citations=citations,
            passages=_passages(citations, gathered),
            confidence=_confidence(gathered),
            language=question.language,
            asked=question.text,
            kind=question.kind,
            context=question.context.question if question.context else "",
            about=question.context.about if question.context else "",
            notes=tuple(notes),
            digest=Digest(question.kind, made, newest_first(cited), tuple(notes)),
        )


def _passages(citations: Sequence[Citation], gathered: Sequence[_Evidence]) -> tuple[Passage, ...]:
    """Return the cited passages in the order of their markers, then the nearest others."""
    cited = {citation.marker: citation.passage for citation in citations}
    found = [passage for item in gathered for passage in item.found.passages]
    numbered = [cited[marker] for marker in sorted(cited)]
    places = {key(passage) for passage in numbered}
    others = [passage for passage in found if key(passage) not in places]
    ordered = [*numbered, *others][: max(len(numbered), PASSAGES_SHOWN)]
    return tuple(replace(item, rank=rank) for rank, item in enumerate(ordered, start=1))


def _confidence(gathered: Sequence[_Evidence]) -> float:
    """Return how sure it is that the articles are on the topic, from how far they stand out."""
    nearest = min(
        max(passage.scores["dense_z"] for passage in item.found.passages) for item in gathered
    )
    return 1 / (1 + math.exp(NEAR - 1 - nearest))


def _first_day(question: Question) -> date | None:
    """Return the day from which on news are asked for: "seit April"."""
    days = [item.since for item in question.times if item.since and item.until is None]
    return max(days, default=None)


def _time_span(question: Question) -> tuple[date | None, date | None]:
    """Return the days that a timeline is asked for; a month names an event, and limits nothing."""
    first = [item.since for item in question.times if _is_span(item)]
    last = [item.until for item in question.times if _is_span(item)]
    since = min((day for day in first if day), default=None)
    until = max((day for day in last if day), default=None)
    return (since if None not in first else None), (until if None not in last else None)


def _is_span(named: RecognisedDate) -> bool:
    if named.since is None or named.until is None:
        return True
    return (named.until - named.since).days >= _LONG_DAYS


def _notes(question: Question, story: Story) -> list[str]:
    """Say what was too much, and what a timeline could not place."""
    notes = []
    if story.left_out:
        notes.append(message("digest_more", question.language, count=str(story.left_out)))
    undated = [info.title or info.uri for info in story.articles if info.published is None]
    if undated and question.kind == "timeline":
        titles = "; ".join(undated)
        notes.append(message("digest_undated", question.language, titles=titles))
    return notes
