"""What retrieval and answering return: frozen dataclasses, the same names in JSON.

Offsets are character offsets into the article's text, so that
`article.text[passage.start:passage.end] == passage.text` and
`article.text[citation.start:citation.end] == citation.quote`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from corpus.serialise import plain

_Item = TypeVar("_Item")


class Result:
    """What goes over a line as JSON under the names of its attributes."""

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-ready dicts, lists and strings."""
        return dict(plain(self))


@dataclass(frozen=True, slots=True)
class ArticleInfo:
    """An article's metadata, without its text."""

    uri: str
    title: str
    authors: tuple[str, ...] = ()
    published: date | None = None
    modified: date | None = None
    source: str = ""
    section: str = ""
    language: str = "und"
    url: str = ""
    corrected: date | None = None
    """When its text was corrected or added to, where the collection holds an earlier version."""

    def __str__(self) -> str:
        day = self.published.isoformat() if self.published else ""
        return ", ".join(part for part in (self.title or self.uri, self.source, day) if part)


@dataclass(frozen=True, slots=True)
class Passage(Result):
    """A paragraph as retrieval returns it: ranked, with scores (larger is closer)."""

    text: str
    score: float
    rank: int
    """1 is the best."""
    scores: Mapping[str, float]
    """How the score came about: "dense" (cosine), "lexical" (BM25), …"""
    paragraph: int
    """Number of the paragraph in its article, from 1, headings counted."""
    start: int
    end: int
    heading: str
    role: str
    page: int | None
    language: str
    article: ArticleInfo
    citation: str
    """For people: "Title, Source, 25.10.2024, Abs. 3"."""
    also_in: tuple[ArticleInfo, ...] = ()
    """Other articles that print the same paragraph, or the same but for small edits."""

    def __str__(self) -> str:
        return f"{self.rank}. {self.citation}\n{self.text}"

    def _repr_html_(self) -> str:
        from qa.notebook import passage_html

        return passage_html(self)


class Listed(list[_Item]):
    """A list that notebooks show as a table."""

    def _repr_html_(self) -> str:
        from qa.notebook import list_html

        return list_html(self)


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the question, as it is searched for: stemmed, lower-cased."""

    text: str
    rarity: float
    """Its BM25 weight in the collection: larger is rarer."""
    held: bool
    """Whether the passage, with its title and heading, has it."""


@dataclass(frozen=True, slots=True)
class PassageExplanation:
    """How one passage came by its rank."""

    passage: Passage
    parts: Mapping[str, float]
    """What each side adds to the score: "dense", "sentence", "lexical", "coverage", and "boost"
    where dates count. Their sum is the fused score."""
    terms: tuple[Term, ...]
    """The question's terms, the rarest first; names and numbers only where the passage is in
    another language."""
    foreign: bool
    """Whether the passage is in another language than the question."""


@dataclass(frozen=True, slots=True)
class Explanation(Result):
    """How the passages for a question were found."""

    question: str
    language: str
    """The question's, as it was recognised; "und" where it is unsure."""
    formula: str
    filters: str
    """The filters in words, or ""."""
    searched: int
    """Paragraphs that meet the filters."""
    paragraphs: int
    """Paragraphs in the collection."""
    dates: "tuple[RecognisedDate, ...]"
    passages: tuple[PassageExplanation, ...]


@dataclass(frozen=True, slots=True)
class RecognisedDate:
    """A time that a question names, offered as a filter and never set by itself."""

    text: str
    """The question's words."""
    start: int
    """Where they begin in the question."""
    since: date | None
    until: date | None
    """First and last day; None where the range is open."""

    @property
    def options(self) -> str:
        """The command line's options for it: "--since 2026-03-01"."""
        named = (("--since", self.since), ("--until", self.until))
        return " ".join(f"{name} {day}" for name, day in named if day)


