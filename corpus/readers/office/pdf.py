"""PDF: paragraphs with their pages, without running heads, with divided words made whole.

PDFium, the engine of Chrome, reads the file; it is not safe to call from several threads,
so this module lets one in at a time. Scans without text are refused, not guessed at.
"""

import logging
import re
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from corpus.blocks import Block, Document, Metadata
from corpus.errors import EmptyInput, InputError, InputTooLarge
from corpus.readers.office.pdf_columns import rows_of
from corpus.readers.office.pdf_layout import Line, TextRun, page_lines, page_pieces
from corpus.readers.office.properties import people, real_title
from corpus.readers.options import ReadOptions
from corpus.readers.press.marks import may_be_export
from corpus.readers.scans.pdf_pages import draw_pages, is_scan
from corpus.readers.scans.pictures import blocks_of, recognise_pages
from corpus.readers.text.plain import title_from
from corpus.structure.bylines import Facts, read_line
from corpus.structure.mastheads import read_masthead
from corpus.structure.tables import table_row
from corpus.text.hyphenation import DIVIDED, count_words, join_lines
from corpus.text.normalize import clean

_LOG = logging.getLogger(__name__)
PDFIUM = threading.Lock()
"""Held by whoever uses PDFium."""

_MOST_PAGES = 5000
_LARGER = 1.12
"""How much larger than the running text a heading is, at least."""
_GAP = 1.35
"""Of the usual step from line to line: more is a gap between paragraphs."""
_ENDS = re.compile(r"[.!?…:。！？][\"'”“„»«›‹’‘)\]]*$")
_ITEM = re.compile(r"(?:[•·▪‣◦–—*-]|\(?\d{1,2}[.)]|[a-z]\))\s+\S")
_BULLET = re.compile(r"[•·▪‣◦]\s+")
_PAGE_NUMBER = re.compile(
    r"(?:(?:seite|page|s\.|p\.)\s*)?[-–—|·]?\s*(?:\d{1,4}|[ivxl]{1,6})\s*[-–—|·]?(?:\s*(?:/|von|of)\s*\d{1,4})?",
    re.I,
)
_ENDS_IN_NUMBER = re.compile(
    r"(?:[-–—|·]|\b(?:seite|page|s\.|p\.))\s*\d{1,4}(?:\s*(?:/|von|of)\s*\d{1,4})?$|^\d{1,4}\s*[-–—|·]",
    re.I,
)
_PRINTED = re.compile(
    r"\d{1,2}[./]\d{1,2}[./]\d{2,4},? \d{1,2}:\d{2}(?:\s?[AP]M)?\b"
    r"|(?:https?|file)://\S+\s+\d{1,4}/\d{1,4}$",
)
"""The head and foot that a browser prints: when, and from where."""
_LEADERS = re.compile(r"(?:\s?\.){6,}\s*(?:\d+|[ivxl]+)$")
"""A line of a table of contents."""


def pdf_document(data: bytes, name: str, options: ReadOptions | None = None) -> Document:
    """Return the text of a PDF; pages that are pictures are read by text recognition.

    Raises InputError where it is encrypted, damaged, or a scan and text recognition is not
    installed, InputTooLarge where it has too many pages, and EmptyInput where nothing stands
    on them.
    """
    with PDFIUM:
        pages, scans, info = _read(data)
    if scans:
        return _with_scans(data, name, pages, scans, options or ReadOptions())
    return _document(pages, name, info)


def _with_scans(
    data: bytes,
    name: str,
    pages: dict[int, list[TextRun]],
    scans: list[int],
    options: ReadOptions,
) -> Document:
    """Return the text of a PDF of which some pages are pictures."""
    try:
        recognised = recognise_pages(draw_pages(data, scans, PDFIUM), options)
    except InputError as exc:
        if not pages:
            raise
        listed = ", ".join(map(str, scans[:5])) + (", …" if scans[5:] else "")
        options.problem(f"page {listed}", exc.text)
        recognised = []
    if pages:
        document = _document(pages, name, {})
        blocks = [block for page in recognised for block in page.blocks]
        found = sorted([*document.blocks, *blocks], key=lambda block: block.page or 0)
    else:
        found = blocks_of(recognised)
    title = real_title("", found) or title_from(name)
    return Document(found, Metadata(title=title, properties=True))


def _document(pages: dict[int, list[TextRun]], name: str, info: dict[str, str]) -> Document:
    printed = _printed_lines(pages) if _may_be_export(pages) else []
    facts = _take_running_lines(pages)
    lines = [line for number, page in pages.items() for line in page_lines(page, number)]
    if not lines:
        raise EmptyInput("nothing but page numbers stands on the pages")
    blocks = list(_blocks(lines))
    title = real_title(info.get("Title", ""), blocks)
    metadata = Metadata(
        title=title or title_from(name),
        authors=people(info.get("Author", "")),
        published=facts.published,
        source=facts.source,
        properties=True,
    )
    return Document(blocks, metadata, printed)


def _may_be_export(pages: dict[int, list[TextRun]]) -> bool:
    return may_be_export(" ".join(piece.text for page in pages.values() for piece in page))


