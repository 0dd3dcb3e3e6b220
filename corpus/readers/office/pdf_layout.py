"""Lines of a PDF page in the order in which they are read.

A PDF says where each character stands and nothing else. PDFium gives the characters; here
they become pieces of lines, the pieces columns, and the columns lines. Lengths are points,
y grows upwards as in the file.
"""

import ctypes
import math
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from corpus.readers.office.pdf_columns import rows_of, split_columns
from corpus.text.scripts import END, SUB, SUPER, set_scripts

_LIGATURES = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_MARK = re.compile(r"[•·▪‣◦–—*-]|\(?\d{1,2}[.)]|[a-z]\)")
"""What stands before the items of a list."""
_HYPHEN = "\x02"
"""PDFium's sign for a hyphen that it takes for one of line division."""
_ACCENTS = {"¨": "\u0308", "´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "^": "\u0302",
            "˜": "\u0303", "~": "\u0303", "ˇ": "\u030c", "˚": "\u030a", "¸": "\u0327",
            "˘": "\u0306", "˙": "\u0307", "˝": "\u030b", "¯": "\u0304"}  # fmt: skip
_GAP = "\ufdd4"
"""Stands, while a piece is made, for a gap as wide as a blank where the file has none."""
_SPACED = re.compile(
    f"(?<![^\\s{_GAP}])(?:[^\\W\\d_]{_GAP}){{2,}}[^\\W\\d_](?=[^\\w{_GAP}]|$)"
    f"|^(?:[^\\W\\d_]{_GAP})+[^\\W\\d_]$"
)
"""Letters that were set apart to stress a word."""
_MOST_CHARACTERS = 400_000
"""Of a page; a full newspaper page has 30,000."""
_CELL = 20
"""Characters that the cells of a table have on average, at most."""


@dataclass(slots=True)
class TextRun:
    """Characters that stand side by side without a gap."""

    text: str
    x0: float
    x1: float
    y: float
    """The baseline."""
    size: float
    bold: bool
    blank: float = 0.0
    """The widest blank between its words."""


@dataclass(slots=True)
class Line:
    """A line of one column."""

    text: str
    x0: float
    x1: float
    y: float
    size: float
    """In half points: one font comes out a little different from line to line."""
    bold: bool
    page: int
    left: float = 0.0
    right: float = 0.0
    """The edges of its column."""
    column: int = 0
    """Counted through the page, in reading order."""
    cells: tuple[str, ...] = ()
    """Its pieces, where wide gaps part them."""


def page_pieces(page: Any) -> list[TextRun]:
    """Return the pieces of text on a page of pypdfium2; what stands askew is left out."""
    return list(_merge_runs(_characters(page)))


def page_lines(pieces: Sequence[TextRun], number: int) -> list[Line]:
    """Return the lines that the pieces of page `number` make, column by column."""
    lines: list[Line] = []
    for index, column in enumerate(split_columns(list(pieces), 0)):
        rows = [_line(row, number) for row in rows_of(column)]
        left, right = min(line.x0 for line in rows), max(line.x1 for line in rows)
        for line in rows:
            line.left, line.right, line.column = left, right, index
        lines += rows
    return lines


def _line(row: Sequence[TextRun], page: int) -> Line:
    text, cells = row[0].text, [row[0].text]
    gaps = [after.x0 - before.x1 for before, after in pairwise(row)]
    usual = max((piece.blank for piece in row), default=0.0)
    # In justified text all blanks of a line are as wide as each other.
    justified = len(gaps) > 1 and max(gaps) < min(1.3 * min(gaps), 3 * row[0].size)
    for before, piece in pairwise(row):
        gap = piece.x0 - before.x1
        if gap > max(0.9 * piece.size, 1.5 * usual) and not justified:
            cells.append(piece.text)
        else:
            cells[-1] += (" " if gap > 0.1 * piece.size else "") + piece.text
        blank = gap > 0.1 * piece.size and not text.endswith(" ")
        text += (" " if blank else "") + piece.text
    itemised = len(cells) == 2 and _MARK.fullmatch(cells[0].strip())
    if sum(map(len, cells)) > _CELL * len(cells) or itemised:  # wide blanks in justified text
        cells = [text]
    widest = max(row, key=lambda piece: len(piece.text))
    return Line(
        text=" ".join(text.split()),
        x0=row[0].x0,
        x1=max(piece.x1 for piece in row),
        y=widest.y,
        size=max(round(widest.size * 2) / 2, 0.5),
        bold=all(piece.bold for piece in row),
        page=page,
        cells=tuple(" ".join(cell.split()) for cell in cells if cell.strip()),
    )


