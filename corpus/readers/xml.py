"""XML from strangers: parsed without its entities, without a DTD and without the network."""

import re
from collections.abc import Iterator
from html.entities import html5
from typing import TYPE_CHECKING

from corpus.errors import EmptyInput, InputError, UnknownFormat
from corpus.text.normalize import clean, decode

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
    from lxml.html import HtmlElement

_NAMED = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,30};)")
_BARE = re.compile(rb"&(?!(?:[A-Za-z][A-Za-z0-9]{0,30}|#[0-9]{1,8}|#x[0-9A-Fa-f]{1,6});)")
"""An ampersand that begins no entity; the parser would drop it with the word behind it."""
_ROOT = re.compile(
    rb"(?:\s|<\?.{0,500}?\?>|<!--.{0,5000}?-->|<!DOCTYPE[^>\[]{0,500}(?:\[[^\]]{0,5000}\]\s*)?>)*"
    rb"<(?:[A-Za-z_][\w.-]{0,30}:)?([A-Za-z_][\w.-]{0,60})",
    re.S | re.I,
)
_DECLARED = re.compile(rb"\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*([\"'])([\w.:-]{1,40})\1", re.I)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,400}\?>")


def parse_xml(data: bytes, what: str, *, lenient: bool = False) -> "Element":
    """Return the root element of an XML document.

    Entities that the document declares itself are refused rather than expanded: articles
    have no use for them, and they are how a small file becomes a large one. `what` names the
    document in messages: "the feed". With `lenient`, what is broken is repaired as far as
    that goes.

    Raises EmptyInput where there is no element and InputError where it is no XML.
    """
    from lxml import etree

    data = in_utf8(data)
    root = None
    try:
        root = etree.fromstring(data, _parser(recover=False))
    except (etree.XMLSyntaxError, ValueError) as exc:
        if not lenient:
            raise InputError("{what} is damaged: {reason}", what=what, reason=_reason(exc)) from exc
        try:
            mended = _BARE.sub(b"&amp;", _NAMED.sub(_character, data))
            root = etree.fromstring(mended, _parser(recover=True))
        except (etree.XMLSyntaxError, ValueError) as again:
            raise InputError(
                "{what} is no XML that can be read: {again}", what=what, again=_reason(again)
            ) from again
    if root is None:
        raise EmptyInput("{what} holds nothing", what=what)
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and next(iter(declared.iterentities()), None) is not None:
        raise InputError("{what} declares entities of its own, which are not followed", what=what)
    return root


def parse_xhtml(data: bytes) -> "HtmlElement | None":
    """Return the root of a page that is XML, its elements without namespace; None if it is not."""
    import lxml.html
    from lxml import etree

    options = {"resolve_entities": False, "load_dtd": False, "no_network": True}
    parser = lxml.html.XHTMLParser(remove_comments=True, remove_pis=True, **options)
    try:
        root = etree.fromstring(_NAMED.sub(_character, in_utf8(data)), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if root is not None:
        lxml.html.xhtml_to_html(root)
    return root


def in_utf8(data: bytes) -> bytes:
    """Return an XML document in UTF-8, whatever its declaration says of its encoding.

    The bytes know better: feeds say UTF-8 and come in Windows-1252, and the other way round.
    """
    hit = _DECLARED.match(data[:1024].removeprefix(b"\xef\xbb\xbf"))
    label = hit[2].decode("ascii", "replace").lower() if hit else "utf-8"
    if label in ("utf-8", "utf8"):
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return data
    try:
        text = decode(data, label)
    except UnknownFormat:  # the parser has the better reason
        return data
    return _DECLARATION.sub("", text, count=1).encode("utf-8", "replace")


def root_name(data: bytes) -> str:
    """Return the lower-cased name of the document's first element without prefix, or "".

    >>> root_name(b'<?xml version="1.0"?><!-- a --><rdf:RDF xmlns:rdf="x">')
    'rdf'
    """
    head = data[:16384]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        head = head.decode("utf-16", "ignore").encode()
    hit = _ROOT.match(head.removeprefix(b"\xef\xbb\xbf"))
    return hit[1].decode("ascii", "replace").lower() if hit else ""


def local(element: "Element") -> str:
    """Return an element's name without its namespace, lower-cased; "" for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def children(element: "Element", *names: str) -> Iterator["Element"]:
    """Yield the direct children with one of these local names, whatever their namespace."""
    return (child for child in element if local(child) in names)


def text_of(element: "Element") -> str:
    """Return all text in an element, in one line."""
    return " ".join(clean("".join(element.itertext())).split())


def child_text(element: "Element", *names: str) -> str:
    """Return the text of the first non-empty child with one of these names, in their order."""
    for name in names:
        for child in children(element, name):
            if text := text_of(child):
                return text
    return ""


def _parser(*, recover: bool) -> object:
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        dtd_validation=False,
        huge_tree=False,
        remove_pis=True,
        remove_comments=True,
        recover=recover,
    )


def _character(hit: re.Match[bytes]) -> bytes:
    """Write an HTML name such as &uuml; as a number: XML does not know it."""
    found = html5.get(hit[1].decode("ascii"))
    return hit[0] if found is None else "".join(f"&#{ord(c)};" for c in found).encode()


def _reason(exc: Exception) -> str:
    return str(exc).split("\n")[0][:150] or "it ends too early"
