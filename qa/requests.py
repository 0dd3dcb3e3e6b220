"""What a program sends to ask a collection: options that are checked, for HTTP and MCP alike.

Unknown names are refused. The schemas that both doors publish are made of these models.
"""

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict

from corpus.article import Role
from index.search import MAX_QUESTION
from qa.answering.kinds import Kind
from qa.options import FilterOptions, SearchOptions

MAX_K = 100


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _whole(number: Any) -> Any:
    """JSON knows no whole numbers: 8.0 is 8."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


QuestionText = Annotated[
    str,
    Field(min_length=1, max_length=MAX_QUESTION, pattern=r"\S", description="In any language."),
]
DayText = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d{2}-\d{2}$", json_schema_extra={"format": "date"}),
    AfterValidator(_day),
]
Name = Annotated[str, Field(min_length=1, max_length=2000)]
NameList = Annotated[list[Name], Field(max_length=50)]
Count = Annotated[int, Strict(), Field(ge=1, le=MAX_K), BeforeValidator(_whole)]
Flag = Annotated[bool, Strict()]
Recency = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}[dwmy]$", examples=["30d", "1y"])]


class Closed(BaseModel):
    """A model that refuses names which it does not have."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class ArticleFilters(Closed):
    """Which articles count."""

    since: DayText | None = None
    """Only articles published on this day or later."""
    until: DayText | None = None
    """Only articles published on this day or earlier."""
    sources: NameList | None = None
    """Only these publishers."""
    languages: NameList | None = None
    """Only these languages: ISO 639-1 codes."""
    authors: NameList | None = None
    """Only articles by one of these."""
    sections: NameList | None = None
    """Only these sections of the publisher's."""
    uris: NameList | None = None
    """Only these articles."""
    without: Annotated[list[Literal["date", "source"]], Field(max_length=2)] | None = None
    """Articles without a date, or a source, too; they alone where no such filter is set."""

    def filters(self) -> FilterOptions:
        """Return the filters that are set, as keywords of `Collection.articles`."""
        return cast(FilterOptions, self._set(FilterOptions.__annotations__))

    def _set(self, names: Iterable[str]) -> dict[str, Any]:
        given = {name: getattr(self, name, None) for name in names}
        return {name: value for name, value in given.items() if value}


class SearchChoice(ArticleFilters):
    """Which passages count, and which come first."""

    roles: Annotated[list[Role], Field(min_length=1, max_length=7)] | None = None
    """Paragraphs of these roles in place of lead and body."""
    per_article: Count | None = None
    """At most so many passages of one article."""
    recency: Recency | None = None
    """New articles first, with this half-life."""
    diversity: Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    """0: the closest first; 1: what repeats least first."""
    boost_dates: Flag = False
    """Articles first that were published in the time that the question names."""

    def options(self) -> SearchOptions:
        """Return the options that are set, as keywords of `Collection.retrieve` and `ask`."""
        return cast(SearchOptions, self._set(SearchOptions.__annotations__))


class RetrieveRequest(SearchChoice):
    """A question whose passages are wanted."""

    question: QuestionText
    k: Count = 8
    """How many passages."""
    rerank: Flag = False
    """Have the reader read the first ones and order them anew; takes longer."""


class Asking(SearchChoice):
    """A question whose answer is wanted."""

    question: QuestionText
    k: Count = 8
    """In how many passages the answer is looked for."""
    strictness: Literal["lenient", "balanced", "strict"] = "balanced"
    """How sure an answer must be to be given."""
    kind: Kind | None = None
    """What sort of answer is wanted; by default it is told from the question."""
