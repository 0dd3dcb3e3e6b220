"""What the tools return: the names of `qa.results`, each text once: assistants pay for length.

Offsets are character offsets into the article's text, as everywhere.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import Any, TypeVar, cast

from corpus.article import Article
from qa.results import (
    Answer,
    ArticleInfo,
    Citation,
    DigestEntry,
    DigestPart,
    Passage,
    Sentence,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A paragraph, ranked; `citation` is for people."""

    rank: int
    text: str
    citation: str
    uri: str
    title: str
    source: str
    published: date | None
    url: str
    paragraph: int
    start: int
    end: int
    score: float
    language: str


@dataclass(frozen=True, slots=True)
class Passages:
    """What `retrieve` returns, the closest first."""

    question: str
    passages: tuple[FoundPassage, ...]
    hint: str
    """Why nothing was found, or ""."""


@dataclass(frozen=True, slots=True)
class CitedQuote:
    """What a marker [n] in the answer stands for: words of an article, letter for letter."""

    marker: int
    quote: str
    start: int
    end: int
    citation: str
    uri: str
    title: str
    source: str
    published: date | None
    url: str
    paragraph: int


@dataclass(frozen=True, slots=True)
class OtherValue:
    """What another of the digest's sentences says in place of a value."""

    value: str
    published: date | None
    corrects: bool
    markers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One of a digest's sentences, as `qa.results.DigestEntry`, with the markers that it cites."""

    text: str
    markers: tuple[int, ...]
    since: date | None
    until: date | None
    when: str
    certain: bool
    corrects: bool
    value: str
    differs: tuple[OtherValue, ...]


@dataclass(frozen=True, slots=True)
class DigestSection:
    """Lines that belong together; the `role` is a comparison's "differ", "agree" or "only"."""

    title: str
    role: str
    lines: tuple[DigestLine, ...]


@dataclass(frozen=True, slots=True)
class CitedAnswer:
    """What `ask` returns; a refusal has a `reason` and what comes `nearest`."""

    question: str
    text: str
    short: str
    answered: bool
    reason: str
    confidence: float
    language: str
    note: str
    notes: tuple[str, ...]
    model: str
    kind: str
    citations: tuple[CitedQuote, ...]
    digest: tuple[DigestSection, ...]
    """What a summary, timeline or comparison is made of, in order; else nothing."""
    nearest: tuple[FoundPassage, ...]
    articles: tuple[ArticleInfo, ...]
    """Those that it lists, where the collection itself was asked about."""
    suggestions: tuple[str, ...]
    """Questions that the articles can answer."""


@dataclass(frozen=True, slots=True)
class Articles:
    """What `list_articles` returns, the newest first."""

    articles: tuple[ArticleInfo, ...]
    offset: int
    total: int
    """How many there are before `limit` and `offset`."""


@dataclass(frozen=True, slots=True)
class ArticleText:
    """What `read_article` returns: `text` is the article's from `start` to `end` of `length`."""

    uri: str
    title: str
    authors: tuple[str, ...]
    published: date | None
    source: str
    language: str
    url: str
    corrected: date | None
    text: str
    start: int
    end: int
    length: int


def passage_result(passage: Passage) -> FoundPassage:
    """Return a passage with what is needed of its article."""
    return _pick(FoundPassage, passage, passage.article)


def citation_result(citation: Citation) -> CitedQuote:
    """Return a citation with what is needed of its passage."""
    return _pick(CitedQuote, citation, citation.passage, citation.passage.article)


def answer_result(answer: Answer) -> CitedAnswer:
    """Return an answer; the passages only where it was refused."""
    nearest = () if answer.answered else tuple(map(passage_result, answer.passages))
    citations = tuple(map(citation_result, answer.citations))
    digest = () if answer.digest is None else tuple(map(_section, answer.digest.parts))
    return _pick(CitedAnswer, answer, citations=citations, nearest=nearest, digest=digest)


def _section(part: DigestPart) -> DigestSection:
    return DigestSection(part.title, part.role, tuple(map(_digest_line, part.entries)))


def _digest_line(entry: DigestEntry) -> DigestLine:
    differs = tuple(
        _pick(OtherValue, side, markers=_markers(side.sentence)) for side in entry.differs
    )
    text, markers = entry.sentence.text, _markers(entry.sentence)
    return _pick(DigestLine, entry, text=text, markers=markers, differs=differs)


def _markers(sentence: Sentence) -> tuple[int, ...]:
    return tuple(dict.fromkeys(citation.marker for citation in sentence.citations))


def stretch(article: Article, start: int, length: int) -> ArticleText:
    """Return an article's metadata and some of its text; past its end there is none."""
    start = min(start, len(article.text))
    text = article.text[start : start + length]
    own = {"text": text, "start": start, "end": start + len(text), "length": len(article.text)}
    return _pick(ArticleText, article, **own)


def _pick(kind: type[T], *sources: object, **own: Any) -> T:
    """Make a dataclass of fields given and of the first sources' fields of the same names."""
    for item in fields(cast(Any, kind)):
        if item.name not in own:
            own[item.name] = next(
                getattr(source, item.name) for source in sources if hasattr(source, item.name)
            )
    return kind(**own)


def words(result: Passages | CitedAnswer | Articles | ArticleText) -> str:
    """Return a result as text, for assistants that are not given the structured one."""
    if isinstance(result, Passages):
        return _passages(result.passages) or result.hint or "Nothing found."
    if isinstance(result, CitedAnswer):
        parts = [result.note, result.text, *result.notes]
        parts += [
            f"[{item.marker}] {item.citation}\n“{item.quote}”\n{item.uri}"
            for item in result.citations
        ]
        parts.append(_passages(result.nearest))
        return "\n\n".join(part for part in parts if part)
    if isinstance(result, Articles):
        lines = [_line(info) for info in result.articles]
        first = result.offset + 1
        span = f"{first} to {result.offset + len(lines)} of" if lines else "none of"
        return "\n".join([f"Articles, {span} {result.total}:", *lines])
    rest = "" if result.end == result.length else f"\n\n(goes on: start={result.end})"
    names = (result.title, result.source, result.published and result.published.isoformat())
    head = ", ".join(name for name in names if name)
    return f"{head}\n{result.uri}\n\n{result.text}{rest}"


def _passages(passages: tuple[FoundPassage, ...]) -> str:
    return "\n\n".join(
        f"{item.rank}. {item.citation}\n{item.text}\n{item.uri}" for item in passages
    )


def _line(info: ArticleInfo) -> str:
    day = info.published.isoformat() if info.published else "no date"
    return f"{day}  {info.title or '(no title)'}, {info.source or 'no source'}  {info.uri}"
