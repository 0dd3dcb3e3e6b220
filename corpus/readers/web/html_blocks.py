"""A page's elements as blocks in reading order, and which of them lie outside its article."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.blocks import Block
from corpus.readers.web.html_inline import (
    STRUCK,
    InlineEffects,
    math_script,
    quotation_marks,
)
from corpus.readers.web.html_skipped import is_skipped
from corpus.readers.web.html_suspicion import PagePart, judge, names_of
from corpus.structure.boilerplate import line_role
from corpus.structure.tables import spread, table_row
from corpus.text.scripts import END, NOTE, SUB, SUPER, set_scripts

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# wbr, embed, source, track and keygen are empty, which libxml2 does not know: it puts what
# follows into them. They are walked like any other element.
_KINDS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "heading"),
    **dict.fromkeys(("li", "dt", "dd"), "item"),
    "blockquote": "quote",
    "figcaption": "caption",
    "caption": "caption",
    "pre": "verbatim",
    **dict.fromkeys(
        """address article aside body center details dir div dl fieldset figure footer form
        header hgroup hr html legend listing main ol p search section summary table tbody td
        tfoot th thead tr ul xmp""".split(),
        "paragraph",
    ),
}
_RANKS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_KEPT_INSIDE = frozenset({"item", "quote", "caption", "heading"})
_CAPTION_NAME = re.compile(
    r"(?:^|[-_\s])(?:(?:fig|img|image|photo|bild|picture)?-?caption|bildunterschrift|bildtext|"
    r"bildbeschreibung|bildlegende|bildnachweis|figcaption|"
    r"(?:\w*(?:bild|img|image|pic|picture|photo|foto|media))[-_]+(?:\w+[-_]+)?"
    r"(?:info|text|description|desc|beschreibung|legende?|subline|credits?|copyright|source))"
    r"(?:$|[-_\s])",
    re.I,
)
_PICTURE_NAME = re.compile(
    r"(?:^|[-_\s])\w*(?:bild|img|image|pic|picture|photo|foto)(?:-?box|-?container)?(?:$|[-_\s])",
    re.I,
)
_HEADING_NAME = re.compile(
    r"(?:^|[-_\s])(?:sub-?head(?:ing|line)?|crosshead|crossheading|zwischen-?(?:titel|überschrift|"
    r"ueberschrift|zeile)|heading)(?:$|[-_\s])",
    re.I,
)
_KICKER_NAME = re.compile(
    r"(?:^|[-_\s])(?:kicker|dachzeile|topline|overline|roofline|spitzmarke|eyebrow)(?:$|[-_\s])",
    re.I,
)
_LEAD_NAME = re.compile(
    r"(?:^|[-_\s])(?:lead|vorspann|standfirst|intro|teaser-?text|dek|subline|excerpt|summary|"
    r"article-?lead|abstract|anleser|einleitung)(?:$|[-_\s])",
    re.I,
)
_GLUED_HEADING = re.compile("^\\s*\x02[^\x03]{4,90}[^\\s.:,;–-]\x03(?=[A-ZÄÖÜ„»][^\x02]{40})")
_BLANKS = re.compile(r"[^\S\n]+")
_DEEPEST = 60
"""Levels of nesting that are told apart; what lies deeper counts as the level above."""


def page_blocks(root: "HtmlElement", second_opinion: str) -> list[Block]:
    """Return the page's text as blocks; what is surely not the article is suspicious.

    `second_opinion` is the main text as another extractor sees it.
    """
    pieces = list(_Walk(root).pieces())
    judge(pieces, "".join(second_opinion.split()))
    return [piece.block for piece in pieces]


class _Walk:
    """One pass over the elements; text is collected until a block begins or ends."""

    def __init__(self, root: "HtmlElement", effects: InlineEffects | None = None) -> None:
        self._root = root
        self._effects = effects or InlineEffects(root)
        self._size = len(root.text_content())
        self._closing: list[tuple[HtmlElement, str]] = []
        self._path: list[HtmlElement] = []
        self._kinds: list[str] = ["paragraph"]
        self._text: list[str] = []
        self._linked = 0
        self._links = 0
        self._bolds = 0

    def pieces(self) -> Iterator[PagePart]:
        from lxml.etree import iterwalk

        walk = iterwalk(self._root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if self._is_left_out(element):
                    walk.skip_subtree()
                    continue
                if tag == "table" and _is_data(element):
                    yield from self._flush()
                    for text, kind in _table_rows(element, self._effects):
                        yield PagePart(Block(text, kind), (*self._path, element))
                    walk.skip_subtree()
                    continue
                if tag in _KINDS:
                    yield from self._flush()
                    if len(self._path) < _DEEPEST:
                        self._path.append(element)
                    self._kinds.append(self._kind(element))
                self._enter(element)
                self._add(element.text)
            else:
                if not self._is_left_out(element) and not (tag == "table" and _is_data(element)):
                    self._leave(element)
                    if tag in _KINDS:
                        yield from self._flush()
                        if self._path and self._path[-1] is element:
                            self._path.pop()
                        self._kinds.pop()
                if element is not self._root:
                    self._add(element.tail)
        yield from self._flush()

    def _is_left_out(self, element: "HtmlElement") -> bool:
        return is_skipped(element) or self._effects.of(element) == STRUCK

    def _kind(self, element: "HtmlElement") -> str:
        own, above = _KINDS[element.tag], self._kinds[-1]
        if above == "caption" and own in ("heading", "item"):
            return above
        if own == "heading" and _CAPTION_NAME.search(names_of(element)):
            return "caption"
        if own == "paragraph":
            if above in _KEPT_INSIDE:
                return above
            names = names_of(element)
            if self._is_caption(element, names):
                return "caption"
            if _HEADING_NAME.search(names) and len(element.text_content().strip()) <= 100:
                return "heading"
        return own

    def _is_caption(self, element: "HtmlElement", names: str) -> bool:
        """Say whether an element's names, or the picture in it, make its text a caption."""
        if element.tag in ("html", "body", "main", "article"):
            return False
        boxed = element.tag == "figure" or _PICTURE_NAME.search(names)
        if not boxed and not _CAPTION_NAME.search(names):
            return False
        if element.xpath("boolean(.//h1)") or len(element.text_content()) * 10 >= self._size * 4:
            return False
        if _CAPTION_NAME.search(names):
            return True
        pictured = (
            "boolean(.//img|.//picture|.//video) and not(.//blockquote|.//table|.//pre|.//h2|.//h3)"
        )
        return bool(element.xpath(pictured))

    def _enter(self, element: "HtmlElement") -> None:
        tag = element.tag
        self._links += _is_link(element)
        self._bolds += tag in ("b", "strong")
        self._part_glued(element)
        if tag == "br":
            self._text.append("\n")
        opening, closing = self._frame_of(element)
        if opening:
            self._text.append(opening)
        if closing:
            self._closing.append((element, closing))

    def _part_glued(self, element: "HtmlElement") -> None:
        """Part what stands in two spans without a blank: a kicker from its headline, or words."""
        above = element.getprevious()
        if element.tag != "span" or above is None or above.tag != "span" or above.tail:
            return
        before, behind = "".join(self._text).rstrip("\x03")[-1:], element.text_content()[:1]
        if not before or before.isspace() or not (behind.isupper() or behind in '„“"»'):
            return
        kicker = before == ":" or _KICKER_NAME.search(names_of(above))
        if self._kinds[-1] == "heading" and kicker:
            self._text.append("\n\n")
        elif before.islower() or not before.isalnum():
            self._text.append(" ")

    def _frame_of(self, element: "HtmlElement") -> tuple[str, str]:
        """Return what stands before and behind the text of an element."""
        tag = element.tag
        if tag == "q":
            return quotation_marks(element)
        if tag == "rt":  # the reading of characters above them
            return " (", ")"
        script = math_script(element) or self._effects.of(element)
        return script, END if script in (SUPER, SUB, NOTE) else ""

    def _leave(self, element: "HtmlElement") -> None:
        tag = element.tag
        self._links -= _is_link(element)
        self._bolds -= tag in ("b", "strong")
        if self._closing and self._closing[-1][0] is element:
            self._text.append(self._closing.pop()[1])

    def _add(self, text: str | None) -> None:
        if not text:
            return
        if self._kinds[-1] != "verbatim":
            text = text.replace("\n", " ").replace("\r", " ")
        self._text.append(text if not self._bolds else text.replace("\n", " "))
        size = len(text.strip())
        self._linked += size if self._links else 0
        if self._bolds and size:
            self._text[-1] = "\x02" + self._text[-1] + "\x03"

    def _flush(self) -> Iterator[PagePart]:
        text, linked = set_scripts("".join(self._text)), self._linked
        kind = self._kinds[-1]
        self._text, self._linked = [], 0
        if not text.strip("\x02\x03 \t\r\n\xa0"):
            return
        size = len("".join(text.split()))
        path = tuple(self._path)
        for line, own_kind in _lines(text, kind):
            block = Block(line, own_kind, linked=linked >= 0.8 * size)
            if own_kind == "heading":
                block.level = next((int(e.tag[1]) for e in reversed(path) if e.tag in _RANKS), 0)
            yield PagePart(block, path)


