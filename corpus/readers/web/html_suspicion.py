"""Which blocks of a page lie outside its article, by where they stand."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.blocks import LOOSE, Block

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_CLUTTER_NAME = re.compile(
    r"(?:^|[-_\s])(?:related|newsletter\w*|share|sharing|social\w*|comments?|kommentare?|"
    r"cookies?|consent|ad|ads|advert\w*|anzeigen?|werbung|sponsor\w*|recommend\w*|recirc\w*|"
    r"rich-?link|email-?(?:sub|sign)\w*|sign-?up|sharedaddy|jp-relatedposts|widget-area|"
    r"readmore|subscri\w*|paywall|donat\w*|spenden?|follow\w*|breadcrumbs?|taglist|pagination|"
    r"popular|trending|outbrain|taboola|toolbar|nav|navbar|navigation|menu|sidebar|skiplink|"
    r"(?:author|autor(?:en|in)?)-?(?:card|box|bio|info|kasten|teaser|profile?|vita)|"
    r"about-(?:the-)?author|promo|meistgelesen|weiterlesen|footer|masthead|tease|footnav)(?:$|[-_\s])",
    re.I,
)
_TEASER_NAME = re.compile(r"(?:^|[-_\s])(?:teasers?|tease)(?:$|[-_\s])", re.I)
_COMMENTS_NAME = re.compile(r"(?:^|[-_\s])(?:comments?|kommentare?)(?:$|[-_\s])", re.I)
_LOGO_NAME = re.compile(
    r"(?:^|[-_\s])(?:logo|brand|branding|masthead|site-?(?:title|name|header))(?:$|[-_\s])", re.I
)
_WORD_OF_A_SENTENCE = re.compile(
    r"(?:^|[-_])(?:der|die|das|den|dem|des|ein|eine|im|in|am|an|zum|zur|und|von|vom|mit|fuer|für|bei|"
    r"auf|the|of|and|to|for|with|at)(?=[-_])",
    re.I,
)
_NAMELESS = frozenset("p li dt dd h1 h2 h3 h4 h5 h6 blockquote".split())
"""Elements whose own names say nothing against them: text as such, and anchors of headings."""
_IN_TEXT = frozenset("p li dt dd h1 h2 h3 h4 h5 h6 blockquote figcaption td th pre caption".split())
_SENTENCE_END = re.compile(r"[.!?…。！？؟।][\"'”“„»«›‹’‘)\]]*$")
_BOX_LONGEST = 500
_NO_BOX = frozenset({"ul", "ol", "dl", "figure", "header", "body", "html"})


@dataclass(slots=True)
class PagePart:
    """A block and the elements that it stands in, outermost first."""

    block: Block
    path: tuple["HtmlElement", ...]

    @property
    def prose(self) -> int:
        """How many characters of running text this is."""
        text = self.block.text
        prose = len(text) >= 60 and bool(_SENTENCE_END.search(text)) and not self.block.linked
        return len(text) if prose else 0


def names_of(element: "HtmlElement") -> str:
    """Return an element's classes and identifier, camel case apart."""
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", names)


def is_clutter_name(element: "HtmlElement") -> bool:
    """Say whether an element's names are those of what stands around articles."""
    return element.tag not in _NAMELESS and bool(_CLUTTER_NAME.search(names_of(element)))


def judge(pieces: Sequence[PagePart], second_opinion: str) -> None:
    """Set each block's suspicion and box, by where it stands."""
    totals, clutter = _totals(pieces)
    main = _main(totals)
    inside = [main is not None and main in piece.path for piece in pieces]
    first = inside.index(True) if True in inside else 0
    last = len(inside) - 1 - inside[::-1].index(True) if True in inside else len(inside)
    headline = next((i for i, p in enumerate(pieces) if any(e.tag == "h1" for e in p.path)), first)
    whole = sum(piece.prose for piece in pieces) or 1
    outside = sum(piece.prose for piece, own in zip(pieces, inside, strict=True) if not own)
    closed = main is not None and main.tag == "article" and outside * 2 < whole
    closed = closed and any(main in piece.path for piece in pieces if piece.block.level == 1)
    for index, piece in enumerate(pieces):
        block = piece.block
        voted = len(block.text) > 40 and "".join(block.text.split()) in second_opinion
        if _in_clutter(piece, main, totals, whole, clutter):
            block.suspicion = 0.5 if voted and piece.prose else 0.95
        elif not inside[index]:
            before = min(headline, first) <= index < first
            if not before:
                far = index < first or index > last
                kept = voted and piece.prose and not (closed and index > last)
                block.suspicion = 0.5 if kept or not far else 0.95
        if block.linked and len(block.text) <= 160 and block.level != 1:
            block.suspicion = max(block.suspicion, 0.9)
        if block.level == 1 and any(_LOGO_NAME.search(names_of(e)) for e in piece.path):
            block.suspicion = max(block.suspicion, 0.9)
    _suspect_labels(pieces)
    _clear_lists(pieces, main, clutter)
    _mark_boxes(pieces, main)


