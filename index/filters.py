"""Which paragraphs of a snapshot meet filters: a predicate, that both indexes ask."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.database import Database
from corpus.catalog.rows import ROLES, ParagraphTable
from corpus.catalog.selection import Filters
from index.arrays import Ids


@dataclass(frozen=True)
class Allowed:
    """Some of the ids that there are.

    Attributes:
        ids: all that there are, ascending.
        mask: which of them are meant; None for all.
    """

    ids: Ids
    mask: NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, ids: Ids) -> "Allowed":
        """Return these ids and no others.

        >>> some = Allowed.of(np.array([7, 3]))
        >>> len(some), some.among(np.array([3, 5, 7])).tolist(), some.listed.tolist()
        (2, [True, False, True], [3, 7])
        """
        return cls(np.sort(ids))

    @cached_property
    def _count(self) -> int:
        return len(self.ids) if self.mask is None else int(np.count_nonzero(self.mask))

    def __len__(self) -> int:
        """Return how many are meant."""
        return self._count

    @property
    def listed(self) -> Ids:
        """The ids that are meant, ascending."""
        return self.ids if self.mask is None else self.ids[self.mask]

    def among(self, some: Ids) -> NDArray[np.bool_]:
        """Tell of each of some ids whether it is meant."""
        at = np.searchsorted(self.ids, some)
        found = at < len(self.ids)
        found[found] = self.ids[at[found]] == some[found]
        if self.mask is not None:
            found[found] = self.mask[at[found]]
        return found


def allowed_paragraphs(filters: Filters, database: Database, table: ParagraphTable) -> Allowed:
    """Return which of the paragraphs in `table` meet all conditions."""
    roles = {str(role) for role in filters.roles}
    mask = np.array([role in roles for role in ROLES])[table.role_codes]
    if filters.languages:
        wanted = [name in filters.languages for name in table.language_names]
        mask &= np.array([*wanted, False])[table.language_codes]
    condition, values = filters.articles_but_language()
    if values:
        rows = database.all(f"SELECT id FROM articles WHERE {condition}", values)  # noqa: S608
        mask &= np.isin(table.articles, np.array([row["id"] for row in rows], dtype=np.int64))
    return Allowed(table.ids, mask)
