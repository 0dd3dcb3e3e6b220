"""Articles that share a title or a file's name: the folder, year or source that a question names
chooses between them. Others are left as they are.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from index.analysis import terms
from index.boosts import IN_RANGE_WEIGHT
from qa.results import ArticleInfo

NAMED_WEIGHT = 2 * IN_RANGE_WEIGHT
"""What an article gains that the question names among those of its name: it was asked for."""


def boost_named(question: str, articles: Mapping[int, ArticleInfo]) -> dict[int, float]:
    """Return what articles gain because the question names them among others of their name.

    Args:
        question: as it was asked.
        articles: those that were found, by their ids in the catalog.
    """
    found: dict[int, float] = {}
    for group in _groups(articles):
        marks = {key: _marks(articles[key]) for key in group}
        shared = frozenset.intersection(*marks.values())
        named = [key for key in group if _is_named(question, articles[key], marks[key] - shared)]
        if len(named) < len(group):
            found.update(dict.fromkeys(named, NAMED_WEIGHT))
    return found


def _groups(articles: Mapping[int, ArticleInfo]) -> Iterable[set[int]]:
    """Return the articles that have a title or a file's name in common, several each."""
    groups: dict[tuple[str, str], set[int]] = defaultdict(set)
    for key, info in articles.items():
        if info.title:
            groups["title", info.title.casefold()].add(key)
        address = urlsplit(info.uri)
        # The rows of a table are no files, and on the web most pages are an index.html.
        if address.scheme == "file" and not address.fragment:
            groups["file", PurePosixPath(address.path).stem.casefold()].add(key)
    return [group for group in groups.values() if len(group) > 1]


def _marks(info: ArticleInfo) -> frozenset[str]:
    """Return what tells an article from others of its name: folders, file, year and source."""
    path = PurePosixPath(unquote(urlsplit(info.uri).path))
    year = str(info.published.year) if info.published else ""
    return frozenset(filter(None, (*path.parent.parts, path.stem, year, info.source)))


def _is_named(question: str, info: ArticleInfo, marks: Iterable[str]) -> bool:
    """Tell whether the question has all words of one of an article's marks."""
    asked = set(terms(question, info.language))
    found = (set(terms(mark, info.language)) for mark in marks)
    return any(words and words <= asked for words in found)
