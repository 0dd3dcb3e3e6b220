"""The catalog's SQL as PostgreSQL reads it."""

import re
from functools import lru_cache

_TOKEN = re.compile(
    r"""
    (?P<literal> '(?:[^']|'')*' | "(?:[^"]|"")*" )
    | (?P<text> CAST\(\?\ AS\ TEXT\) )
    | \?(?P<number>\d*)
    | (?P<items> \bjson_each\( )
    """,
    re.VERBOSE,
)


@lru_cache(maxsize=2000)
def translate(sql: str) -> str:
    """Return a statement with PostgreSQL's names for values and functions.

    >>> translate("SELECT '?' FROM json_each(?) WHERE id = ? OR id = ?1")
    "SELECT '?' FROM json_items($1) WHERE id = $2 OR id = $1"
    """
    last = 0

    def replace(match: re.Match[str]) -> str:
        nonlocal last
        if match["literal"]:
            return match["literal"]
        if match["items"]:
            # `json_each` is another function there.
            return "json_items("
        if match["number"]:
            return f"${match['number']}"
        last += 1
        # A text by itself is ordered as the server likes, and those of the tables by their bytes.
        return f'CAST(${last} AS TEXT) COLLATE "C"' if match["text"] else f"${last}"

    return _TOKEN.sub(replace, sql)