@dataclass(frozen=True, slots=True)
class FilterHint(Result):
    """Why filters match no passage, and what to set instead."""

    text: str
    """For people."""
    filter: str
    """The one to change: "dates", "sources", …; "" where several have to."""
    nearest: Mapping[str, int]
    """Names that there are in its place, the closest first, with their articles."""
    earlier: date | None
    """The last date before the range."""
    later: date | None
    """The first date after it."""


@dataclass(frozen=True, slots=True)
class Citation(Result):
    """A marker [n], the passage it stands for and the words that support the sentence."""

    marker: int
    passage: Passage
    quote: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"[{self.marker}] {self.passage.citation}: “{self.quote}”"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the answer, without markers, and what supports it."""

    text: str
    citations: tuple[Citation, ...]
    supported: bool = True
    """Whether the citations support it; a language model's sentence may fail the checks."""
    reason: str = ""
    """Why it is not supported, for people."""


class Refusal(StrEnum):
    """Why a question was not answered."""

    NOTHING_NEAR = "nothing near"
    """The articles are about other things."""
    NOT_SAID = "not said"
    """They are about this, and do not say what is asked."""
    OTHER_LANGUAGE = "other language"
    """What comes near is in another language, and not near enough to be sure."""
    FILTERED = "filtered"
    """No article meets the filters."""
    EMPTY = "empty"
    """There are no articles."""
    WORDLESS = "wordless"
    """The question has no words."""
    NO_QUESTION = "no question"
    """It is nothing that articles answer: a task, an opinion, a mere string of letters."""


@dataclass(frozen=True, slots=True)
class Side:
    """One of the differing answers that articles give."""

    value: str
    """The words that answer, verbatim."""
    published: date | None
    """When the article that says so was published."""
    sentence: Sentence
    """The sentence with its citations; also one of the answer's."""
    corrects: bool = False
    """Whether it says of itself that it corrects another."""


DIFFER, AGREE, ONLY = "differ", "agree", "only"
"""What parts of a comparison are."""


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One of a digest's sentences, and the time that it tells of."""

    sentence: Sentence
    """Also one of the answer's; all who tell the same are among its citations."""
    since: date | None = None
    """First day of what it tells; None where that is not known."""
    until: date | None = None
    """Last day; another one than the first for a month, a year or a stretch of days."""
    when: str = ""
    """The words in its article that say the time, or ""."""
    certain: bool = True
    """Whether the days are said; else the article's own date is all that is known."""
    corrects: bool = False
    """Whether it says of itself that it corrects something."""
    differs: tuple[Side, ...] = ()
    """What others of the digest's sentences say in place of a value in it."""
    value: str = ""
    """That value, verbatim; "" where none differs."""

    @property
    def article(self) -> ArticleInfo:
        """The article that it is quoted from."""
        return self.sentence.citations[0].passage.article


@dataclass(frozen=True, slots=True)
class DigestPart:
    """Sentences of a digest that belong together."""

    title: str
    """For people: an article, a part of the question, the values that differ; or ""."""
    entries: tuple[DigestEntry, ...]
    role: str = ""
    """Of a comparison, `DIFFER`: these sentences give different values, or correct one;
    `AGREE`: several articles tell each of them; `ONLY`: one article does. Else ""."""


@dataclass(frozen=True, slots=True)
class Digest(Result):
    """Sentences of several passages in an order: a summary, a timeline, a comparison."""

    kind: str
    """The kind of question that it answers: "summary", "timeline", …"""
    parts: tuple[DigestPart, ...]
    articles: tuple[ArticleInfo, ...]
    """Those that it is taken from, the newest first."""
    notes: tuple[str, ...] = ()
    """What it leaves out, for people: articles without a date, parts that no sentence answers."""


