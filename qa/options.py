"""What a question is asked of and what comes first: filters and preferences, read and checked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypedDict

from corpus.catalog.removed import Confirm
from corpus.catalog.selection import Day, Filters, Names
from corpus.errors import QuestionError
from index.boosts import IN_RANGE_WEIGHT, Preferences, diversity, half_life, recency
from qa.generation.protocol import Generator
from qa.results import RecognisedDate

MAX_K = 1000
PREFERENCES = ("per_article", "recency", "diversity", "boost_dates")


Progress = Callable[[str, int, int], None]
"""Called with what is being done, how many are done, and of how many.

"reading" counts inputs; "articles" those of a large table, whose number is estimated;
"embedding" windows of text; "asking" the questions of an evaluation.
"""


class FilterOptions(TypedDict, total=False):
    """Which articles and paragraphs count; of names one or several."""

    since: Day
    """Only articles published on this day or later."""
    until: Day
    """Only articles published on this day or earlier."""
    sources: Names
    """Only these publishers."""
    languages: Names
    """Only paragraphs in these languages (ISO 639-1)."""
    authors: Names
    """Only articles by one of these."""
    sections: Names
    """Only these sections of the publisher's."""
    uris: Names
    """Only these articles."""
    without: Names
    """"date": articles without a date too, or they alone where no time is set; "source": so with
    the sources."""
    roles: Names
    """Paragraphs of these roles in place of lead and body."""


class SelectOptions(FilterOptions, total=False):
    """Which articles are meant, when they are removed or looked for by what they hold."""

    source: str | None
    """The publisher's name, in any case of letters."""
    matching: str | None
    """Words that title and text all hold, whole and in any case of letters; "several in
    quotes" follow one another."""


class SearchOptions(FilterOptions, total=False):
    """What is searched, and what comes first."""

    per_article: int | None
    """At most so many passages of one article."""
    recency: str | float | None
    """Put what is new first: the time in which an article loses half of what it gains by being
    new, as "30d", "2w", "6m", "1y" or in days."""
    diversity: float
    """From 0, the closest first, to 1, what repeats least first."""
    boost_dates: bool
    """Put articles first that were published in the time that the question names ("2023",
    "seit März")."""


class RetrieveOptions(SearchOptions, total=False):
    """How passages are found."""

    rerank: bool | str | Path
    """True has the reader read the first ones and order them anew; a folder or name of a
    sentence-transformers CrossEncoder has that one. Both take longer."""


class DigestOptions(SearchOptions, total=False):
    """How a digest is made."""

    generator: Generator | Literal[False] | None
    """A language model to write the answer; by default that of the settings, if they name an
    endpoint. False: none. What the articles do not support is refused without asking it."""
    strict: bool | None
    """Leave out a language model's sentences that are not supported; by default as set."""


class AskOptions(DigestOptions, total=False):
    """How a question is answered."""

    strictness: str
    """"lenient", "balanced" or "strict": how sure an answer must be to be given."""
    kind: str | None
    """What sort of answer is wanted, one of `qa.answering.kinds.KINDS`; by default it is told from
    the question."""
    language: str | None
    """"de" or "en": in which to say what no article says, where the question tells no language;
    by default that of most articles."""


class AddOptions(TypedDict, total=False):
    """How inputs are read and embedded."""

    progress: Progress | None
    """Called as the work goes on."""
    columns: Mapping[str, str] | None
    """For tables, our name of a column -> the table's: {"text": "body"}."""
    group_by: str | None
    """A table's column whose equal values make one article of several rows, a paragraph each."""
    max_bytes: int
    """The largest file that is read."""
    embed: bool
    """Embed the texts too. Without, no model is loaded, and the paragraphs are found by their
    words alone until `embed` is called."""
    urls: Sequence[str | Path]
    """Files of addresses to fetch: one a line, or a feed or a sitemap."""
    sync: bool
    """Remove the articles that the inputs gave once and give no more: files that are gone from
    a folder, rows from a table, pages from a feed. One whose text another input gives stays, under
    that one's URI."""
    remove_many: bool | Confirm
    """Let `sync` remove more than a tenth of a collection of 20 or more articles; a function is
    asked with their URIs and with how many articles there are, while nobody else can write."""
    ignore: Sequence[str]
    """Files and folders to leave out, as patterns of a .gitignore."""
    metadata: Mapping[str, Any] | None
    """For all articles, in place of what is read: "source", "published", …; see `edit`."""
    allow_private: bool
    """Fetch from this machine and its own network too."""