@dataclass(slots=True)
class _Character:
    text: str
    x0: float
    x1: float
    y: float
    size: float
    bold: bool


def _characters(page: Any) -> Iterator[_Character]:
    """Yield the characters in PDFium's order, which is nearly always that of writing."""
    import pypdfium2.raw as pdfium

    text = page.get_textpage()
    raw, count = text.raw, min(text.count_chars(), _MOST_CHARACTERS)
    width, height = page.get_size()
    turn = _Turn(page.get_rotation(), width, height)
    box, x, y = pdfium.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    matrix, font = pdfium.FS_MATRIX(), _Font(raw)
    nominal, size, bold, askew, high = -1.0, 1.0, False, False, 0
    for index in range(count):
        code = pdfium.FPDFText_GetUnicode(raw, index)
        if 0xD800 <= code < 0xDC00:  # the first half of a character in two, as 𝑦 and emoji
            high = code
            continue
        if 0xDC00 <= code < 0xE000 and high:
            code = 0x10000 + ((high - 0xD800) << 10) + code - 0xDC00
        high = 0
        if pdfium.FPDFText_IsGenerated(raw, index) == 1:
            if code == 32:
                yield _Character(" ", math.nan, math.nan, math.nan, size, bold)
            continue
        if not pdfium.FPDFText_GetLooseCharBox(raw, index, box):
            continue
        pdfium.FPDFText_GetCharOrigin(raw, index, x, y)
        now = pdfium.FPDFText_GetFontSize(raw, index)
        fresh = now != nominal or font.begins_object(index)
        if fresh and pdfium.FPDFText_GetMatrix(raw, index, matrix):
            scale = math.hypot(matrix.c, matrix.d)
            nominal, size = now, max(now * (scale or 1.0), 0.1)
            angle = math.degrees(math.atan2(matrix.b, matrix.a))
            askew = abs((angle + turn.degrees + 180) % 360 - 180) > 8
            bold = font.is_bold(index)
        if askew or code == 0:
            continue
        x0, base, x1 = turn.apply(box.left, box.right, x.value, y.value)
        yield _Character(_character(code), x0, x1, base, size, bold)
    text.close()


def _character(code: int) -> str:
    try:
        char = chr(code)
    except ValueError:
        return "\ufffd"
    return char.translate(_LIGATURES)


class _Turn:
    """From a page's own directions to those in which it is shown, by quarter turns."""

    def __init__(self, degrees: int, width: float, height: float) -> None:
        self.degrees = degrees
        self._width, self._height = width, height

    def apply(self, left: float, right: float, x: float, y: float) -> tuple[float, float, float]:
        """Return left edge, baseline and right edge of a character; upright is the usual case."""
        extent = right - left
        if self.degrees == 90:
            return y, self._height - x, y + extent
        if self.degrees == 180:
            return self._width - x, self._height - y, self._width - x + extent
        if self.degrees == 270:
            return self._width - y, x, self._width - y + extent
        return left, y, right


class _Font:
    """The font of a character; looked up only where a text object may have changed it."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self._object: Any = None

    def begins_object(self, index: int) -> bool:
        """Say whether this character belongs to another text object than the one before."""
        import pypdfium2.raw as pdfium

        found = pdfium.FPDFText_GetTextObject(self._raw, index)
        now = ctypes.cast(found, ctypes.c_void_p).value
        before, self._object = self._object, now
        return bool(now != before)

    def is_bold(self, index: int) -> bool:
        """Say so by the font's name or weight."""
        import pypdfium2.raw as pdfium

        name = ctypes.create_string_buffer(256)
        flags = ctypes.c_int()
        pdfium.FPDFText_GetFontInfo(self._raw, index, name, 256, flags)
        known = name.value.lower()
        heavy = any(word in known for word in (b"bold", b"black", b"heavy", b"-bd", b"semibd"))
        return heavy or pdfium.FPDFText_GetFontWeight(self._raw, index) >= 600


