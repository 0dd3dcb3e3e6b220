"""Counts over the catalog: what there is of each source and language, and of each article."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from corpus.article import ANSWERING_ROLES
from corpus.catalog.database import Database
from corpus.catalog.embeddings import is_linked
from corpus.catalog.selection import Filters

_COUNTS = """
WITH counted AS MATERIALIZED (
    SELECT source, section, language, authors, published FROM articles WHERE {condition}
)
SELECT 'articles' AS facet, '' AS name, count(*) AS number FROM counted
UNION ALL SELECT 'first', min(published), count(published) FROM counted
UNION ALL SELECT 'last', max(published), count(published) FROM counted
UNION ALL SELECT 'sources', source, count(*) FROM counted GROUP BY source
UNION ALL SELECT 'sections', section, count(*) FROM counted GROUP BY section
UNION ALL SELECT 'languages', language, count(*) FROM counted GROUP BY language
UNION ALL SELECT 'authors', value, count(*) FROM counted, json_each(authors) GROUP BY value
ORDER BY number DESC, name
"""

_ALL_COUNTS = """
WITH dated AS (
    SELECT CAST(coalesce(sum(number), 0) AS BIGINT) AS number FROM counts WHERE facet = 'dated'
)
SELECT 'articles' AS facet, '' AS name, CAST(coalesce(sum(number), 0) AS BIGINT) AS number
    FROM counts WHERE facet = 'articles'
UNION ALL SELECT 'first', (SELECT min(published) FROM articles), number FROM dated
UNION ALL SELECT 'last', (SELECT max(published) FROM articles), number FROM dated
UNION ALL SELECT facet, name, number FROM counts
    WHERE facet IN ('sources', 'sections', 'languages', 'authors')
