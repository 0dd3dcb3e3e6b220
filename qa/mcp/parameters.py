"""What the tools take: each model is a tool's input schema, and nothing else is let through."""

from typing import Annotated

from pydantic import Field

from qa.requests import ArticleFilters, Asking, Closed, QuestionText


class Ask(Asking):
    """Parameters of `ask`."""

    earlier_questions: Annotated[list[QuestionText], Field(max_length=50)] = Field(
        default=[],
        description="The questions before, the oldest first; a follow-up is read with "
        "the one before it.",
    )


class ListArticles(ArticleFilters):
    """Parameters of `list_articles`."""

    matching: str | None = Field(
        None, max_length=2000, description="Only with all of these words in title or text."
    )
    limit: int = Field(50, ge=1, le=200, description="How many.")
    offset: int = Field(0, ge=0, le=10**9, description="How many to pass over first.")


class ReadArticle(Closed):
    """Parameters of `read_article`."""

    uri: str = Field(max_length=4000, description="The article's, as the other tools give it.")
    start: int = Field(0, ge=0, le=10**9, description="The first character to return.")
    length: int = Field(20_000, ge=1, le=100_000, description="How many characters at most.")
