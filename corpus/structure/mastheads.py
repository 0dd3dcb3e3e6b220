"""What the line at the edge of a newspaper's page says: the paper's name and the day.

Such a line has name, day, page, number of the issue and section in any order, with marks
between them or without: "3 Harlesunder Bote · Montag, 12. Mai 2025 · Nr. 108".
"""

import re

from corpus.structure.bylines import WEEKDAY, Facts, is_paper
from corpus.text.quantities import leading_date

_NUMBERED = re.compile(
    r"\b(?:seite|page|s\.|p\.)\s*\d{1,4}(?:\s*(?:/|von|of)\s*\d{1,4})?\b"
    r"|\b(?:nr|no|nummer|number|issue|heft|kw|jahrgang|jg)\b\.?\s*\d{1,4}(?:/\d{2,4})?\b"
    r"|\b\d{1,3}\.\s*(?:jahrgang|jg\.?)"
    r"|\b\d{1,2}/(?:19|20)\d\d\b"
    r"|\b(?:ausgabe|edition)(?:\s+[A-ZÄÖÜ0-9][\w-]*)?",
    re.I,
)
_MARKS = re.compile(r"\s*(?:[|·•/–—;,]|\s-\s)\s*")
_SMALL = frozenset("der die das den dem des für und am im zu in vom of the and for".split())
_LONGEST = 120
_MOST_WORDS = 8


def read_masthead(text: str) -> Facts | None:
    """Return the paper and the day that a page's head or foot names, or None without a day.

    >>> facts = read_masthead("3 Harlesunder Bote · Montag, 12. Mai 2025")
    >>> facts.source, facts.published
    ('Harlesunder Bote', datetime.date(2025, 5, 12))
    >>> read_masthead("Am 12. Mai 2025 beriet der Rat drei Stunden lang über den Bau der Halle.")
    """
    line = " ".join(text.split())
    if len(line) > _LONGEST or line.endswith((".", "!", "?")):
        return None
    for start in (hit.start() for hit in re.finditer(r"\b[\dA-Za-zÄ]", line)):
        day, length = leading_date(line[start:])
        if day is not None:
            break
    else:
        return None
    before = re.sub(rf"{WEEKDAY}$", "", line[:start], flags=re.I)
    rest = f"{before} | {line[start + length :]}"
    parts = [_bare(part) for part in _MARKS.split(_NUMBERED.sub(" | ", rest))]
    words = [word for part in parts for word in part.split()]
    if len(words) > _MOST_WORDS or any(w[0].islower() and w not in _SMALL for w in words):
        return None
    return Facts(published=day, source=next(filter(is_paper, parts), ""))


def _bare(part: str) -> str:
    """Take the page's number off the end or the beginning of a part."""
    return re.sub(r"^\d{1,4}\s+|\s+\d{1,4}$|^\d{1,4}$", "", part.strip()).strip(" .:")
