"""What the catalog holds of each article: paragraphs, what is not embedded, near-identical ones."""

from corpus.article import ANSWERING_ROLES
from corpus.catalog.database import Database


def paragraph_counts(database: Database) -> dict[int, int]:
    """Return how many paragraphs each article has, by the articles' ids."""
    rows = database.all("SELECT article_id, count(*) FROM paragraphs GROUP BY article_id")
    return {int(row[0]): int(row[1]) for row in rows}


def missing_counts(database: Database, model: str) -> dict[int, int]:
    """Return how many answering paragraphs of an article are not embedded whole by a model.

    Articles with none are left out.
    """
    roles = sorted(map(str, ANSWERING_ROLES))
    rows = database.all(
        "SELECT article_id, count(*) FROM paragraphs "  # noqa: S608
        f"WHERE role IN ({','.join('?' * len(roles))}) AND "
        "(windowed = 0 OR id IN (SELECT paragraph_id FROM windows WHERE NOT EXISTS (SELECT 1 "
        "FROM embeddings WHERE embeddings.text_hash = windows.text_hash AND model = ?))) "
        "GROUP BY article_id",
        (*roles, model),
    )
    return {int(row[0]): int(row[1]) for row in rows}


def near_identical_groups(database: Database) -> dict[int, int]:
    """Return the group of each article that is near-identical to another, by its id."""
    rows = database.all(
        "SELECT article_id, group_id FROM duplicate_groups WHERE group_id IN "
        "(SELECT group_id FROM duplicate_groups GROUP BY group_id HAVING count(*) > 1)"
    )
    return {int(row[0]): int(row[1]) for row in rows}