def _printed_lines(pages: dict[int, list[TextRun]]) -> list[str]:
    """Return the lines as they are printed, running heads too, with blank ones in the gaps."""
    lines = [line for number, page in pages.items() for line in page_lines(page, number)]
    steps = [above.y - line.y for above, line in pairwise(lines) if 0 < above.y - line.y < 80]
    usual = median(steps) if steps else 0.0
    printed = []
    for above, line in pairwise([lines[0], *lines]):
        gap = above.y - line.y > _GAP * usual or abs(above.size - line.size) > 1
        if above.page == line.page and above is not line and gap:
            printed.append("")
        printed.append(line.text)
    return printed


def _read(data: bytes) -> tuple[dict[int, list[TextRun]], list[int], dict[str, str]]:
    """Return the pieces of text of each page that has any, scanned pages, and the properties."""
    import pypdfium2
    import pypdfium2.raw

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as exc:
        if getattr(exc, "err_code", 0) == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise InputError("the PDF is encrypted; save a copy without its password") from exc
        raise InputError("the PDF is damaged or cut off") from exc
    try:
        count = len(document)
        if count > _MOST_PAGES:
            raise InputTooLarge(
                "the PDF has {count:,} pages; at most {most_pages:,} are read",
                count=count,
                most_pages=_MOST_PAGES,
            )
        pages: dict[int, list[TextRun]] = {}
        scans: list[int] = []
        broken = 0
        for index in range(count):
            try:
                page = document[index]
                pieces = page_pieces(page)
            except pypdfium2.PdfiumError as exc:
                broken += 1
                _LOG.warning("page %d cannot be read: %s", index + 1, exc)
                continue
            if is_scan(page, "".join(piece.text for piece in pieces)):
                scans.append(index + 1)
            elif pieces:
                pages[index + 1] = pieces
            page.close()
        _check(pages, count, broken, scans)
        info = {key: clean(value) for key, value in document.get_metadata_dict().items()}
    finally:
        document.close()
    return pages, scans, info


def _check(pages: dict[int, list[TextRun]], count: int, broken: int, scans: Sequence[int]) -> None:
    """Raise where there is no text to be had, with the reason."""
    if broken == count:
        raise InputError("none of the PDF's pages can be read; it is damaged or cut off")
    text = "".join(piece.text for page in pages.values() for piece in page)
    if not text and not scans:
        raise EmptyInput("there is no text on the PDF's pages")
    strange = sum(1 for c in text if c == "\ufffd" or c < " " or "\ue000" <= c <= "\uf8ff")
    strange -= text.count("\x02")
    if strange * 4 > len(text):
        raise InputError(
            "its fonts do not say which letters they show; run it through text recognition (OCR)"
        )


def _take_running_lines(pages: dict[int, list[TextRun]]) -> Facts:
    """Take heads, feet and page numbers off the pages; return what a head says of the paper.

    A running line stands at the same height of several pages, the same but for its numbers,
    with nothing but other such lines between it and the edge.
    """
    edges: dict[int, list[list[list[TextRun]]]] = {}
    seen: Counter[tuple[str, int]] = Counter()
    for number, pieces in pages.items():
        rows = rows_of(pieces)
        edges[number] = [rows[:3], rows[::-1][:3] if len(rows) > 1 else []]
        seen.update({key for side in edges[number] for row in side for key in _keys(row)})
    facts = Facts()
    for number, sides in edges.items():
        gone: set[int] = set()
        for side in sides:
            for row in side:
                text = _row_text(row)
                again = max(seen[key] for key in _keys(row)) >= 2 and len(pages) > 1
                masthead = read_masthead(text)
                ends = _ENDS_IN_NUMBER.search(text) is not None or masthead is not None
                alone = ends and _is_far(row, pages[number])
                printed = _PRINTED.match(text) is not None
                if not (
                    (again or alone or printed) and len(text) <= 200
                ) and not _PAGE_NUMBER.fullmatch(text):
                    break
                gone.update(id(piece) for piece in row)
                for found in (read_line(text), masthead):
                    if found is not None and not printed:
                        facts.published = facts.published or found.published
                        facts.source = facts.source or found.source
        pages[number] = [piece for piece in pages[number] if id(piece) not in gone]
    return facts


def _is_far(row: Sequence[TextRun], pieces: Sequence[TextRun]) -> bool:
    """Say whether a row is set apart from all that stands on the page, and smaller."""
    others = [piece for piece in pieces if piece not in row]
    if not others:
        return False
    room = min(abs(piece.y - row[0].y) for piece in others)
    size = median(piece.size for piece in others)
    return room > 2.2 * size and row[0].size < 0.95 * size


def _keys(row: Sequence[TextRun]) -> list[tuple[str, int]]:
    """Return what two rows share that are the same but for numbers, some points up or down."""
    text = re.sub(r"\d+", "#", _row_text(row)).lower()
    place = round(row[0].y / 6)
    return [(text, place), (text, place + 1)]


def _row_text(row: Sequence[TextRun]) -> str:
    return " ".join(" ".join(piece.text for piece in row).split())


