"""A page's elements as blocks in reading order, and which of them lie outside its article."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from corpus.blocks import Block
from corpus.readers.web.html_inline import (
    STRUCK,
    InlineEffects,
    is_in_sentence,
    math_script,
    quotation_marks,
)
from corpus.structure.boilerplate import line_role
from corpus.structure.tables import table_row
from corpus.text.scripts import END, NOTE, SUB, SUPER, set_scripts

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SKIPPED = frozenset(
    """annotation annotation-xml applet area audio base basefont canvas datalist dialog frame
    frameset head iframe input link menu meta meter nav noembed noframes noscript object optgroup
    option param progress rp script select style svg template textarea title video""".split()
)
_IN_SENTENCES = frozenset({"button", "output"})
"""Skipped but where they stand in a sentence, as one of its words."""
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
_CLUTTER_NAME = re.compile(
    r"(?:^|[-_\s])(?:related|newsletter\w*|share|sharing|social\w*|comments?|kommentare?|"
    r"cookies?|consent|ad|ads|advert\w*|anzeigen?|werbung|sponsor\w*|recommend\w*|recirc\w*|"
    r"rich-?link|email-?(?:sub|sign)\w*|sign-?up|sharedaddy|jp-relatedposts|widget-area|"
    r"readmore|subscri\w*|paywall|donat\w*|spenden?|follow\w*|breadcrumbs?|taglist|pagination|"
    r"popular|trending|outbrain|taboola|toolbar|nav|navbar|navigation|menu|sidebar|skiplink|"
    r"promo|meistgelesen|weiterlesen|footer|masthead|tease|footnav)(?:$|[-_\s])",
    re.I,
)
_TEASER_NAME = re.compile(r"(?:^|[-_\s])(?:teasers?|tease)(?:$|[-_\s])", re.I)
_CAPTION_NAME = re.compile(r"(?:^|[-_\s])(?:(?:fig|img|image|photo|bild|picture)?-?caption|"
                           r"bildunterschrift|bildtext|figcaption)(?:$|[-_\s])", re.I)  # fmt: skip
_LEAD_NAME = re.compile(
    r"(?:^|[-_\s])(?:lead|vorspann|standfirst|intro|teaser-?text|dek|subline|excerpt|summary|"
    r"article-?lead|abstract|anleser|einleitung)(?:$|[-_\s])",
    re.I,
)
_PAGE_PARTS = frozenset({"header", "footer", "aside"})
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”“„»«›‹’‘)\]]*$")
_BLANKS = re.compile(r"[^\S\n]+")
_BACKLINK = re.compile(r"\b(?:footnote-back(?:ref)?|reversefootnote|mw-cite-backlink)\b")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_DEEPEST = 60
"""Levels of nesting that are told apart; what lies deeper counts as the level above."""
_BOX_LONGEST = 500
_NO_BOX = frozenset({"ul", "ol", "dl", "figure", "header", "body", "html"})


@dataclass(slots=True)
class _Piece:
    """A block and the elements that it stands in, outermost first."""

    block: Block
    path: tuple["HtmlElement", ...]

    @property
    def prose(self) -> int:
        """How many characters of running text this is."""
        text = self.block.text
        prose = len(text) >= 60 and bool(_SENTENCE_END.search(text)) and not self.block.linked
        return len(text) if prose else 0


def page_blocks(root: "HtmlElement", second_opinion: str) -> list[Block]:
    """Return the page's text as blocks; what is surely not the article is suspicious.

    `second_opinion` is the main text as another extractor sees it.
    """
    pieces = list(_Walk(root).pieces())
    _judge(pieces, "".join(second_opinion.split()))
    return [piece.block for piece in pieces]


class _Walk:
    """One pass over the elements; text is collected until a block begins or ends."""

    def __init__(self, root: "HtmlElement", effects: InlineEffects | None = None) -> None:
        self._root = root
        self._effects = effects or InlineEffects(root)
        self._closing: list[tuple[HtmlElement, str]] = []
        self._path: list[HtmlElement] = []
        self._kinds: list[str] = ["paragraph"]
        self._text: list[str] = []
        self._linked = 0
        self._bold = 0
        self._links = 0
        self._bolds = 0

    def pieces(self) -> Iterator[_Piece]:
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
                        yield _Piece(Block(text, kind), (*self._path, element))
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
        return _is_skipped(element) or self._effects.of(element) == STRUCK

    def _kind(self, element: "HtmlElement") -> str:
        own, above = _KINDS[element.tag], self._kinds[-1]
        if own == "paragraph":
            if above in _KEPT_INSIDE:
                return above
            names = _names(element)
            if _CAPTION_NAME.search(names):
                return "caption"
        return own

    def _enter(self, element: "HtmlElement") -> None:
        tag = element.tag
        self._links += _is_link(element)
        self._bolds += tag in ("b", "strong")
        if tag == "br":
            self._text.append("\n")
        opening, closing = self._around(element)
        if opening:
            self._text.append(opening)
        if closing:
            self._closing.append((element, closing))

    def _around(self, element: "HtmlElement") -> tuple[str, str]:
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
        self._bold += size if self._bolds else 0
        if self._bolds and size:
            self._text[-1] = "\x02" + self._text[-1] + "\x03"

    def _flush(self) -> Iterator[_Piece]:
        text, linked = set_scripts("".join(self._text)), self._linked
        kind = self._kinds[-1]
        self._text, self._linked, self._bold = [], 0, 0
        if not text.strip("\x02\x03 \t\r\n\xa0"):
            return
        size = len("".join(text.split()))
        path = tuple(self._path)
        for line, own_kind in _lines(text, kind):
            block = Block(line, own_kind, linked=linked >= 0.8 * size)
            if own_kind == "heading":
                block.level = next((int(e.tag[1]) for e in reversed(path) if e.tag in _RANKS), 0)
            yield _Piece(block, path)


def _lines(text: str, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the paragraphs in text with line breaks, each with its kind.

    Two breaks part paragraphs. Single breaks do where the lines are paragraphs or lines of
    a box by themselves; otherwise they stay, as in a poem or an address.
    """
    if kind == "verbatim":
        yield _unmarked(text).strip("\n"), kind
        return
    lines = [_BLANKS.sub(" ", line).strip() for line in text.split("\n")]
    chunks: list[list[str]] = [[]]
    for line in lines:
        if _unmarked(line).strip():
            chunks[-1].append(line)
        elif chunks[-1]:
            chunks.append([])
    for chunk in chunks:
        plain = [" ".join(_unmarked(line).split()) for line in chunk]
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


