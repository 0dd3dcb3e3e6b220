"""Which articles hold given words: exact, because what matches may be removed."""

import re
import unicodedata

from corpus.catalog.database import Database
from corpus.errors import QuestionError

_PART = re.compile(r'"([^"]*)"|(\S+)')
_WORD = re.compile(r"\w+")


def matching_articles(database: Database, words: str) -> list[int]:
    """Return the ids of the articles whose title and text hold all of the words, ascending.

    Words count whole and in any case of letters; "several in quotes" have to follow one
    another.

    Raises:
        QuestionError: there is no word to look for.
    """
    wanted = [_folded(quoted or word) for quoted, word in _PART.findall(words)]
    phrases = [f" {item} " for item in wanted if item]
    if not phrases:
        raise QuestionError(f"There is no word in {words!r} to look for.")
    found = []
    last = 0
    # In portions: the texts of a collection together may be larger than the memory.
    while rows := database.all(
        "SELECT id, title, text FROM articles WHERE id > ? ORDER BY id LIMIT 500", (last,)
    ):
        for row in rows:
            text = f" {_folded(row['title'])} \n {_folded(row['text'])} "
            if all(phrase in text for phrase in phrases):
                found.append(int(row["id"]))
        last = rows[-1]["id"]
    return found


def _folded(text: str) -> str:
    return " ".join(_WORD.findall(unicodedata.normalize("NFKC", text).casefold()))
