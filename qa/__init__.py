"""Ask questions of a collection of articles, and get answers with citations that can be checked.

from qa import open_collection

with open_collection("~/press", create=True) as collection:
    collection.add("articles/")
    answer = collection.ask("Wann …?")
"""

from typing import TYPE_CHECKING, Any, Unpack

if TYPE_CHECKING:
    from corpus.article import Article, Paragraph, Role, Version
    from corpus.catalog.removed import RemovedArticle
    from corpus.errors import ArticleQAError
    from qa.collection import Collection, open_collection
    from qa.options import AskOptions, RetrieveOptions
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
    "AskOptions",
    "Citation",
    "Collection",
    "Explanation",
    "FilterHint",
    "Paragraph",
    "Passage",
    "RecognisedDate",
    "RemovedArticle",
    "RetrieveOptions",
    "Role",
    "Sentence",
    "Status",
    "Version",
    "ask",
    "open_collection",
    "retrieve",
]


def __getattr__(name: str) -> Any:
    """Import what a public name needs when one is first asked for.

    The command line lies in this package too, and starts without most of it.
    """
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import corpus.article
    import corpus.catalog.removed
    import corpus.errors
    import qa.collection
    import qa.options
    import qa.results

    modules = (
        corpus.article,
        corpus.catalog.removed,
        corpus.errors,
        qa.collection,
        qa.options,
        qa.results,
    )
    value = next(getattr(module, name) for module in modules if hasattr(module, name))
    globals()[name] = value
    return value


def retrieve(question: str, k: int = 8, **options: "Unpack[RetrieveOptions]") -> "list[Passage]":
    """Return the k passages of the default collection closest to a question.

    The collection is opened for the call; for many questions, open it once with
    `open_collection`. Options and errors are those of `Collection.retrieve`.
    """
    from qa.collection import open_collection

    with open_collection() as collection:
        return collection.retrieve(question, k, **options)


def ask(question: str, *, k: int = 8, **options: "Unpack[AskOptions]") -> "Answer":
    """Answer a question from the default collection, each sentence with its citation.

    The collection is opened for the call; for many questions, open it once with
    `open_collection`. Options and errors are those of `Collection.ask`.
    """
    from qa.collection import open_collection

    with open_collection() as collection:
        return collection.ask(question, k=k, **options)
