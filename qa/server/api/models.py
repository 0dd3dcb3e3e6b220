"""What the API takes and gives.

What it gives are the dataclasses of `qa.results` themselves, so that names in JSON are those
of `to_dict`; what it takes stands here. Unknown names are refused.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict

from corpus.article import Role
from index.search import MAX_QUESTION
from qa.results import ArticleInfo, Passage

MAX_K = 100
MAX_HISTORY = 50
MAX_PAGE = 500


def _day(text: str) -> str:
    date.fromisoformat(text)
    return text


def _whole(number: Any) -> Any:
    """JSON knows no whole numbers: 8.0 is 8."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


Question = Annotated[
    str,
    Field(min_length=1, max_length=MAX_QUESTION, pattern=r"\S", description="In any language."),
]
Day = Annotated[
    str,
    Field(pattern=r"^\d{4}-\d{2}-\d{2}$", json_schema_extra={"format": "date"}),
    AfterValidator(_day),
]
Name = Annotated[str, Field(min_length=1, max_length=2000)]
Names = Annotated[list[Name], Field(max_length=50)]
Count = Annotated[int, Strict(), Field(ge=1, le=MAX_K), BeforeValidator(_whole)]
Flag = Annotated[bool, Strict()]
Recency = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}[dwmy]$", examples=["30d", "1y"])]


class _Closed(BaseModel):
    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)


class Choice(_Closed):
    """Which passages count, and which come first."""

    since: Day | None = None
    """Only articles published on this day or later."""
    until: Day | None = None
    """Only articles published on this day or earlier."""
    sources: Names | None = None
    languages: Names | None = None
    """ISO 639-1 codes."""
    authors: Names | None = None
    sections: Names | None = None
    uris: Names | None = None
    """Only these articles."""
    roles: Annotated[list[Role], Field(min_length=1, max_length=7)] | None = None
    """Paragraphs of these roles in place of lead and body."""
    per_article: Count | None = None
    """At most so many passages of one article."""
    recency: Recency | None = None
    """New articles first, with this half-life."""
    boost_dates: Flag = False
    """Articles first that were published in the time that the question names."""

    def filters(self) -> dict[str, Any]:
        """Return the keywords of `Collection.retrieve`, without those that say nothing."""
        names = Choice.model_fields
        given = {name: getattr(self, name) for name in names}
        return {name: value for name, value in given.items() if value not in (None, False)}


class RetrieveRequest(Choice):
    """A question whose passages are wanted."""

    question: Question
    k: Count = 8
    """How many passages."""
    diversity: Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)] = 0.0
    """0: the closest first; 1: what repeats least first."""
    rerank: Flag = False
    """Have the reader read the first ones and order them anew; takes longer."""


class Retrieved(BaseModel):
    """Passages, the closest first."""

    passages: list[Passage]


class Said(_Closed):
    """A message of the conversation before the question."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=20_000)]


class AskRequest(Choice):
    """A question whose answer is wanted."""

    question: Question
    k: Count = 8
    """In how many passages the answer is looked for."""
    history: Annotated[list[Said], Field(max_length=MAX_HISTORY)] = Field(default_factory=list)
    """What was said before; a question that leans on it is completed from it."""
    strictness: Literal["lenient", "balanced", "strict"] = "balanced"
    """How sure an answer must be to be given."""
    language_model: Flag = True
    """False: without the language model, where the server has one."""
    strict: Flag | None = None
    """Leave out a language model's sentences that nothing supports."""
    stream: Flag = False
    """Answer with server-sent events; `Accept: text/event-stream` does the same."""


class Listed(BaseModel):
    """A page of the articles' metadata, the newest first."""

    total: int
    """How many articles meet the filters."""
    offset: int
    limit: int
    articles: list[ArticleInfo]


class ListQuery(_Closed):
    """Filters and place of a page of articles."""

    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50
    since: Day | None = None
    until: Day | None = None
    source: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)
    language: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)
    author: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)
    section: Annotated[list[Name], Field(max_length=50)] = Field(default_factory=list)


class ByUri(_Closed):
    """Names an article."""

    uri: Annotated[str, Field(min_length=1, max_length=8000)]


class Ready(BaseModel):
    """Whether questions can be asked."""

    ready: bool
    model: Literal["loading", "loaded", "failed"]
    indexes: Literal["loading", "current", "behind"]
    """Behind: something was added since the last question; the next one sees it all the same."""
    draining: bool
    """The server is stopping and takes no more questions."""


class Alive(BaseModel):
    """The server answers."""

    status: Literal["ok"] = "ok"
