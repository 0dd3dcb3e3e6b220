"""Which paragraphs of a snapshot meet filters."""

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.database import Database
from corpus.catalog.rows import ParagraphTable
from corpus.catalog.selection import Filters


def allowed_paragraphs(
    filters: Filters, database: Database, table: ParagraphTable
) -> NDArray[np.int64]:
    """Return the ids of the paragraphs in `table` that meet all conditions, ascending."""
    mask = np.isin(table.roles, [str(role) for role in filters.roles])
    if filters.languages:
        mask &= np.isin(table.languages, filters.languages)
    condition, values = filters.articles_but_language()
    if values:
        rows = database.all(f"SELECT id FROM articles WHERE {condition}", values)  # noqa: S608
        mask &= np.isin(table.articles, [row["id"] for row in rows])
    return table.ids[mask]