class _Run:
    """A piece while its characters come in."""

    def __init__(self, char: _Character) -> None:
        self.piece = TextRun(char.text, char.x0, char.x1, char.y, char.size, char.bold)
        self._script = ""

    def takes(self, char: _Character) -> bool:
        """Say whether a character stands beside the last one, on its baseline or as a script."""
        piece, gap = self.piece, char.x0 - self.piece.x1
        if not -0.6 * piece.size <= gap <= 0.7 * piece.size:
            return False
        level = abs(char.y - piece.y) <= 0.45 * max(char.size, piece.size)
        return level or bool(_script(char, piece)) or self._is_raised_below(char)

    def _is_raised_below(self, char: _Character) -> bool:
        """Say whether all so far is raised above a character: the number of a footnote."""
        piece = self.piece
        above = _Character(piece.text, piece.x0, piece.x1, piece.y, piece.size, piece.bold)
        return len(piece.text) <= 4 and _script(above, char) == SUPER

    def add(self, char: _Character, blank: str) -> None:
        """Put a character behind the others; `blank` is what the file has between them."""
        piece, gap = self.piece, char.x0 - self.piece.x1
        script = _script(char, piece)
        if self._is_raised_below(char):
            piece.text = SUPER + piece.text + END
            script = ""
        if script != self._script:
            piece.text += END if self._script else ""
            piece.text += " " if blank or gap > 0.25 * char.size else ""
            piece.text += script
            self._script, blank, gap = script, "", min(gap, 0.0)
        if self._composes(char, gap):
            return
        if blank or gap > 0.25 * char.size:
            piece.text += blank or _GAP
            piece.blank = max(piece.blank, gap)
        piece.text += char.text
        self._extend(char)

    def _composes(self, char: _Character, gap: float) -> bool:
        """Put an accent that old TeX fonts draw by itself over the letter that it is drawn over."""
        piece = self.piece
        accent = _ACCENTS.get(piece.text[-1:])
        if accent is None or gap > -0.1 * piece.size:
            return False
        letter = unicodedata.normalize(
            "NFC", {"ı": "i", "ȷ": "j"}.get(char.text, char.text) + accent
        )
        if len(letter) != 1:
            return False
        piece.text = piece.text[:-1] + letter
        self._extend(char)
        return True

    def _extend(self, char: _Character) -> None:
        piece = self.piece
        piece.x1 = max(piece.x1, char.x1)
        if not self._script:
            piece.bold = piece.bold and char.bold
            if char.size > piece.size:
                piece.size, piece.y = char.size, char.y

    def finish(self) -> TextRun:
        """Return the piece, its scripts as characters, its spaced letters as words."""
        piece = self.piece
        text = piece.text + (END if self._script else "")
        text = _SPACED.sub(lambda hit: hit[0].replace(_GAP, ""), text).replace(_GAP, " ")
        piece.text = set_scripts(text)
        return piece


def _script(char: _Character, beside: "TextRun | _Character") -> str:
    """Return SUPER or SUB where a character is one beside others: smaller, and off their line."""
    if not 0.48 * beside.size <= char.size <= 0.88 * beside.size:
        return ""
    rise = (char.y - beside.y) / beside.size
    return SUPER if 0.12 < rise <= 0.75 else SUB if -0.55 <= rise < -0.08 else ""


def _merge_runs(characters: Iterator[_Character]) -> Iterator[TextRun]:
    """Yield runs of characters on one baseline without a gap."""
    run: _Run | None = None
    blank = ""
    for char in characters:
        if math.isnan(char.x0):  # PDFium's own, for a gap
            blank = blank or _GAP
            continue
        if char.text.isspace():
            blank = " "
            continue
        if run is not None and run.takes(char):
            run.add(char, blank)
        else:
            if run is not None:
                yield run.finish()
            run = _Run(char)
        blank = ""
    if run is not None:
        yield run.finish()