def _suspect_labels(pieces: Sequence[PagePart]) -> None:
    """Suspect short lines that stand in no paragraph where the page's text stands in some."""
    prose = [piece for piece in pieces if piece.prose]
    marked = [piece for piece in prose if piece.path and piece.path[-1].tag == "p"]
    if not marked or len(marked) * 10 < len(prose) * 9:
        return
    for piece in pieces:
        block = piece.block
        loose = not any(element.tag in _IN_TEXT for element in piece.path)
        line = len(block.text) <= 60 and not _SENTENCE_END.search(block.text)
        if loose and line and block.kind == "paragraph" and block.suspicion < LOOSE:
            block.suspicion = LOOSE


def _clear_lists(
    pieces: Sequence[PagePart],
    main: "HtmlElement | None",
    clutter: "dict[HtmlElement, bool]",
) -> None:
    """Clear the links of a list that the article's text announces: "Gebaut haben schon: …"."""
    announced = False
    for above, piece in pairwise(pieces):
        if piece.block.kind != "item" or main not in piece.path:
            announced = False
            continue
        if above.block.kind != "item":
            text = above.block.text
            announced = text.endswith(":") and len(text.split()) >= 4 and not above.block.linked
        if announced and not any(clutter.get(element) for element in piece.path):
            piece.block.suspicion = 0.0


def _totals(
    pieces: Sequence[PagePart],
) -> tuple[dict["HtmlElement", int], dict["HtmlElement", bool]]:
    """Return how much prose stands in each element outside of clutter, and which are clutter."""
    held: dict[HtmlElement, int] = defaultdict(int)
    for piece in pieces:
        for element in piece.path:
            held[element] += piece.prose
    whole = max(held.values(), default=0)
    clutter = {element: _is_clutter(element, held[element], whole) for element in held}
    totals: dict[HtmlElement, int] = defaultdict(int)
    for piece in pieces:
        if not any(clutter[element] for element in piece.path):
            for element in piece.path:
                totals[element] += piece.prose
    return (totals if any(totals.values()) else held), clutter


def _is_clutter(element: "HtmlElement", prose: int, whole: int) -> bool:
    """Say whether an element is no article by its name.

    What holds much of the page's prose is none, whatever its name, but for readers' comments.
    """
    if element.tag in ("html", "body", "article", "main") or element.tag in _NAMELESS:
        return False
    if element.xpath("boolean(.//h1|.//main)"):
        return False  # "has-sidebar", "comments-open": said of what holds the article
    names = names_of(element)
    if prose * 10 >= whole * 4 > 0 and not _COMMENTS_NAME.search(names):
        return False
    if _TEASER_NAME.search(names):  # also what papers call their standfirst
        return bool(element.xpath("boolean(.//a[@href]|.//h2|.//h3|.//h4)"))
    if element.tag == "footer":
        return True
    own = element.get("id") or ""
    if _WORD_OF_A_SENTENCE.search(own):  # made of a heading: "sharing-im-alltag"
        names = element.get("class") or ""
    return bool(_CLUTTER_NAME.search(names))


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
    piece: PagePart,
    main: "HtmlElement | None",
    totals: dict["HtmlElement", int],
    whole: int,
    clutter: "dict[HtmlElement, bool]",
) -> bool:
    """Say whether one of the elements around a block is clutter by its name or its place."""
    for element in piece.path:
        if element is main or element.tag in ("html", "body"):
            continue
        small = totals.get(element, 0) * 10 <= whole * 4
        if not small:
            continue
        if clutter[element] or (
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


def _mark_boxes(pieces: Sequence[PagePart], main: "HtmlElement | None") -> None:
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
    led -= {p.block.box for p in pieces if p.block.level == 1}
    for piece in pieces:
        if piece.block.box and piece.block.box in led:
            piece.block.suspicion = max(piece.block.suspicion, 0.9)
