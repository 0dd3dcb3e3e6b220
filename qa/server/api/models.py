"""What the API takes and gives.

What it gives are the dataclasses of `qa.results` themselves, so that names in JSON are those
of `to_dict`; what it takes stands here. Unknown names are refused.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from qa.requests import ArticleFilters, Asking, Closed, Flag, NameList
from qa.results import ArticleInfo, Passage

MAX_HISTORY = 50
MAX_PAGE = 500


class Retrieved(BaseModel):
    """Passages, the closest first."""

    passages: list[Passage]


class Said(Closed):
    """A message of the conversation before the question."""

    role: Literal["user", "assistant"]
    content: Annotated[str, Field(max_length=20_000)]


class AskRequest(Asking):
    """A question whose answer is wanted."""

    history: Annotated[list[Said], Field(max_length=MAX_HISTORY)] = Field(default_factory=list)
    """What was said before; a follow-up is read with it."""
    language_model: Flag = True
    """False: without the language model, where the server has one."""
    strict: Flag | None = None
    """Leave out a language model's sentences that nothing supports."""
    stream: Flag = False
    """Answer with server-sent events; `Accept: text/event-stream` does the same."""


class SuggestQuery(Closed):
    """Whose words questions are suggested in."""

    language: Literal["de", "en"] | None = None
    """By default that of most articles."""


class Suggested(BaseModel):
    """Questions that the articles can answer."""

    questions: list[str]


class ArticlePage(BaseModel):
    """A page of the articles' metadata, the newest first."""

    total: int
    """How many articles meet the filters."""
    offset: int
    limit: int
    articles: list[ArticleInfo]


class ListQuery(ArticleFilters):
    """Filters and place of a page of articles."""

    offset: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    limit: Annotated[int, Field(ge=1, le=MAX_PAGE)] = 50
    # An address repeats a name for each of several: source=taz&source=FAZ.
    sources: NameList | None = Field(None, alias="source")
    languages: NameList | None = Field(None, alias="language")
    authors: NameList | None = Field(None, alias="author")
    sections: NameList | None = Field(None, alias="section")
    uris: NameList | None = Field(None, alias="uri")


class ByUri(Closed):
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
