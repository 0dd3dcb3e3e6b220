"""Text recognition of one page's picture by Tesseract (the extra "ocr"), offline.

Tesseract finds columns and lines; this module adds what it leaves to others: pages that lie on
their side, words divided at a line's end, paragraphs that go on in the next column, headings
by the height of their letters, and which words are doubtful.
"""

import importlib.metadata
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from corpus.blocks import Block
from corpus.errors import InputError
from corpus.text.hyphenation import count_words, join_lines

if TYPE_CHECKING:
    from PIL.Image import Image

_LANGUAGES = ("deu", "eng")
_PAGE_SECONDS = 60
"""What one page may take, in seconds of waiting."""
_SURE = 60.0
"""Mean confidence, 0 to 100, below which a page may lie on its side."""
_DOUBTFUL = 55.0
"""Confidence below which a word is doubtful."""
_NOISE = 45.0
"""Mean confidence below which a line is no text: dirt, or part of a picture."""
_TOO_UNSURE = 55.0
"""Mean confidence below which a page is not taken: its quotes would be nobody's words."""
_LARGER = 1.35
"""How much higher than the usual line a heading's is."""
_ENDS = re.compile(r"[.!?…:][\"'”“„»«)\]]*$")
_LETTERS = re.compile(r"[^\W\d_]{2}")


Box = tuple[float, float, float, float]
"""Left, top, right and bottom of a place on a picture, in pixels."""


@dataclass(slots=True)
class _Word:
    text: str
    confidence: float
    box: Box


@dataclass(slots=True)
class _Line:
    words: list[_Word]
    height: float
    column: int
    opens: bool
    """Whether a paragraph begins with it."""

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        sizes = [len(word.text) for word in self.words]
        total = sum(w.confidence * n for w, n in zip(self.words, sizes, strict=True))
        return total / max(1, sum(sizes))


@dataclass(frozen=True, slots=True)
class RecognisedPage:
    """What recognition has made of one page."""

    blocks: list[Block]
    words: int
    confidence: float
    """Mean of its words', 0 to 100."""
    doubtful: tuple[str, ...]
    """The words that are doubtful, in their order."""


def recognise_page(picture: "Image", number: int) -> RecognisedPage:
    """Return the text of a page's picture; pages on their side are turned.

    Raises InputError where text recognition is not installed.
    """
    _, lines = _read_upright(picture)
    confidence = _mean(lines)
    if confidence < _TOO_UNSURE:
        return RecognisedPage([], 0, confidence, ())
    lines = [line for line in lines if line.confidence >= _NOISE and line.text.strip()]
    words = [word for line in lines for word in line.words]
    return RecognisedPage(
        blocks=list(_blocks(lines, number)),
        words=len(words),
        confidence=round(_mean(lines), 1),
        doubtful=tuple(
            word.text for word in words if word.confidence < _DOUBTFUL and len(word.text) > 1
        ),
    )


def locate_words(picture: "Image") -> tuple["Image", list[tuple[str, Box]]]:
    """Return a page's picture, upright, and its words in reading order with their places on it.

    Raises InputError where text recognition is not installed.
    """
    upright, lines = _read_upright(picture)
    kept = [line for line in lines if line.confidence >= _NOISE]
    return upright, [(word.text, word.box) for line in kept for word in line.words]


@lru_cache(maxsize=1)
def _engine() -> Any:
    """Return Tesseract with its languages.

    Raises InputError where it, or its data, is not installed.
    """
    try:
        import tesserocr

        folder = _data_folder()
        return tesserocr.PyTessBaseAPI(path=str(folder), lang="+".join(_LANGUAGES))
    except (ImportError, LookupError, RuntimeError) as exc:
        raise InputError(
            "this is a scan, and text recognition is not installed; install it with "
            "pip install 'article-qa[ocr]', or add the scan with its text recognised"
        ) from exc


def _data_folder() -> Path:
    """Return the folder of the languages' data, which their packages put beside Python.

    Raises LookupError where one is missing.
    """
    wanted = [f"{language}.traineddata" for language in _LANGUAGES]
    places = [Path(sys.prefix) / "share" / "tessdata"]
    try:
        files = importlib.metadata.files(f"tessdata.fast-{_LANGUAGES[0]}") or []
    except importlib.metadata.PackageNotFoundError:
        files = []
    found = [Path(str(file.locate())) for file in files if wanted[0] in str(file)]
    places += [path.resolve().parent for path in found]
    for place in places:
        if all((place / name).is_file() for name in wanted):
            return place
    raise LookupError(wanted[0])


