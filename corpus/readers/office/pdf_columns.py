"""The columns of a PDF page, found by the gutters between them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import mean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from corpus.readers.office.pdf_layout import TextRun

_MOST_DEPTH = 4
_PROSE = 18
"""Characters that the lines of a column have on average; the cells of a table have fewer."""


def rows_of(pieces: Sequence["TextRun"]) -> list[list["TextRun"]]:
    """Return pieces that share a baseline together, from the top down, each from the left."""
    rows: list[list[TextRun]] = []
    for piece in sorted(pieces, key=lambda piece: -piece.y):
        if rows and abs(rows[-1][0].y - piece.y) <= 0.35 * min(piece.size, rows[-1][0].size):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return [sorted(row, key=lambda piece: piece.x0) for row in rows]


def split_columns(pieces: list["TextRun"], depth: int) -> Iterator[list["TextRun"]]:
    """Yield the columns from the left, between what runs across them, from the top."""
    gutter = _gutter(pieces) if depth < _MOST_DEPTH else None
    if gutter is None:
        if pieces:
            yield pieces
        return
    bands: list[tuple[bool, list[TextRun]]] = []
    for row in rows_of(pieces):
        across = any(piece.x0 < gutter - 1 and piece.x1 > gutter + 1 for piece in row)
        if not bands or bands[-1][0] != across:
            bands.append((across, []))
        bands[-1][1].extend(row)
    for across, band in bands:
        if across:
            yield band
            continue
        for side in (
            [piece for piece in band if piece.x1 <= gutter + 1],
            [piece for piece in band if piece.x1 > gutter + 1],
        ):
            yield from split_columns(side, depth + 1)


def _gutter(pieces: Sequence["TextRun"]) -> float | None:
    """Return the left edge of a column that has another one beside it, or None."""
    if len(pieces) < 8:
        return None
    edges = Counter(round(piece.x0) for piece in pieces)
    best, best_score = None, 0
    for edge, _ in edges.most_common(24):
        gutter = edge - 0.5
        left = [piece for piece in pieces if piece.x1 <= gutter + 1]
        right = [piece for piece in pieces if piece.x0 >= gutter - 1]
        across = len(pieces) - len(left) - len(right)
        score = min(len(left), len(right)) * 4 - across
        if score > best_score and _are_columns(left, right):
            best, best_score = gutter, score
    return best


def _are_columns(left: Sequence["TextRun"], right: Sequence["TextRun"]) -> bool:
    """Say whether two sets of pieces are columns of running text that stand side by side."""
    if len(left) < 3 or len(right) < 3:
        return False
    for side in (left, right):
        lines = len({round(piece.y) for piece in side})
        if sum(len(piece.text) for piece in side) < _PROSE * lines:
            return False
    top = min(max(p.y for p in left), max(p.y for p in right))
    bottom = max(min(p.y for p in left), min(p.y for p in right))
    heights = [max(p.y for p in side) - min(p.y for p in side) for side in (left, right)]
    size = mean(p.size for p in left)
    beside = [p for p in left if bottom - size <= p.y <= top + size]
    if len(beside) < 3 or top - bottom < 0.4 * min(heights):
        return False
    # Short lines that are centred stand right of others too, but not on their height.
    level = sum(1 for p in beside if any(abs(p.y - q.y) <= 1.2 * size for q in right))
    if level * 5 < len(beside) * 2:
        return False
    # Between columns there is more room than between words, for most of the lines.
    edge = min(p.x0 for p in right)
    close = sum(1 for p in beside if edge - p.x1 < 0.5 * p.size)
    return close * 5 <= len(beside)
