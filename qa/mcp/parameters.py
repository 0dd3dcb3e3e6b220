"""What the tools take: each model is a tool's input schema, and nothing else is let through."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_ISO_DAY = "A day, 2024-10-25."
_MOST_NAMES = 100

Names = Annotated[
    list[Annotated[str, Field(max_length=2000)]], Field(default=[], max_length=_MOST_NAMES)
]
Question = Annotated[str, Field(max_length=4000, description="In any language.")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Filtered(_Strict):
    since: str | None = Field(
        None, max_length=40, description=f"Only articles from then on. {_ISO_DAY}"
    )
    until: str | None = Field(
        None, max_length=40, description=f"Only articles up to then. {_ISO_DAY}"
    )
    sources: Names = Field(description="Only of these publishers.")
    languages: Names = Field(description="Only in these languages: de, en, …")
    authors: Names = Field(description="Only by one of these authors.")
    sections: Names = Field(description="Only of these sections of the publisher's.")
    uris: Names = Field(description="Only of these articles.")

    def filters(self) -> dict[str, Any]:
        """Return the filters that are set, as `Collection.retrieve` takes them."""
        names = ("since", "until", "sources", "languages", "authors", "sections", "uris")
        return {name: value for name in names if (value := getattr(self, name))}


class Retrieve(_Filtered):
    """Parameters of `retrieve`."""

    question: Question
    k: int = Field(8, ge=1, le=50, description="How many passages.")
    per_article: int | None = Field(
        None, ge=1, le=50, description="At most so many passages of one article."
    )


class Ask(_Filtered):
    """Parameters of `ask`."""

    question: Question
    earlier_questions: Annotated[list[Question], Field(max_length=50)] = Field(
        default=[],
        description="The questions before, the oldest first; a question that leans on the last "
        "one is completed from it.",
    )
    strictness: Literal["lenient", "balanced", "strict"] = Field(
        "balanced", description="How sure an answer must be to be given."
    )


class ListArticles(_Strict):
    """Parameters of `list_articles`."""

    source: str | None = Field(None, max_length=2000, description="Only of this publisher.")
    matching: str | None = Field(
        None, max_length=2000, description="Only with all of these words in title or text."
    )
    limit: int = Field(50, ge=1, le=200, description="How many.")
    offset: int = Field(0, ge=0, le=10**9, description="How many to pass over first.")


class ReadArticle(_Strict):
    """Parameters of `read_article`."""

    uri: str = Field(max_length=4000, description="The article's, as the other tools give it.")
    start: int = Field(0, ge=0, le=10**9, description="The first character to return.")
    length: int = Field(20_000, ge=1, le=100_000, description="How many characters at most.")
