"""What a line of text from a page looks like: its form, its words, its place, its neighbours."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.structure.boilerplate import is_credit, is_menu_item, is_section_name, line_role
from corpus.structure.bylines import is_bare_date, is_name, is_paper, read_line
from corpus.structure.lines import ENDS_SENTENCE, stems_of
from corpus.text.quantities import find_date

_LENGTHS = (8, 15, 25, 40, 60, 80, 110, 160, 240)
_WORD = re.compile(r"\w[\w'’-]*")
_INSIDE = re.compile(r"[^\W\d_]{3}[.!?][\"“”»«’]?\s+[\"„“»«‚]?[A-ZÄÖÜ]")
_SMALL_WORDS = frozenset(
    """der die das den dem des ein eine einen einem einer und oder aber in im an am auf bei mit nach
    von vom zu zum zur für um über ist sind war hat haben wird werden soll sich nicht auch es er sie
    wir als wie dass the a an and or but of to in on at by for with from is are was were has have
    will be been it he she they we not that as""".split()
)
_PROSE = 70
"""Characters from which a line that ends a sentence is running text."""
_KEPT_WORDS = 60
"""Characters of a line whose first and last words are looked at."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line, or a paragraph, of a text."""

    text: str
    gap: bool = False
    """A blank line stands above it."""


def describe(lines: Sequence[TextLine]) -> list[list[str]]:
    """Return the names of each line's features."""
    shapes = [_shape(line.text) for line in lines]
    prose = [i for i, shape in enumerate(shapes) if shape == "prose"]
    first = prose[0] if prose else len(lines)
    last = prose[-1] if prose else -1
    while last + 1 < len(lines) and last >= 0 and shapes[last + 1] in ("sentence", "brief"):
        last += 1  # an article's last paragraphs are often short
    stems = Counter(stem for i in prose for stem in stems_of(lines[i].text))
    texts = Counter(line.text for line in lines)
    described = []
    for index, line in enumerate(lines):
        features = ["bias", *_own_features(line.text)]
        features += _place(index, first, last, len(lines))
        features += _neighbour_features(lines, shapes, index)
        own = stems_of(line.text)
        shared = sum(1 for stem in own if stems[stem] > (shapes[index] == "prose"))
        share = shared / len(own) if own else -1.0
        features.append(f"shared={'none' if share < 0 else int(share * 4)}")
        if texts[line.text] > 1:
            features.append("repeated")
        where = "above" if index < first else "below" if index > last else "between"
        features += [f"{where}:{shapes[index]}", f"{where}:shared={int(share * 4)}"]
        described.append(features)
    return described


def _shape(text: str) -> str:
    """Return what sort of line this is, at a glance."""
    ends = bool(ENDS_SENTENCE.search(text)) and not text.endswith((":", ",", ";"))
    if len(text) >= _PROSE and ends:
        return "prose"
    if is_bare_date(text):
        return "date"
    if is_credit(text):
        return "credit"
    if read_line(text):
        return "source"
    if is_menu_item(text) or is_section_name(text):
        return "menu"
    if ends:
        return "sentence" if len(text) > 40 else "brief"
    words = len(text.split())
    return "word" if words <= 1 else "words" if words <= 3 else "line" if words <= 14 else "long"


def _own_features(text: str) -> Iterator[str]:
    """Yield what a line says of itself."""
    words = _WORD.findall(text)
    size = sum(1 for limit in _LENGTHS if len(text) > limit)
    yield f"length={size}"
    yield f"words={min(len(words), 12) if len(words) < 16 else 16}"
    end = text[-1:]
    yield f"end={end if not end.isalnum() else '0' if end.isdigit() else 'a'}"
    start = text[:1]
    kind = "0" if start.isdigit() else "A" if start.isupper() else "a" if start.isalpha() else start
    yield f"start={kind}"
    capital = sum(1 for word in words if word[:1].isupper())
    yield f"capitals={int(4 * capital / max(len(words), 1))}"
    small = sum(1 for word in words if word.lower() in _SMALL_WORDS)
    yield f"small={int(6 * small / max(len(words), 1))}"
    digits = sum(char.isdigit() for char in text)
    yield f"digits={int(5 * digits / max(len(text), 1))}"
    signs = {
        "upper": len(text) > 3 and text.isupper(),
        "colon": ":" in text[:-1],
        "quote": bool(re.search('[„“”»«"]', text)),
        "bar": bool(re.search(r"\s[|·•›/>]\s", text)),
        "copyright": "©" in text,
        "sentences": bool(_INSIDE.search(text)),
        "name": is_name(text),
        "paper": is_paper(text),
        "date": len(text) <= 120 and bool(find_date(text)),
        "time": bool(re.search(r"\b\d{1,2}[:.]\d\d\b", text)),
        "minutes": bool(re.search(r"\b\d+\s*min", text, re.I)),
        "bracket": text.startswith(("(", "[")),
        "address": "@" in text or "www." in text or "http" in text,
        "to reader": bool(re.search(r"\b(?:Sie|Ihnen|Ihre?\w?|uns\w*|your?|our|us|we)\b", text)),
    }
    yield from (name for name, there in signs.items() if there)
    yield f"shape={_shape(text)}"
    role = line_role(text)
    yield f"rule={role}"
    if len(text) <= _KEPT_WORDS and words:
        yield f"first:{words[0].lower()}"
        yield f"last:{words[-1].lower()}"
        if len(words) == 1:
            yield f"only:{words[0].lower()}"
    elif words:
        yield f"opens:{words[0].lower()}"


def _place(index: int, first: int, last: int, size: int) -> Iterator[str]:
    """Yield where a line stands to the first and the last running text."""
    where = "above" if index < first else "below" if index > last else "between"
    yield where
    if where == "above":
        yield f"above={min(first - index, 8)}"
    elif where == "below":
        yield f"below={min(index - last, 4)}"
    yield "top" if index == 0 else f"tenth={10 * index // size}"


def _neighbour_features(
    lines: Sequence[TextLine], shapes: Sequence[str], index: int
) -> Iterator[str]:
    """Yield what stands above and below a line."""
    for step in (-2, -1, 1, 2):
        beside = index + step
        inside = 0 <= beside < len(lines)
        yield f"{step}:{shapes[beside] if inside else 'edge'}"
        if inside and abs(step) == 1:
            yield f"{step}:rule={line_role(lines[beside].text)}"
    yield f"-1,0,1:{'/'.join(_shape_at(shapes, index + step) for step in (-1, 0, 1))}"
    gap_below = index + 1 < len(lines) and lines[index + 1].gap
    yield f"gaps={int(lines[index].gap)}{int(gap_below)}"
    short = ("word", "words", "menu", "line", "date", "source", "credit", "brief")
    run = 0
    for step in (-1, 1):
        beside = index + step
        while 0 <= beside < len(lines) and shapes[beside] in short and run < 12:
            run, beside = run + 1, beside + step
    yield f"run={min(run, 12) // 2}"


def _shape_at(shapes: Sequence[str], index: int) -> str:
    return shapes[index] if 0 <= index < len(shapes) else "edge"