def _lines(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs in text with line breaks, each with its kind.

    Two breaks part paragraphs. Single breaks do where the lines are paragraphs or lines of
    a box by themselves; otherwise they stay, as in a poem or an address.
    """
    if kind == "verbatim":
        yield _drop_marks(text).strip("\n"), kind
        return
    # A bold line that running text follows without a blank is a heading whose break was lost.
    text = _GLUED_HEADING.sub("\\g<0>\n", text)
    lines = [_BLANKS.sub(" ", line).strip() for line in text.split("\n")]
    chunks: list[list[str]] = [[]]
    for line in lines:
        if _drop_marks(line).strip():
            chunks[-1].append(line)
        elif chunks[-1]:
            chunks.append([])
    for chunk in chunks:
        plain = [" ".join(_drop_marks(line).split()) for line in chunk]
        apart = len(chunk) > 1 and (
            _is_bold(chunk[0])
            or max(map(len, plain)) > 120
            or any(line_role(line) for line in plain)
        )
        if apart:
            for raw, line in zip(chunk, plain, strict=True):
                yield line, _bold_kind(raw, line, kind)
        elif chunk:
            yield (
                "\n".join(plain),
                _bold_kind(chunk[0], plain[0], kind) if len(chunk) == 1 else kind,
            )


def _drop_marks(text: str) -> str:
    return text.replace("\x02", "").replace("\x03", "")


def _is_bold(raw: str) -> bool:
    """Say whether a line is bold from end to end."""
    outside = re.sub("\x02[^\x03]*\x03", "", raw)
    return "\x02" in raw and not outside.strip()


def _bold_kind(raw: str, line: str, kind: str) -> str:
    """Take a short bold line without an end mark for a heading."""
    bold = kind == "paragraph" and _is_bold(raw)
    return "heading" if bold and len(line) <= 100 and not re.search(r"[.!:,;…]$", line) else kind


def _is_link(element: "HtmlElement") -> bool:
    """Say whether an element leads elsewhere: a place on the same page is no other place."""
    href = element.get("href") if element.tag == "a" else None
    return href is not None and not (href.startswith("#") and len(href) > 1)


def _is_data(table: "HtmlElement") -> bool:
    """Say whether a table holds data: several rows of cells without blocks in them."""
    if table.xpath("boolean(.//table|.//div|.//ul|.//ol|.//h1|.//h2|.//h3|.//h4|.//blockquote)"):
        return False
    cells = [len(cell.text_content()) for cell in table.xpath(".//td|.//th")]
    if not cells or max(cells) > 400:
        return False
    return bool(table.xpath("boolean(.//th)")) or len(cells) >= 4


def _table_rows(table: "HtmlElement", effects: InlineEffects) -> Iterator[tuple[str, str]]:
    """Yield a data table's caption and its rows, each with the column's names."""
    header: list[str] = []
    below: dict[int, tuple[str, int]] = {}
    for row in table.iter("tr", "caption"):
        if is_skipped(row) or effects.of(row) == STRUCK:
            continue
        if row.tag == "caption":
            yield _inner_text(row, effects), "caption"
            continue
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        names = not header and len(cells) > 1 and all(cell.tag == "th" for cell in cells)
        spans = [
            (_inner_text(cell, effects), _span(cell, "colspan"), _span(cell, "rowspan"))
            for cell in cells
        ]
        texts = spread(spans, below, named=names)
        if names:
            header = texts
        elif any(texts):
            # A cell across the whole table is a heading within it, no value of its first column.
            yield table_row(header if len(cells) > 1 or not header[1:] else (), texts), "row"


def _span(cell: "HtmlElement", name: str) -> int:
    value = (cell.get(name) or "").strip()
    return min(max(int(value), 1), 100) if value.isascii() and value.isdigit() else 1


def _inner_text(element: "HtmlElement", effects: InlineEffects) -> str:
    """Return the text of a cell as one line."""
    if is_skipped(element) or effects.of(element) == STRUCK:
        return ""
    return " ".join(
        " ".join(piece.block.text.split()) for piece in _Walk(element, effects).pieces()
    )
