"""Which articles are meant: by URI, by the input that gave them, by source, by their words."""

from collections.abc import Sequence
from pathlib import Path

from corpus.article import Article
from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from corpus.catalog.inputs import InputLog
from corpus.catalog.selection import EVERYTHING, Filters, matching_articles
from corpus.errors import ArticleNotFound, InputError, QuestionError
from corpus.web.addresses import is_address, parse_address


def select(
    database: Database, names: Sequence[str | Path], matching: str | None, filters: Filters
) -> list[Article]:
    """Return the articles that all conditions hold for, without texts, the newest first.

    Raises:
        ArticleNotFound: there is none of one of the names.
        QuestionError: there is no condition, or no word in `matching`.
    """
    if not names and matching is None and filters == EVERYTHING:
        raise QuestionError("Say which articles: by URI, file, folder, source or words.")
    catalog = Catalog(database)
    found = catalog.articles(filters=filters)
    if names:
        uris = {uri for name in names for uri in _find_named(database, catalog, name)}
        found = {key: item for key, item in found.items() if item.uri in uris}
    if matching is not None:
        ids = set(matching_articles(database, matching))
        found = {key: item for key, item in found.items() if key in ids}
    return list(found.values())


def _find_named(database: Database, catalog: Catalog, name: str | Path) -> list[str]:
    """Return the URIs that a URI, a file, a folder, a feed or a list stands for."""
    if isinstance(name, str) and catalog.has(name):
        return [name]
    try:
        if isinstance(name, str) and is_address(name):
            origin = str(parse_address(name))
        else:
            origin = Path(name).expanduser().resolve().as_uri()
        uris = InputLog(database).uris(origin)
    except (OSError, RuntimeError, ValueError, InputError):
        uris = []  # names no file: too long, with a NUL, or with a home of nobody
    if not uris:
        raise ArticleNotFound(
            "No article has the URI {name!r}, and none came from a file, folder or feed of that "
            "name. `article-qa list` shows those there are.",
            name=str(name),
        )
    return uris