class TextOptions(TypedDict, total=False):
    """How a text that is in no file is read and kept."""

    name: str
    """A file's name, which tells the format where the content does not."""
    uri: str
    """What identifies the article; by default its `url` in the metadata, or a name made of its
    content."""
    embed: bool
    """False leaves that for later."""
    metadata: Mapping[str, Any] | None
    """As `edit` takes them, roles of paragraphs included, in place of what is read."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Options of a question, checked.

    Attributes:
        filters: what passages may be found.
        per_article: at most so many of one article, or any number.
        half_life: days in which what is new loses half of its weight, or None.
        diversity: from 0 to 1.
        boost_dates: whether articles of the time that the question names gain.
    """

    filters: Filters
    per_article: int | None = None
    half_life: float | None = None
    diversity: float = 0.0
    boost_dates: bool = False

    @classmethod
    def of(cls, options: SearchOptions) -> "Choice":
        """Read the options of `Collection.retrieve`.

        Raises:
            QuestionError: one is unknown or cannot be used.
        """
        others: dict[str, Any] = dict(options)
        taken = {name: others.pop(name, None) for name in PREFERENCES}
        unknown = sorted(others.keys() - FilterOptions.__annotations__.keys())
        if unknown:
            names = ", ".join(map(repr, unknown))
            raise QuestionError(
                "{names}: no such filter. `help(Collection.retrieve)` lists them.", names=names
            )
        filters = Filters.of(**others)
        if taken["per_article"] is not None:
            check_number("per_article", taken["per_article"])
        return cls(
            filters,
            taken["per_article"],
            half_life(taken["recency"]),
            diversity(taken["diversity"] or 0.0),
            bool(taken["boost_dates"]),
        )

    @property
    def needs_dates(self) -> bool:
        """Tell whether `preferences` needs the articles' dates."""
        return self.half_life is not None or self.boost_dates

    def preferences(
        self, published: Mapping[int, date], named: tuple[RecognisedDate, ...], today: date
    ) -> Preferences:
        """Return the preferences for one question.

        Args:
            published: article -> its date; read only where `needs_dates`.
            named: the times that the question names.
            today: the present day.
        """
        boosts: dict[int, float] = {}
        if self.half_life is not None:
            boosts = recency(published, self.half_life, today)
        if self.boost_dates and named:
            for article, day in published.items():
                if any(_lies_within(day, item) for item in named):
                    boosts[article] = boosts.get(article, 0.0) + IN_RANGE_WEIGHT
        return Preferences(self.per_article, boosts, self.diversity)


def check_number(name: str, value: int) -> None:
    """Check that a value is a whole number from 1 to MAX_K.

    Raises:
        QuestionError: it is not from 1 to MAX_K.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_K:
        raise QuestionError(
            "{name}={value!r} is not possible. Give a number from 1 to {max_k}.",
            name=name,
            value=value,
            max_k=MAX_K,
        )


def several(questions: Iterable[str]) -> Iterable[str]:
    """Check that questions are not one string, whose letters would be asked one by one.

    Raises:
        QuestionError: they are one text, or cannot be gone through.
    """
    if isinstance(questions, (str, bytes)) or not isinstance(questions, Iterable):
        raise QuestionError(
            "Give several questions as a list, not {questions!r:.80}.", questions=questions
        )
    return questions


def _lies_within(day: date, named: RecognisedDate) -> bool:
    return (named.since is None or day >= named.since) and (
        named.until is None or day <= named.until
    )