@dataclass(frozen=True, slots=True)
class Answer(Result):
    """Sentences with citations, or a refusal with its reason.

    A refusal has `answered` False, a `reason` in words and as `refusal`, no citations,
    and the nearest passages. `confidence` is the chance, 0 to 1, that the articles hold
    the answer and it was found.

    What is said of the collection itself (kind "meta"), and a reply to a greeting or a plea
    for help, is answered too, of confidence 1, without citations: no article says it.
    """

    question: str
    text: str
    """What to show: the sentences with their [n] markers, or the refusal in words."""
    short: str
    """The answer's own words alone, or ""."""
    answered: bool
    reason: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Passage, ...]
    confidence: float
    language: str
    asked: str = ""
    """The question as it was asked."""
    note: str = ""
    """What has to be said before the sentences: that sources differ, for instance."""
    differs: tuple[Side, ...] = ()
    """Where sources differ, what each says, a correction before what it corrects."""
    refusal: Refusal | None = None
    dates: tuple[RecognisedDate, ...] = ()
    """Times that the question names, which could be set as filters."""
    notes: tuple[str, ...] = ()
    """What happened on the way, for people: that a language model was not used, and why."""
    model: str = ""
    """The language model that wrote the sentences; "" where they are quoted."""
    kind: str = "fact"
    """What sort of answer the question wants, one of `qa.answering.kinds.KINDS`."""
    context: str = ""
    """The complete question before it that a follow-up was read with; "" where it stands alone."""
    about: str = ""
    """What a follow-up was taken to be about, for people: an article's title, or `context`."""
    digest: Digest | None = None
    """The sentences in their parts, with the times that they tell of, where more than one fact
    was asked for; where `model` wrote the answer, what it was given."""
    articles: tuple[ArticleInfo, ...] = ()
    """Those that it lists, where the collection itself was asked about: each is a line of the
    text below its first one."""
    suggestions: tuple[str, ...] = ()
    """Questions that the collection can answer, made of its articles' titles and names."""

    def __str__(self) -> str:
        cited = "\n".join(str(citation) for citation in self.citations)
        return "\n\n".join(part for part in (self.note, self.text, cited) if part)

    def _repr_html_(self) -> str:
        from qa.notebook import answer_html

        return answer_html(self)


@dataclass(frozen=True, slots=True)
class AddReport(Result):
    """What became of the inputs: counts of articles, and each input that was skipped."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    duplicates: int = 0
    """Articles left out because the collection holds the very same text under another URI."""
    skipped: tuple[tuple[str, str], ...] = ()
    """(input, reason) for each input that could not be used."""
    embedded: int = 0
    """Windows of text that were embedded; those known already are not embedded again."""
    useless: tuple[str, ...] = ()
    """Inputs, as they were given, from which no article came."""
    notes: tuple[tuple[str, str], ...] = ()
    """(input, what to know) for inputs that were used: two texts for one URI, a date not read."""
    removed: int = 0
    """Articles that their inputs give no more; only with `sync`."""
    moved: int = 0
    """Articles that stay under another URI: their input is gone, and another one gives their
    text; only with `sync`."""
    seconds: float = field(default=0.0, compare=False)


@dataclass(frozen=True, slots=True)
class Status(Result):
    """What a collection holds."""

    path: str
    articles: int
    paragraphs: int
    windows: int
    """Stretches of text to embed: a paragraph, or the parts of a long one."""
    embedded: int
    """Windows that are embedded with the collection's model."""
    unwindowed: int
    """Paragraphs that were not divided into windows yet."""
    generation: int
    """Rises with every change."""
    model: str
    fingerprint: str
    languages: Mapping[str, int]
    """Language -> articles, the most frequent first."""
    sources: Mapping[str, int]
    """Source -> articles, the most frequent first."""
    first: date | None
    """Publication date of the oldest article that has one."""
    last: date | None
    missing: int = 0
    """Paragraphs that are found by their words alone, until they are embedded."""


@dataclass(frozen=True, slots=True)
class HeldArticle:
    """An article as a list of the collection shows it."""

    info: ArticleInfo
    paragraphs: int
    missing: int = 0
    """Paragraphs that are found by their words alone, until they are embedded."""
    alike: tuple[str, ...] = ()
    """URIs of the articles that it is near-identical to."""
