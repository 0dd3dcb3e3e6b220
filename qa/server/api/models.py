"""What the API takes and gives.

What it gives are the dataclasses of `qa.results` themselves, so that names in JSON are those
of `to_dict`; what it takes stands here. Unknown names are refused.
"""

import base64
import binascii
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from corpus.article import Role
from corpus.errors import SettingsError
from qa.requests import ArticleFilters, Asking, Closed, DayText, Flag, Name, NameList
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


class TextInput(Closed):
    """A text that was pasted, or what a file holds."""

    text: Annotated[str, Field(max_length=300_000)] | None = None
    """The text."""
    data: Annotated[str, Field(max_length=900_000)] | None = None
    """A file's bytes in base64, in place of a text."""
    name: Annotated[str, Field(max_length=500)] = ""
    """The file's name, which tells the format where the content does not."""

    def content(self) -> bytes:
        """Return the bytes that are to be read.

        Raises SettingsError where there is neither a text nor data, or both, or no base64.
        """
        if (self.text is None) == (self.data is None):
            raise SettingsError("Give a file or a text.")
        if self.text is not None:
            return self.text.encode("utf-8", "replace")
        try:
            return base64.b64decode(self.data or "", validate=True)
        except (binascii.Error, ValueError) as exc:
            raise SettingsError("data={value!r} is no base64.", value=str(self.data)[:40]) from exc


class MetadataChanges(Closed):
    """What is to be said of an article in place of what it says itself; "" is nothing."""

    title: Annotated[str, Field(max_length=2000)] | None = None
    source: Annotated[str, Field(max_length=2000)] | None = None
    """Who published it."""
    authors: NameList | None = None
    published: DayText | Literal[""] | None = None
    section: Annotated[str, Field(max_length=2000)] | None = None
    language: Annotated[str, Field(max_length=3)] | None = None
    url: Annotated[str, Field(max_length=2048)] | None = None
    roles: dict[str, Role] | None = None
    """What paragraphs are, by their numbers."""

    def corrections(self) -> dict[str, Any]:
        """Return what is set, as keywords of `Collection.edit`."""
        names = MetadataChanges.model_fields
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


class AddTextRequest(TextInput, MetadataChanges):
    """A text to add."""

    uri: Annotated[str, Field(max_length=8000)] = ""
    """What identifies it; by default its `url`, or a name made of its content."""


class CorrectRequest(MetadataChanges):
    """Articles, and what is to be corrected of each."""

    uris: Annotated[list[Name], Field(min_length=1, max_length=200)]
    undo: NameList | None = None
    """Corrected fields that get back what the articles themselves say."""


class Changed(BaseModel):
    """Which articles a correction changed."""

    changed: list[str]


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