ORDER BY number DESC, name
"""
"""The same from what is kept up to date."""


@dataclass(frozen=True, slots=True)
class ArticleCounts:
    """How many articles have which metadata; names with the most articles come first."""

    articles: int
    sources: Mapping[str, int]
    languages: Mapping[str, int]
    sections: Mapping[str, int]
    authors: Mapping[str, int]
    first: date | None
    """The date of the oldest article that has one."""
    last: date | None
    undated: int


def count_articles(database: Database, filters: Filters | None = None) -> ArticleCounts:
    """Count the articles that have a paragraph which meets all filters; without, all articles."""
    if filters is None:
        rows = database.all(_ALL_COUNTS)
    else:
        condition, values = filters.articles_with_paragraphs()
        rows = database.all(_COUNTS.format(condition=condition), values)
    facets: dict[str, dict[str, int]] = {}
    for row in rows:
        named = facets.setdefault(row["facet"], {})
        if row["name"] != "":
            named[row["name"]] = row["number"]
    ((first, dated),) = facets["first"].items()
    (last,) = facets["last"]
    articles = next(row["number"] for row in rows if row["facet"] == "articles")
    return ArticleCounts(
        articles=articles,
        sources=facets.get("sources", {}),
        languages=facets.get("languages", {}),
        sections=facets.get("sections", {}),
        authors=facets.get("authors", {}),
        first=date.fromisoformat(first) if first else None,
        last=date.fromisoformat(last) if last else None,
        undated=articles - dated,
    )


def count_rows(database: Database) -> dict[str, int]:
    """Return how many paragraphs and windows there are."""
    rows = database.all("SELECT facet, number FROM counts WHERE facet IN ('paragraphs', 'windows')")
    return {row["facet"]: row["number"] for row in rows}


_RECOUNTED = """
SELECT facet, name, count(*) AS number FROM article_facets GROUP BY facet, name
UNION ALL SELECT 'paragraphs', '', count(*) FROM paragraphs
UNION ALL SELECT 'windows', '', count(*) FROM windows
"""


def wrong_counts(database: Database) -> int:
    """Return how many of the numbers that are kept up to date are not those of the rows."""
    one, other = "SELECT facet, name, number FROM counts", f"SELECT * FROM ({_RECOUNTED})"  # noqa: S608
    row = database.one(
        f"SELECT count(*) FROM (SELECT facet, name FROM ({one} EXCEPT {other}) "  # noqa: S608
        f"UNION SELECT facet, name FROM ({other} EXCEPT {one}))"
    )
    return int(row[0])


def recount(database: Database) -> None:
    """Count anew what is kept up to date, inside `transaction`."""
    database.run("DELETE FROM counts")
    database.run(f"INSERT INTO counts {_RECOUNTED}")


def count_paragraphs(database: Database, filters: Filters, by: str) -> dict[str, tuple[int, int]]:
    """Count the paragraphs that meet filters, and their articles.

    Args:
        database: the catalog's.
        filters: for the paragraphs and their articles.
        by: "role" or "language".

    Returns:
        Role or language -> (paragraphs, articles).
    """
    condition, values = filters.paragraphs()
    of_article, more = filters.articles_but_language()
    if more:
        condition += f" AND article_id IN (SELECT id FROM articles WHERE {of_article})"  # noqa: S608
    rows = database.all(
        f"SELECT {by}, count(*), count(DISTINCT article_id) FROM paragraphs "  # noqa: S608
        f"WHERE {condition} GROUP BY {by}",
        [*values, *more],
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def dates_beside(database: Database, filters: Filters, looser: Filters) -> list[date | None]:
    """Return the last date before the range of `filters` and the first one after it.

    Args:
        database: the catalog's.
        filters: with a range of dates.
        looser: what the articles have to meet.
    """
    condition, values = looser.articles_with_paragraphs()
    since, until = (day and day.isoformat() for day in (filters.since, filters.until))
    row = database.one(
        "SELECT max(published) FILTER (WHERE published < ?), "  # noqa: S608
        f"min(published) FILTER (WHERE published > ?) FROM articles WHERE {condition}",
        [since, until, *values],
    )
    return [day and date.fromisoformat(day) for day in row]


def article_uris(database: Database, filters: Filters) -> list[str]:
    """Return the URIs of the articles that have a paragraph which meets all filters."""
    condition, values = filters.articles_with_paragraphs()
    rows = database.all(f"SELECT uri FROM articles WHERE {condition} ORDER BY id", values)  # noqa: S608
    return [row["uri"] for row in rows]


def changed_since(database: Database, moment: datetime) -> list[int]:
    """Return the ids of the articles that were added or changed since the second of a moment.

    The catalog notes no fractions of it: what came in the same second is taken for later.
    """
    begin = moment.astimezone(UTC).isoformat(timespec="seconds")
    rows = database.all("SELECT id FROM articles WHERE updated_at >= ?", (begin,))
    return [int(row["id"]) for row in rows]


def paragraph_counts(database: Database) -> dict[int, int]:
    """Return how many paragraphs each article has, by the articles' ids."""
    rows = database.all(
        "SELECT article_id, count(*) FROM paragraphs WHERE role IN (?, ?) GROUP BY article_id",
        sorted(ANSWERING_ROLES),
    )
    return {int(row[0]): int(row[1]) for row in rows}


def missing_counts(database: Database, model: str) -> dict[int, int]:
    """Return how many answering paragraphs of an article are not embedded whole by a model.

    Articles with none are left out.
    """
    roles = sorted(map(str, ANSWERING_ROLES))
    waiting = "WHERE embedding_id IS NULL" if is_linked(database, model) else ""
    rows = database.all(
        "SELECT article_id, count(*) FROM paragraphs "  # noqa: S608
        "WHERE id IN (SELECT id FROM paragraphs WHERE windowed = 0 "
        f"UNION SELECT paragraph_id FROM windows {waiting}) "
        f"AND role IN ({','.join('?' * len(roles))}) GROUP BY article_id",
        roles,
    )
    return {int(row[0]): int(row[1]) for row in rows}


def near_identical_groups(database: Database) -> dict[int, int]:
    """Return the group of each article that is near-identical to another, by its id."""
    rows = database.all(
        "SELECT article_id, group_id FROM duplicate_groups WHERE group_id IN "
        "(SELECT group_id FROM duplicate_groups GROUP BY group_id HAVING count(*) > 1)"
    )
    return {int(row[0]): int(row[1]) for row in rows}
