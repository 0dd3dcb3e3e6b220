"""Passages, articles and answers as tables."""

from collections.abc import Iterable
from typing import Any

from corpus.article import Article
from qa.integrations.shared import metadata, missing
from qa.results import Answer, ArticleInfo, Passage

try:
    import pandas as pd
except ImportError as exc:
    raise missing("pandas", "pandas") from exc

__all__ = ["to_frame"]

_DAYS = ("published", "modified", "corrected")


def to_frame(items: Iterable[Passage | Article | ArticleInfo | Answer]) -> pd.DataFrame:
    """Return a table with a row for each item.

    Args:
        items: all passages (`retrieve`), all articles (`articles`, `article`) or all answers.

    Returns:
        Passages and articles with their metadata, days as datetime64 (NaT where there is none);
        answers with `citations`, a list of what each is cited from, and `quotes` and `uris`
        in the same order. No items make a table without columns.

    Raises:
        TypeError: an item is none of these, or of another kind than the first.
    """
    there = list(items)
    kinds = {_kind(item) for item in there}
    if len(kinds) > 1:
        raise TypeError(f"a table has rows of one kind, not of {' and '.join(sorted(kinds))}")
    frame = pd.DataFrame([_row(item) for item in there])
    for name in _DAYS:
        if name in frame:
            frame[name] = pd.to_datetime(frame[name].replace("", None))
    return frame


def _kind(item: object) -> str:
    for kind in (Passage, Answer):
        if isinstance(item, kind):
            return f"{kind.__name__}s"
    if isinstance(item, Article | ArticleInfo):
        return "articles"
    raise TypeError(f"passages, articles and answers make a table; this is {type(item).__name__}")


def _row(item: Any) -> dict[str, Any]:
    if isinstance(item, Passage):
        return {"rank": item.rank, "score": item.score, "text": item.text, **metadata(item)}
    if isinstance(item, Answer):
        return {
            "question": item.question,
            "answered": item.answered,
            "text": item.text,
            "short": item.short,
            "confidence": item.confidence,
            "reason": item.reason,
            "language": item.language,
            "citations": [citation.passage.citation for citation in item.citations],
            "quotes": [citation.quote for citation in item.citations],
            "uris": [citation.passage.article.uri for citation in item.citations],
        }
    row = {
        "uri": item.uri,
        "title": item.title,
        "authors": ", ".join(item.authors),
        "published": item.published,
        "modified": item.modified,
        "source": item.source,
        "section": item.section,
        "language": item.language,
        "url": item.url,
        "corrected": item.corrected,
    }
    if isinstance(item, Article):
        row |= {"text": item.text, "paragraphs": len(item.paragraphs)}
    return row
