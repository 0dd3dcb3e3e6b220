"""Lines as one text: words that were divided at a line's end are made whole."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

DIVIDED = re.compile(r"(?P<word>[^\W\d_]+)(?P<hyphen>[-\u00ad\u2010\x02¬])$")
"""A line that ends in a hyphen; \x02 is PDFium's, ¬ that of text recognition."""
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_SUSPENDED = frozenset("und oder bzw beziehungsweise sowie bis and or to".split())


def count_words(lines: Iterable[str]) -> Counter[str]:
    """Return how often each word stands in the lines, as evidence for `join_lines`."""
    return Counter(word for line in lines for word in _WORD.findall(line))


def join_lines(lines: Sequence[str], words: Counter[str]) -> str:
    """Return lines as one text, divided words made whole.

    >>> join_lines(["Die Leitun-", "gen in Nord-", "und Süd-", "Osterholm"], Counter())
    'Die Leitungen in Nord- und Süd-Osterholm'
    """
    parts: list[str] = []
    for line in lines:
        hit = DIVIDED.search(parts[-1]) if parts else None
        if hit is not None:
            parts[-1] = parts[-1][: hit.start("hyphen")]
            parts.append(_seam(hit, line, words))
        elif parts:
            parts.append(" ")
        parts.append(line)
    return "".join(parts).replace("\x02", "-").replace("\u00ad", "")


def _seam(hit: re.Match[str], line: str, words: Counter[str]) -> str:
    """Return what stands between a word before a hyphen at a line's end and the next line."""
    word, next_word = hit["word"], _WORD.match(line)
    if hit["hyphen"] == "¬":  # text recognition's own sign, never a word's hyphen
        return ""
    if next_word is None:
        return "-" if line[:1].isdigit() else "- "
    after = next_word[0]
    if after in _SUSPENDED:
        return "- "
    if not after[0].islower():
        return "-"
    # Written elsewhere without division, the document itself says which it is.
    return "-" if words[f"{word}-{after}"] > words[word + after] else ""
