"""Ask questions of a collection of articles, and get answers with citations that can be checked.

from qa import open_collection

with open_collection("~/press", create=True) as collection:
    collection.add("articles/")
    answer = collection.ask("Wann …?")
"""

from typing import Any

from corpus.article import Article, Paragraph, Role, Version
from corpus.errors import ArticleQAError
from qa.collection import Collection, open_collection
from qa.results import (
    AddReport,
    Answer,
    ArticleInfo,
    Citation,
    Explanation,
    FilterHint,
    Passage,
    RecognisedDate,
    Sentence,
    Status,
)

__all__ = [
    "AddReport",
    "Answer",
    "Article",
    "ArticleInfo",
    "ArticleQAError",
    "Citation",
    "Collection",
    "Explanation",
    "FilterHint",
    "Paragraph",
    "Passage",
    "RecognisedDate",
    "Role",
    "Sentence",
    "Status",
    "Version",
    "ask",
    "open_collection",
    "retrieve",
]


def retrieve(question: str, k: int = 8, **filters: Any) -> list[Passage]:
    """Return the k passages of the default collection closest to a question.

    The collection is opened for the call; for many questions, open it once with
    `open_collection`. Options and errors are those of `Collection.retrieve`.
    """
    with open_collection() as collection:
        return collection.retrieve(question, k, **filters)


def ask(question: str, **options: Any) -> Answer:
    """Answer a question from the default collection, each sentence with its citation.

    The collection is opened for the call; for many questions, open it once with
    `open_collection`. Options and errors are those of `Collection.ask`.
    """
    with open_collection() as collection:
        return collection.ask(question, **options)
