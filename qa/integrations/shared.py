"""What all adapters share: a passage's metadata, its id, and the error for a missing package."""

from typing import Any

from corpus.errors import SettingsError
from qa.results import Passage


def metadata(passage: Passage) -> dict[str, Any]:
    """Return what is known of a passage, flat, as frameworks keep it: texts, numbers, None.

    `start` and `end` are character offsets into the article's text; `citation` is for people;
    the day of publication is "2024-10-25", or "" where there is none.
    """
    info = passage.article
    return {
        "citation": passage.citation,
        "uri": info.uri,
        "title": info.title,
        "source": info.source,
        "authors": ", ".join(info.authors),
        "published": info.published.isoformat() if info.published else "",
        "section": info.section,
        "url": info.url,
        "language": passage.language,
        "heading": passage.heading,
        "role": passage.role,
        "paragraph": passage.paragraph,
        "page": passage.page,
        "start": passage.start,
        "end": passage.end,
        "rank": passage.rank,
        "score": passage.score,
    }


def passage_id(passage: Passage) -> str:
    """Return a name of the passage that stays the same while its article does."""
    return f"{passage.article.uri}#{passage.start}-{passage.end}"


def missing(framework: str, extra: str) -> SettingsError:
    """Return the error to raise where a framework is not installed."""
    return SettingsError(f"{framework} is not installed: pip install 'article-qa[{extra}]'")
