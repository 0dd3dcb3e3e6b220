"""Paragraph to windows: a paragraph longer than the model reads is embedded in parts."""

from collections.abc import Callable, Sequence

import regex

WINDOW_TOKENS = 384
"""Estimated tokens in a window: three quarters of what the default model reads, because an
estimate may be wrong and the article's title stands before each window."""

_DENSE = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
)
_TOKENS_PER_DENSE_CHARACTER = 0.8
_TOKENS_PER_CHARACTER = 0.3
"""XLM-RoBERTa's tokenizer makes .23 tokens of a German character and .7 of a Chinese one."""

Offsets = tuple[int, int]


def estimate_tokens(text: str) -> float:
    """Return about how many tokens a multilingual model makes of a text.

    >>> estimate_tokens("Die Seilbahn")
    3.6
    """
    dense = len(_DENSE.findall(text))
    plain = len(text) - dense
    return round(dense * _TOKENS_PER_DENSE_CHARACTER + plain * _TOKENS_PER_CHARACTER, 2)


def windows(
    text: str, sentences: Callable[[str], Sequence[Offsets]], limit: int = WINDOW_TOKENS
) -> list[Offsets]:
    """Divide a paragraph into stretches of at most `limit` estimated tokens.

    Borders lie between sentences; only a sentence over the limit is cut, at a blank.

    Args:
        text: a paragraph.
        sentences: returns the (start, end) of a text's sentences.
        limit: estimated tokens.

    Returns:
        (start, end) offsets that together cover all but blanks; one pair where the
        paragraph fits.
    """
    if estimate_tokens(text) <= limit:
        return [(0, len(text))]
    pieces = [piece for span in sentences(text) for piece in _cut(text, span, limit)]
    found: list[Offsets] = []
    for start, end in pieces:
        if found and estimate_tokens(text[found[-1][0] : end]) <= limit:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def _cut(text: str, span: Offsets, limit: int) -> list[Offsets]:
    """Cut a stretch that is over the limit at blanks, or anywhere where it has none."""
    start, end = span
    found = []
    while estimate_tokens(text[start:end]) > limit:
        # No character counts for more than a dense one.
        reach = start + max(1, int(limit / _TOKENS_PER_DENSE_CHARACTER))
        while reach < end and estimate_tokens(text[start : reach + 50]) <= limit:
            reach += 50
        blank = text.rfind(" ", start + 1, reach)
        border = blank if blank > 0 else min(reach, end)
        found.append((start, border))
        start = border
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        found.append((start, end))
    return found
