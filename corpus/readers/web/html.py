"""HTML pages: their article, block by block, with what the page says about it.

The page's own structure is walked here, because which text is a heading, a list item or a
caption, and which stands in a box of its own, decides what may answer a question.
trafilatura gives metadata and a second opinion: what it takes for the page's main text.
Where the two differ, text is kept, and roles say what is clutter.
"""

import logging
import re
from typing import TYPE_CHECKING

from corpus.article import Article
from corpus.blocks import Block
from corpus.errors import EmptyInput
from corpus.readers.text.plain import split, title_from
from corpus.readers.web.address import web_address
from corpus.readers.web.html_blocks import page_blocks
from corpus.readers.web.html_metadata import article_body, read_metadata
from corpus.readers.web.html_title import page_titles
from corpus.readers.web.no_article import reason_for_none
from corpus.readers.xml import parse_xhtml
from corpus.structure.assemble import assemble
from corpus.text.normalize import clean, decode

if TYPE_CHECKING:
    from lxml.html import HtmlElement
    from trafilatura.settings import Document

_LOG = logging.getLogger(__name__)

_LARGEST = 4_000_000
"""Characters up to which trafilatura is asked: it takes seconds for a megabyte."""

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:.-]{2,40})", re.I)
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w.-]{2,40})", re.I)
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_SAVED = re.compile(
    r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://\S{1,2000})",
    re.I,
)
_UNREAD = re.compile(
    r"<(script|style|head|title|noscript)\b.{0,200000}?</\1\s*>|<!--.{0,20000}?-->", re.I | re.S
)
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,2000}>")


def read_html(data: bytes, name: str, *, uri: str, encoding: str | None = None) -> Article:
    """Return the article on a page; its canonical address, where it has one, is the URI.

    Without one it is the address that the page was saved from, and then `uri`. `encoding` is
    what came with the page; its own bytes know better.

    Raises EmptyInput where the page holds no text, or stands in an article's place: a consent
    wall, a page "not found", a log-in.
    """
    text = _characters(data, encoding)
    root = _parse(text)
    found = _extract_with_trafilatura(text, root)
    blocks = page_blocks(root, found.text or "") if root is not None else []
    if not blocks:
        # Nested deeper than the parser goes, or no elements at all: the bare text is left.
        blocks = [Block(line) for line in split(clean(_TAG.sub("\n", _UNREAD.sub("\n", text))))]
    if root is not None and not any(block.text.strip() for block in blocks):
        # A page that a script builds may have its text for search engines.
        blocks = [Block(line) for line in split(article_body(root))]
    if not any(block.text.strip() for block in blocks):
        raise EmptyInput(
            "there is no text on this page; if a script builds it, save it from the browser again"
        )
    metadata, canonical = read_metadata(root, found, blocks)
    if root is not None:
        titles = [metadata.title, *page_titles(root)]
        reason = reason_for_none(root, blocks, titles, dated=metadata.published is not None)
        if reason:
            raise EmptyInput(reason)
    metadata.title = metadata.title or title_from(name)
    saved_from = "" if canonical else _find_saved_address(text)
    if not metadata.url:
        metadata.url = saved_from or web_address(uri)
    return assemble(blocks, uri=canonical or saved_from or uri, metadata=metadata)


def markup_blocks(markup: str) -> list[Block]:
    """Return the blocks of a piece of HTML that is one article and nothing beside it."""
    root = _parse(clean(markup)) if markup.strip() else None
    return page_blocks(root, "") if root is not None else []


def page_element(data: bytes) -> "HtmlElement | None":
    """Return the root element of a page that may be XML or HTML; None where there is none."""
    root = parse_xhtml(data)
    return root if root is not None else _parse(_characters(data))


def _find_saved_address(text: str) -> str:
    """Return the address that a browser or SingleFile noted when it saved the page, or ""."""
    hit = _SAVED.search(text[:8192])
    return web_address(hit[1]) if hit else ""


def _characters(data: bytes, encoding: str | None = None) -> str:
    head = data[:4096]
    label = _XML_ENCODING.search(head) or _CHARSET.search(head)
    declared = label[1].decode("ascii", "replace") if label else encoding
    return _XML_DECLARATION.sub("", clean(decode(data, declared)))


def _parse(text: str) -> "HtmlElement | None":
    import lxml.etree
    import lxml.html

    # huge_tree: some 2,000 levels instead of 256, still far from where lxml would recurse.
    parser = lxml.html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return lxml.html.document_fromstring(text, parser=parser)
    except (lxml.etree.LxmlError, ValueError):  # "Document is empty"
        return None


def _extract_with_trafilatura(text: str, root: "HtmlElement | None") -> "Document":
    """Return trafilatura's text and metadata; empty where it finds none."""
    from trafilatura import bare_extraction
    from trafilatura.settings import Document

    if root is None or len(text) > _LARGEST:
        return Document()
    try:
        found = bare_extraction(
            text,
            with_metadata=True,
            favor_recall=True,
            include_comments=False,
            # The date that is written on the page, not one guessed from anywhere in it.
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
    except (ValueError, TypeError, AttributeError, RecursionError, LookupError) as exc:
        # A second opinion may fail on a strange page; the page is read without it.
        _LOG.info("trafilatura could not read the page: %s", exc)
        return Document()
    return found if isinstance(found, Document) else Document()