def _blocks(lines: Sequence[Line]) -> Iterator[Block]:
    """Yield the paragraphs, headings and rows that the lines make."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[line.size] += len(line.text)
    body = sizes.most_common(1)[0][0]
    words = count_words(line.text for line in lines)
    ranks = sorted((size for size in sizes if size > body * _LARGER), reverse=True)
    titled = False
    for group in _paragraphs(lines, body):
        if _is_table(group):
            yield from _rows(group)
            continue
        text = join_lines([line.text for line in group], words)
        first = group[0]
        block = Block(text, _kind(group, text, body), page=first.page)
        if block.kind == "item":
            block.text = _BULLET.sub("", text)
        if block.kind == "heading":
            block.level = ranks.index(first.size) + 1 if first.size in ranks else len(ranks) + 1
            if block.level == 1 and ranks and not titled and first.page == lines[0].page:
                block.kind, titled = "title", True
        elif _LEADERS.search(text):
            block.suspicion = 1.0
        yield block


def _kind(group: Sequence[Line], text: str, body: float) -> str:
    first = group[0]
    if len(text) <= 200 and first.size > body * _LARGER and re.search(r"[^\W\d_]{2}", text):
        return "heading"
    bold = (
        all(line.bold for line in group) and len(text) <= 120 and not re.search(r"[.:,;…]$", text)
    )
    if bold and re.search(r"[^\W\d_]{2}", text):
        return "heading"
    return "item" if _ITEM.match(text) else "paragraph"


def _paragraphs(lines: Sequence[Line], body: float) -> Iterator[list[Line]]:
    """Yield the lines of each paragraph, also across columns and pages."""
    leading = _leading(lines, body)
    group: list[Line] = []
    for line in lines:
        if group and _begins(group, line, leading, body):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _leading(lines: Sequence[Line], body: float) -> float:
    """Return the step from one line of a paragraph to the next, in points."""
    pairs = [
        (above, above.y - below.y)
        for above, below in pairwise(lines)
        if _same_place(above, below) and _same_font(above, below) and above.y > below.y
    ]
    # Where paragraphs are short, most steps are those between them; a full line that does
    # not end a sentence goes on in the next.
    inner = [
        step
        for above, step in pairs
        if above.x1 > above.left + 0.7 * (above.right - above.left)
        and len(above.cells) == 1
        and abs(above.size - body) <= 0.08 * body
        and not _ENDS.search(above.text)
    ]
    steps = inner or [step for _, step in pairs]
    return median(steps) if steps else body * 1.2


def _begins(group: Sequence[Line], line: Line, leading: float, body: float) -> bool:
    """Say whether a line begins a paragraph of its own below the group's last."""
    above = group[-1]
    if len(above.cells) > 1 and len(above.cells) == len(line.cells):
        return False
    headline = line.size > body * _LARGER
    if not _same_font(above, line) or (len(above.cells) != len(line.cells) > 1 and not headline):
        return True
    if _ITEM.match(line.text) and (_ENDS.search(above.text) or _ITEM.match(group[0].text)):
        return True
    width = max(line.right - line.left, 1.0)
    if not _same_place(above, line):
        goes_on = DIVIDED.search(above.text) or not _ENDS.search(above.text)
        full = above.x1 > above.left + 0.7 * (above.right - above.left)
        return not (goes_on and full and (line.text[:1].islower() or not _heads(group)))
    step = above.y - line.y
    if step > 1.35 * max(leading, 1.05 * min(line.size, above.size)) * max(line.size / leading, 1):
        return True
    indented = line.x0 > line.left + 0.7 * line.size and above.x0 <= above.left + 0.3 * line.size
    indented = indented and not headline and not DIVIDED.search(above.text)
    if indented and line.x0 < line.left + 0.3 * width and not _ITEM.match(group[0].text):
        return True
    short = above.x1 < above.right - 0.25 * width
    return short and bool(_ENDS.search(above.text) or read_line(above.text) or read_line(line.text))


def _heads(group: Sequence[Line]) -> bool:
    """Say whether lines are too few and short to be a paragraph that goes on elsewhere."""
    return len(group) == 1 and len(group[0].text) < 40


def _same_place(above: Line, below: Line) -> bool:
    return above.page == below.page and above.column == below.column


def _same_font(above: Line, below: Line) -> bool:
    near = abs(above.size - below.size) <= 0.08 * max(above.size, below.size)
    return near and above.bold == below.bold


def _is_table(group: Sequence[Line]) -> bool:
    """Say whether lines are rows of the same number of short cells."""
    counts = {len(line.cells) for line in group}
    if len(group) < 2 or len(counts) != 1 or counts == {1} or counts == {0}:
        return False
    cells = [cell for line in group for cell in line.cells]
    return sum(map(len, cells)) <= 30 * len(cells)


def _rows(group: Sequence[Line]) -> Iterator[Block]:
    named = not any(char.isdigit() for cell in group[0].cells for char in cell)
    header = group[0].cells if named else ()
    for line in group[1:] if named else group:
        yield Block(table_row(header, line.cells), "row", page=line.page)
