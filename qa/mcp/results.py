"""What the tools return: the names of `qa.results`, each text once: assistants pay for length.

Offsets are character offsets into the article's text, as everywhere.
"""

from dataclasses import dataclass
from datetime import date

from corpus.article import Article
from qa.results import Answer, ArticleInfo, Citation, Passage


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
    citations: tuple[CitedQuote, ...]
    nearest: tuple[FoundPassage, ...]


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


def found(passage: Passage) -> FoundPassage:
    """Return a passage with what is needed of its article."""
    info = passage.article
    return FoundPassage(
        passage.rank,
        passage.text,
        passage.citation,
        info.uri,
        info.title,
        info.source,
        info.published,
        info.url,
        passage.paragraph,
        passage.start,
        passage.end,
        passage.score,
        passage.language,
    )


def quoted(citation: Citation) -> CitedQuote:
    """Return a citation with what is needed of its passage."""
    passage, info = citation.passage, citation.passage.article
    return CitedQuote(
        citation.marker,
        citation.quote,
        citation.start,
        citation.end,
        passage.citation,
        info.uri,
        info.title,
        info.source,
        info.published,
        info.url,
        passage.paragraph,
    )


def cited(answer: Answer) -> CitedAnswer:
    """Return an answer; the passages only where it was refused."""
    return CitedAnswer(
        answer.question,
        answer.text,
        answer.short,
        answer.answered,
        answer.reason,
        answer.confidence,
        answer.language,
        answer.note,
        answer.notes,
        answer.model,
        tuple(quoted(citation) for citation in answer.citations),
        () if answer.answered else tuple(found(passage) for passage in answer.passages),
    )


def stretch(article: Article, start: int, length: int) -> ArticleText:
    """Return an article's metadata and some of its text; past its end there is none."""
    start = min(start, len(article.text))
    text = article.text[start : start + length]
    return ArticleText(
        article.uri,
        article.title,
        article.authors,
        article.published,
        article.source,
        article.language,
        article.url,
        article.corrected,
        text,
        start,
        start + len(text),
        len(article.text),
    )


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