def _unmarked(text: str) -> str:
    return text.replace("\x02", "").replace("\x03", "")


def _is_bold(raw: str) -> bool:
    """Say whether a line is bold from end to end."""
    outside = re.sub("\x02[^\x03]*\x03", "", raw)
    return "\x02" in raw and not outside.strip()


def _bold_kind(raw: str, line: str, kind: str) -> str:
    """Take a short bold line without an end mark for a heading."""
    bold = kind == "paragraph" and _is_bold(raw)
    return "heading" if bold and len(line) <= 100 and not re.search(r"[.!:,;…]$", line) else kind


def _names(element: "HtmlElement") -> str:
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", names)


def _is_link(element: "HtmlElement") -> bool:
    """Say whether an element leads elsewhere: a place on the same page is no other place."""
    href = element.get("href") if element.tag == "a" else None
    return href is not None and not (href.startswith("#") and len(href) > 1)


def _is_skipped(element: "HtmlElement") -> bool:
    tag = element.tag
    if not isinstance(tag, str) or tag in _SKIPPED:
        return True
    if tag in _IN_SENTENCES and not is_in_sentence(element):
        return True
    if tag in ("html", "body"):
        return False
    if _BACKLINK.search(element.get("class") or "") or element.get("role") == "doc-backlink":
        return True  # the arrow behind a footnote
    if tag == "div" and element.get("title") in ("header", "footer"):
        return True  # a printed page's, as office programs export it
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return bool(_HIDDEN_STYLE.search(element.get("style") or ""))


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
    for row in table.iter("tr", "caption"):
        if _is_skipped(row) or effects.of(row) == STRUCK:
            continue
        if row.tag == "caption":
            yield _inner_text(row, effects), "caption"
            continue
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        texts = [_inner_text(cell, effects) for cell in cells]
        if not header and cells and all(cell.tag == "th" for cell in cells) and len(cells) > 1:
            header = texts
        elif any(texts):
            yield table_row(header, texts), "row"


def _inner_text(element: "HtmlElement", effects: InlineEffects) -> str:
    """Return the text of a cell as one line."""
    if _is_skipped(element) or effects.of(element) == STRUCK:
        return ""
    return " ".join(
        " ".join(piece.block.text.split()) for piece in _Walk(element, effects).pieces()
    )


def _judge(pieces: Sequence[_Piece], second_opinion: str) -> None:
    """Set each block's suspicion and box, by where it stands."""
    totals = _totals(pieces)
    main = _main(totals)
    inside = [main is not None and main in piece.path for piece in pieces]
    first = inside.index(True) if True in inside else 0
    last = len(inside) - 1 - inside[::-1].index(True) if True in inside else len(inside)
    headline = next((i for i, p in enumerate(pieces) if any(e.tag == "h1" for e in p.path)), first)
    whole = sum(piece.prose for piece in pieces) or 1
    for index, piece in enumerate(pieces):
        block = piece.block
        voted = len(block.text) > 40 and "".join(block.text.split()) in second_opinion
        if _in_clutter(piece, main, totals, whole):
            block.suspicion = 0.5 if voted and piece.prose >= 300 else 0.95
        elif not inside[index]:
            before = min(headline, first) <= index < first
            if not before:
                far = index < first or index > last
                block.suspicion = 0.5 if (voted and piece.prose) or not far else 0.95
        if block.linked and len(block.text) <= 160 and block.level != 1:
            block.suspicion = max(block.suspicion, 0.9)
    _mark_boxes(pieces, main)


