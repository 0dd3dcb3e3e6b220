"""What inline elements do to the text in them: struck out, raised, lowered, quoted.

Elements say so by their name, by a style of their own, or by a class, whose meaning the page's
style sheet gives or its name tells. Only rules for single classes are read from style sheets.
"""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.text.scripts import NOTE, SUB, SUPER

if TYPE_CHECKING:
    from lxml.html import HtmlElement

STRUCK = "struck"
"""What `InlineEffects.of` says of text that is crossed out."""

_TAGS = {"del": STRUCK, "s": STRUCK, "strike": STRUCK, "sup": SUPER, "sub": SUB}
_SCRIPTS_OF_MATH = {"msup": {1: SUPER}, "msub": {1: SUB}, "msubsup": {1: SUB, 2: SUPER}}
_STYLES = (
    (re.compile(r"text-decoration[\w-]*\s*:[^;]*line-through", re.I), STRUCK),
    (re.compile(r"vertical-align\s*:\s*(?:super|text-top)", re.I), SUPER),
    (re.compile(r"vertical-align\s*:\s*(?:sub|text-bottom)\b", re.I), SUB),
)
_CLASSES = (
    (re.compile(r"(?:^|[-_\s])(?:line-?through|strike-?(?:through|d|out)?|struck|durchgestrichen)"
                r"(?:$|[-_\s])", re.I), STRUCK),
    (re.compile(r"(?:^|\s)(?:sup|superscript|hochgestellt)(?:$|\s)", re.I), SUPER),
    (re.compile(r"(?:^|\s)(?:sub|subscript|tiefgestellt)(?:$|\s)", re.I), SUB),
    (re.compile(r"(?:^|[-_\s])(?:noteref|note-?ref|fn|fn-?ref|footnotes?|foot-note|footnote-?ref\w*|"
                r"endnote(?:-?ref)?|note-?anchor|fussnote|fußnote|reference)(?:$|[-_\s])", re.I),
     NOTE),
)  # fmt: skip
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark math q ruby s samp small "
    "span strike strong sub sup time tt u var wbr".split()
)
_RULE = re.compile(r"([^{}]{1,2000})\{([^{}]{0,2000})\}")
_SELECTOR = re.compile(r"[a-z]{0,10}\.([\w-]{1,80})", re.I)
_AS_MARK = re.compile(r"\s*[\[(]?\s*(?:\d{1,3}|[a-z]|[*†‡§]{1,3})\s*[\])]?\s*")
_QUOTES = {
    "de": "„“‚‘", "fr": "«»‹›", "it": "«»“”", "es": "«»“”", "pt": "«»“”", "ru": "«»„“",
    "uk": "«»„“", "no": "«»‘’", "nb": "«»‘’", "el": "«»“”", "da": "»«›‹", "sv": "””’’",
    "fi": "””’’", "pl": "„”«»", "cs": "„“‚‘", "sk": "„“‚‘", "sl": "„“‚‘", "hu": "„”»«",
    "ro": "„”«»", "bg": "„“‚‘", "hr": "„”‚’", "ja": "「」『』",
}  # fmt: skip
"""Language -> quotation marks outside and inside of others."""
_SWISS = "«»‹›"
_USUAL = "“”‘’"
_QUOTE_MARKS = "\"'„“”‚‘’«»‹›「」『』"


class InlineEffects:
    """What the inline elements of one page do to their text."""

    def __init__(self, root: "HtmlElement") -> None:
        self._classes: dict[str, str] = {}
        for sheet in root.iter("style"):
            for selectors, rules in _RULE.findall((sheet.text or "")[:500_000]):
                effect = _effect(_STYLES, rules)
                for selector in selectors.split(",") if effect else ():
                    hit = _SELECTOR.fullmatch(selector.strip())
                    if hit:
                        self._classes[hit[1]] = effect

    def of(self, element: "HtmlElement") -> str:
        """Return STRUCK, or what `set_scripts` wants around the element's text, or ""."""
        tag = element.tag
        found = _TAGS.get(tag, "")
        if not element.attrib or found == STRUCK:
            return found
        struck = found or _effect(_STYLES, element.get("style") or "")
        names = element.get("class") or ""
        struck = struck or next((self._classes[n] for n in names.split() if n in self._classes), "")
        if tag not in _INLINE:
            return struck if struck == STRUCK else ""
        if _is_reference(element):
            return NOTE
        named = _effect(_CLASSES, names)
        return NOTE if named == NOTE else struck or named


def _effect(patterns: tuple[tuple[re.Pattern[str], str], ...], text: str) -> str:
    return next((effect for found, effect in patterns if found.search(text)), "") if text else ""


def _is_reference(element: "HtmlElement") -> bool:
    """Say whether a link leads to a footnote: it says so, or has the form of a mark."""
    if element.tag != "a":
        return False
    kind = element.get("epub:type") or element.get("{http://www.idpf.org/2007/ops}type") or ""
    if "noteref" in kind or element.get("role") == "doc-noteref":
        return True
    href = element.get("href") or ""
    return "#" in href[:80] and _AS_MARK.fullmatch(element.text_content()[:12]) is not None


def math_script(element: "HtmlElement") -> str:
    """Return SUPER or SUB for an exponent or an index in MathML, "/" for what divides, or ""."""
    above = element.getparent()
    if above is None:
        return ""
    tag = above.tag
    if tag not in _SCRIPTS_OF_MATH and tag != "mfrac":
        return ""
    index = above.index(element)
    if tag == "mfrac" and index == 1:
        return "/"
    return _SCRIPTS_OF_MATH.get(tag, {}).get(index, "")


def is_in_sentence(element: "HtmlElement") -> bool:
    """Say whether text stands before and behind an element, as around a word of a sentence."""
    behind = _has_text(element.tail) or _has_neighbour(element, preceding=False)
    return behind and _has_neighbour(element, preceding=True)


def _has_neighbour(element: "HtmlElement", *, preceding: bool) -> bool:
    """Say whether text stands on one side of an element, up to a block, control or comment."""
    for node in element.itersiblings(preceding=preceding):
        if preceding and _has_text(node.tail):
            return True
        if node.tag not in _INLINE:
            return False
        if node.tag != "a" and _has_text(node.text_content()):
            return True
        if not preceding and _has_text(node.tail):
            return True
    parent = element.getparent()
    return preceding and parent is not None and _has_text(parent.text)


def _has_text(text: str | None) -> bool:
    return bool(text and text.strip())


def quotation_marks(element: "HtmlElement") -> tuple[str, str]:
    """Return what stands before and behind the text of a <q>, by its language.

    Both are empty where the text brings quotation marks of its own.
    """
    if element.text_content().strip()[:1] in _QUOTE_MARKS:
        return "", ""
    outer = list(element.iterancestors("q"))
    language = next(_languages(element), "").lower()
    marks = _QUOTES.get(language[:2], _USUAL)
    swiss = language.endswith(("-ch", "-li"))
    if swiss:
        marks = _SWISS
    opening, closing = tuple(marks[2:] if len(outer) % 2 else marks[:2])
    blank = "\u00a0" if language[:2] == "fr" and not swiss else ""
    return opening + blank, blank + closing


def _languages(element: "HtmlElement") -> Iterator[str]:
    for above in (element, *element.iterancestors()):
        for name in ("lang", "xml:lang", "{http://www.w3.org/XML/1998/namespace}lang"):
            if above.get(name):
                yield above.get(name, "")