def _read_lines(picture: "Image") -> list[_Line]:
    """Return the lines that Tesseract finds, column by column."""
    import tesserocr

    engine = _engine()
    engine.SetImage(picture)
    if not engine.Recognize(_PAGE_SECONDS * 1000):
        return []
    found = engine.GetIterator()
    if found is None:
        return []
    level = tesserocr.RIL
    lines: list[_Line] = []
    column = 0
    for item in tesserocr.iterate_level(found, level.WORD):
        try:
            text, confidence = item.GetUTF8Text(level.WORD), item.Confidence(level.WORD)
        except RuntimeError:  # a block without text: a picture, a rule
            continue
        column += bool(item.IsAtBeginningOf(level.BLOCK))
        if item.IsAtBeginningOf(level.TEXTLINE) or not lines:
            box = item.BoundingBox(level.TEXTLINE)
            height = float(box[3] - box[1]) if box else 0.0
            lines.append(_Line([], height, column, bool(item.IsAtBeginningOf(level.PARA))))
        if text and text.strip():
            left, top, right, bottom = item.BoundingBox(level.WORD) or (0, 0, 0, 0)
            lines[-1].words.append(_Word(text.strip(), confidence, (left, top, right, bottom)))
    engine.Clear()
    return [line for line in lines if line.words]


def _mean(lines: Sequence[_Line]) -> float:
    words = [word for line in lines for word in line.words]
    size = sum(len(word.text) for word in words)
    return sum(word.confidence * len(word.text) for word in words) / size if size else 0.0


def _read_upright(picture: "Image") -> tuple["Image", list[_Line]]:
    """Return a page as it reads best, and its lines."""
    lines = _read_lines(picture)
    return (picture, lines) if _mean(lines) >= _SURE else _turn(picture, lines)


def _turn(picture: "Image", lines: list[_Line]) -> tuple["Image", list[_Line]]:
    """Return a page turned as it reads best, if it reads well so, and its lines."""
    best, most = (picture, lines), _score(lines)
    small = picture.reduce(2) if min(picture.size) > 1600 else picture
    angles = sorted(
        (
            (_score(_read_lines(small.rotate(angle, expand=True))), angle)
            for angle in (90, 270, 180)
        ),
        reverse=True,
    )
    if angles[0][0] > most:
        turned = picture.rotate(angles[0][1], expand=True)
        read = _read_lines(turned)
        best = (turned, read) if _score(read) > most else best
    return best


def _score(lines: Sequence[_Line]) -> float:
    """Return how much of a page is read with some certainty."""
    words = [word for line in lines for word in line.words if _LETTERS.search(word.text)]
    return sum(len(word.text) for word in words if word.confidence >= _SURE)


# Paragraphs


def _blocks(lines: Sequence[_Line], number: int) -> Iterator[Block]:
    """Yield the paragraphs and headings of a page; divided words are whole again."""
    if not lines:
        return
    usual = median(line.height for line in lines)
    known = count_words(line.text for line in lines)
    for group in _groups(lines, usual):
        text = join_lines([line.text for line in group], known)
        if not _LETTERS.search(text):
            continue
        high = min(line.height for line in group) > _LARGER * usual
        kind = "heading" if high and len(text) <= 200 else "paragraph"
        yield Block(text, kind, page=number, level=1 if kind == "heading" else 0)


def _groups(lines: Sequence[_Line], usual: float) -> Iterator[list[_Line]]:
    group: list[_Line] = []
    for line in lines:
        if group and _parts(group[-1], line, usual):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _parts(above: _Line, line: _Line, usual: float) -> bool:
    """Say whether a paragraph ends between two lines."""
    large = [item.height > _LARGER * usual for item in (above, line)]
    if large[0] != large[1]:
        return True
    if large[0]:
        # Letters without strokes above or below make a line of the same size lower.
        return max(above.height, line.height) > 1.7 * min(above.height, line.height)
    if above.column != line.column or line.opens:
        # A paragraph goes on in the next column; what ends with a sentence may end there.
        return bool(_ENDS.search(above.text)) or not (line.text[:1].islower() or _hangs(above))
    return False


def _hangs(line: _Line) -> bool:
    return line.text.endswith(("-", "¬", ","))