def _totals(pieces: Sequence[_Piece]) -> dict["HtmlElement", int]:
    """Return how much prose stands in each element, not counting named clutter."""
    totals: dict[HtmlElement, int] = defaultdict(int)
    named: dict[HtmlElement, bool] = {}
    for strict in (True, False):
        for piece in pieces:
            if strict and any(_cached(named, element) for element in piece.path):
                continue
            prose = piece.prose
            for element in piece.path:
                totals[element] += prose
        if any(totals.values()):
            break
    return totals


def _cached(named: dict["HtmlElement", bool], element: "HtmlElement") -> bool:
    if element not in named:
        named[element] = _is_clutter(element)
    return named[element]


def _is_clutter(element: "HtmlElement") -> bool:
    if element.tag in ("html", "body", "article", "main"):
        return False
    if element.xpath("boolean(.//h1|.//main)"):
        return False  # "has-sidebar", "comments-open": said of what holds the article
    if _TEASER_NAME.search(_names(element)):  # also what papers call their standfirst
        return bool(element.xpath("boolean(.//a[@href]|.//h2|.//h3|.//h4)"))
    return element.tag == "footer" or bool(_CLUTTER_NAME.search(_names(element)))


def _main(totals: dict["HtmlElement", int]) -> "HtmlElement | None":
    """Return the element that holds the article, or None where none stands out."""
    whole = max(totals.values(), default=0)
    if not whole:
        return None
    named = [e for e in totals if e.tag == "article" and totals[e] * 2 >= whole]
    named = named or [
        e
        for e in totals
        if e.tag == "main" or e.get("role") == "main" or e.get("itemprop") == "articleBody"
        if totals[e] * 2 >= whole
    ]
    if named:
        return max(named, key=lambda e: (totals[e], -_depth(e)))
    dense = [e for e in totals if totals[e] * 10 >= whole * 7]
    return max(dense, key=_depth) if dense else None


def _depth(element: "HtmlElement") -> int:
    return sum(1 for _ in element.iterancestors())


def _in_clutter(
    piece: _Piece, main: "HtmlElement | None", totals: dict["HtmlElement", int], whole: int
) -> bool:
    """Say whether one of the elements around a block is clutter by its name or its place."""
    for element in piece.path:
        if element is main or element.tag in ("html", "body"):
            continue
        small = totals.get(element, 0) * 10 <= whole * 4
        if not small:
            continue
        if _is_clutter(element) or (
            element.tag == "article"
            and main is not None
            and main in piece.path
            and main.tag == "article"
        ):
            return True
        if element.tag == "aside" and _is_link_box(element):
            return True
    return False


def _is_link_box(element: "HtmlElement") -> bool:
    """Say whether an aside is there for its links: a heading or most of the text is one."""
    headed = "boolean((.//h2|.//h3|.//h4|.//h5) and .//a[@href])"
    if len(element.text_content()) <= 220 and element.xpath(headed):
        return True
    if element.xpath("boolean(.//h1//a|.//h2//a|.//h3//a|.//h4//a|.//a//h2|.//a//h3|.//a//h4)"):
        return True
    size = len("".join(element.text_content().split()))
    linked = sum(len("".join(link.text_content().split())) for link in element.iter("a"))
    return linked * 2 >= size


def _mark_boxes(pieces: Sequence[_Piece], main: "HtmlElement | None") -> None:
    """Give each small element that holds several blocks a number; suspect those led by a link."""
    members: dict[HtmlElement, list[Block]] = defaultdict(list)
    for piece in pieces:
        for element in piece.path:
            members[element].append(piece.block)
    whole = sum(len(piece.block.text) for piece in pieces)
    largest = min(_BOX_LONGEST, whole * 0.4)
    around_main = set(main.iterancestors()) | {main} if main is not None else set()
    sizes = {element: sum(len(b.text) for b in inside) for element, inside in members.items()}
    numbers: dict[HtmlElement, int] = {}
    for piece in pieces:
        for element in reversed(piece.path):
            inside = members[element]
            if len(inside) < 2 or element.tag in _NO_BOX:
                continue
            if element not in around_main and sizes[element] <= largest:
                piece.block.box = numbers.setdefault(element, len(numbers) + 1)
            break
    led = {p.block.box for p in pieces if p.block.kind == "heading" and p.block.linked}
    for piece in pieces:
        if piece.block.box and piece.block.box in led:
            piece.block.suspicion = max(piece.block.suspicion, 0.9)
