"""One spelling of a paper's name in a collection.

Pages and exports give it as they like: "Leinetaler Anzeiger", "LEINETALER ANZEIGER",
"leinetaler-anzeiger.de". An article's source is written as most articles of that source are; a
name goes before an address. "Leinetaler Anzeiger Online" may be another paper and stays.
"""

import re
import unicodedata

from corpus.catalog.database import Database

_ADDRESS = re.compile(r"(?:www\.)?(?P<name>[\w.-]+)\.[a-z]{2,12}", re.I)
_ARTICLE = re.compile(r"(?:der|die|das|the)\s+", re.I)
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class SourceNames:
    """How the sources of a collection are spelled."""

    def __init__(self, database: Database) -> None:
        """Read the names that there are, those of most articles first."""
        self._known: dict[str, str] = {}
        rows = database.all(
            "SELECT name FROM counts WHERE facet = 'sources' ORDER BY number DESC, name"
        )
        for row in rows:
            self.spell(row["name"])

    def spell(self, name: str) -> str:
        """Return a source's name as the collection spells it; a new one as it is."""
        keys = _keys(name)
        known = next((self._known[key] for key in keys if key in self._known), None)
        if known is not None and (not _ADDRESS.fullmatch(known) or _ADDRESS.fullmatch(name)):
            return known
        self._known |= dict.fromkeys(keys, name)
        return name


def _keys(name: str) -> list[str]:
    """Return what all spellings of a name have in common, with and without its article.

    >>> _keys("Die Küste"), _keys("www.kueste.example")
    (['diekueste', 'kueste'], ['kueste'])
    """
    address = _ADDRESS.fullmatch(name.strip())
    bare = address["name"] if address else name.strip()
    keys = (_fold(bare), _fold(_ARTICLE.sub("", bare, count=1)))
    return [key for key in dict.fromkeys(keys) if key]


def _fold(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold().translate(_UMLAUTS))
    return "".join(char for char in folded if char.isalnum())
