"""Which elements of a page are left out: menus, forms, scripts, and what the page hides."""

import re
from typing import TYPE_CHECKING

from corpus.readers.web.html_inline import is_in_sentence

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SKIPPED = frozenset(
    """annotation annotation-xml applet area audio base basefont canvas datalist dialog frame
    frameset head iframe input link menu meta meter nav noembed noframes noscript object optgroup
    option param progress rp script select style svg template textarea title video""".split()
)
_IN_SENTENCES = frozenset({"button", "output"})
"""Skipped but where they stand in a sentence, as one of its words."""
_BACKLINK = re.compile(r"\b(?:footnote-back(?:ref)?|reversefootnote|mw-cite-backlink)\b")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.I)
_DIALOG_NAME = re.compile(r"cookie|consent|modal|dialog|overlay|popup|cmp\b|banner", re.I)
_PARAGRAPH = 60
"""Characters of a paragraph that is no label."""


def is_skipped(element: "HtmlElement") -> bool:
    """Say whether an element's text is left out."""
    tag = element.tag
    if tag == "nav":  # one that was never closed has the article in it
        return not element.xpath("boolean((.//main|.//article)//p or .//h1)")
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
    return _is_hidden(element) and not _holds_article(element)


def _is_hidden(element: "HtmlElement") -> bool:
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    return bool(_HIDDEN_STYLE.search(element.get("style") or ""))


def _holds_article(element: "HtmlElement") -> bool:
    """Say whether what is hidden is the article: behind a pay wall, or until a script shows it."""
    aloud = element.get("aria-hidden") == "true" and element.get("hidden") is None
    if aloud and element.tag == "p" and not _HIDDEN_STYLE.search(element.get("style") or ""):
        return len(element.text_content()) >= _PARAGRAPH  # hidden from being read aloud alone
    if _DIALOG_NAME.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
        return False
    own = _prose(element)
    return own > 0 and own * 10 >= 4 * _prose(element.getroottree().getroot())


def _prose(element: "HtmlElement") -> int:
    sizes = (len(item.text_content()) for item in element.iter("p"))
    return sum(size for size in sizes if size >= _PARAGRAPH)
