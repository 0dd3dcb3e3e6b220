"""E-books (EPUB 2 and 3): one article a chapter.

A chapter is what a citation of a book names, and an issue of a magazine has its articles as
chapters; several may stand in one file of the book. A book with a single chapter is one
article. Covers, title pages, imprints and tables of contents are left out.
"""

import io
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from corpus.article import Article
from corpus.blocks import Block, Metadata
from corpus.errors import EmptyInput, InputError
from corpus.readers.archives.archive import Archive
from corpus.readers.office.properties import is_nobody, language_code, real_title
from corpus.readers.options import ReadOptions
from corpus.readers.text.plain import title_from
from corpus.readers.web.html import page_element
from corpus.readers.web.html_blocks import page_blocks
from corpus.readers.xml import child_text, children, local, parse_xml, text_of
from corpus.structure.assemble import assemble
from corpus.structure.bylines import read_line
from corpus.text.normalize import clean
from corpus.text.quantities import order_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element
    from lxml.html import HtmlElement

_LARGEST_PAGE = 50 * 2**20
_MARK = "\ue000"
"""A private character before which no book has a block: here a chapter begins."""
_BEGIN = {
    "h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "section", "article", "header", "blockquote",
    "ul", "ol", "dl", "table", "figure", "hr",
}  # fmt: skip
"""Elements that may begin a chapter; an id inside of one counts as its own."""
_PAGES = {"application/xhtml+xml", "text/html"}
_AROUND = {
    "cover", "titlepage", "halftitlepage", "copyright-page", "imprint", "colophon", "toc",
    "landmarks", "loi", "lot", "index", "page-list",
}  # fmt: skip


@dataclass(slots=True)
class _Book:
    title: str
    metadata: Metadata
    pages: list[str]
    """Names of the archive's entries, in reading order."""
    labels: dict[str, list["_Label"]] = field(default_factory=dict)
    """An entry's name -> its lines in the table of contents."""


@dataclass(frozen=True, slots=True)
class _Label:
    """A line of the table of contents."""

    text: str
    place: str
    """The id of the element that it leads to, or "" for the whole file."""
    depth: int


@dataclass(slots=True)
class _Chapter:
    page: str
    """Its file, and the element in it with which it begins where that has several."""
    label: str
    blocks: list[Block]


def read_epub(data: bytes, name: str, *, uri: str, options: ReadOptions) -> Iterator[Article]:
    """Yield the chapters of an e-book; one that is damaged is told to `options.problem`.

    Raises InputError where the book is damaged or copy-protected and EmptyInput where no
    chapter has text.
    """
    archive = Archive(io.BytesIO(data), "the e-book", options.budget)
    if _is_protected(archive):
        raise InputError("the e-book is copy-protected (DRM); its text cannot be read")
    book = _book(archive, name)
    chapters = list(_chapters(archive, book, options))
    if not chapters:
        raise EmptyInput("there is no text in the e-book")
    for chapter in chapters:
        yield _article(chapter, book, uri, alone=len(chapters) == 1)


def _article(chapter: _Chapter, book: _Book, uri: str, *, alone: bool) -> Article:
    given = book.metadata
    # The contents of a book of one page may name a heading in the middle of it.
    said = book.title or chapter.label if alone else chapter.label
    title = real_title(said, chapter.blocks)
    metadata = Metadata(
        title=book.title if alone else title or book.title,
        authors=given.authors,
        published=given.published,
        source=given.source if alone else book.title,
        hint=given.hint,
        properties=True,
    )
    own = uri if alone else f"{uri}#{quote(chapter.page)}"
    return assemble(chapter.blocks, uri=own, metadata=metadata)


def _book(archive: Archive, name: str) -> _Book:
    container = parse_xml(archive.read("META-INF/container.xml"), "the e-book")
    paths = [item.get("full-path", "") for item in container.iter() if local(item) == "rootfile"]
    if not paths:
        raise InputError("the e-book is damaged: it does not say where its contents are")
    package = parse_xml(archive.read(paths[0]), "the e-book", lenient=True)
    folder = posixpath.dirname(paths[0])
    parts = {local(child): child for child in package}
    if "manifest" not in parts or "spine" not in parts:
        raise InputError("the e-book is damaged: it has no list of its pages")
    items = {item.get("id", ""): item for item in children(parts["manifest"], "item")}
    order = [ref for ref in children(parts["spine"], "itemref") if ref.get("linear") != "no"]
    pages = [items[ref.get("idref", "")] for ref in order if ref.get("idref", "") in items]
    title, metadata = _metadata(parts.get("metadata"))
    return _Book(
        title=title or title_from(name),
        metadata=metadata,
        pages=[
            _place(folder, page.get("href", ""))
            for page in pages
            if page.get("media-type") in _PAGES and "nav" not in page.get("properties", "").split()
        ],
        labels=_labels(archive, list(items.values()), folder),
    )


def _metadata(element: "Element | None") -> tuple[str, Metadata]:
    if element is None:
        return "", Metadata(properties=True)
    people = [" ".join(clean(item.text or "").split()) for item in children(element, "creator")]
    dates = [
        item.text or ""
        for item in children(element, "date")
        if all(value in ("publication", "issued") for key, value in item.items() if "event" in key)
    ]
    language = child_text(element, "language")
    metadata = Metadata(
        authors=[name for name in people if not is_nobody(name)],
        source=child_text(element, "publisher"),
        hint=language_code(language),
        properties=True,
        order=order_of(language),
    )
    metadata.set_published(dates[0] if dates else "")
    return child_text(element, "title"), metadata


def _labels(archive: Archive, items: list["Element"], folder: str) -> dict[str, list[_Label]]:
    """Return the table of contents, of EPUB 3 or else 2, by file."""
    labels: dict[str, list[_Label]] = {}
    for item in sorted(items, key=lambda item: "nav" not in item.get("properties", "").split()):
        is_nav = "nav" in item.get("properties", "").split()
        if not is_nav and item.get("media-type") != "application/x-dtbncx+xml":
            continue
        place = _place(folder, item.get("href", ""))
        try:
            root = parse_xml(archive.read(place), "the table of contents", lenient=True)
        except InputError:  # the chapters have headings too
            continue
        for element, target, text in _lines(root, is_nav=is_nav):
            page = _place(posixpath.dirname(place), urlsplit(target).path)
            above = (local(item) for item in element.iterancestors())
            depth = sum(1 for name in above if name in ("ol", "navpoint"))
            if text:
                fragment = unquote(urlsplit(target).fragment)
                labels.setdefault(page, []).append(_Label(text, fragment, depth))
        if labels:
            break
    return labels


def _lines(root: "Element", *, is_nav: bool) -> Iterator[tuple["Element", str, str]]:
    if is_nav:
        navs = [nav for nav in root.iter() if local(nav) == "nav" and "toc" in _types(nav)]
        for link in (link for nav in navs[:1] for link in nav.iter() if local(link) == "a"):
            yield link, link.get("href", ""), text_of(link)
        return
    for point in (point for point in root.iter() if local(point) == "navpoint"):
        content = next(children(point, "content"), None)
        if content is not None:
            yield point, content.get("src", ""), child_text(point, "navlabel")


def _chapters(archive: Archive, book: _Book, options: ReadOptions) -> Iterator[_Chapter]:
    """Yield the chapters; a page that no line of the contents names goes on with the last."""
    current: _Chapter | None = None
    named = sum(1 for page in book.pages if page in book.labels) >= 2
    for page in book.pages:
        try:
            root = page_element(archive.read(page, _LARGEST_PAGE))
        except InputError as exc:
            options.problem(page, exc.text)
            continue
        if root is None or _is_around(root):
            continue
        for part in _parts(root, page, book):
            if _says_nothing(part.blocks, book):
                continue
            if current is not None and named and not part.label:
                current.blocks += part.blocks
                continue
            if current is not None:
                yield current
            current = part
    if current is not None:
        yield current


def _parts(root: "HtmlElement", page: str, book: _Book) -> Iterator[_Chapter]:
    """Yield the chapters in one file; what stands before the first has no label."""
    starts = _starts(root, book.labels.get(page, []), alone=len(book.pages) == 1)
    for number, element in enumerate(starts):
        element.addprevious(element.makeelement("p"))
        element.getprevious().text = f"{_MARK}{number}"
    labels = list(starts.values())
    first = next((label.text for label in book.labels.get(page, [])), "")
    part = _Chapter(page, "" if starts else first, [])
    for block in page_blocks(root, ""):
        # What websites do with boxes and names means nothing in a book.
        block.suspicion, block.box, block.linked = 0.0, 0, False
        if block.text.startswith(_MARK):
            yield part
            label = labels[int(block.text[len(_MARK) :])]
            part = _Chapter(f"{page}#{label.place}" if label.place else page, label.text, [])
        else:
            part.blocks.append(block)
    yield part


def _starts(
    root: "HtmlElement", labels: list[_Label], *, alone: bool
) -> dict["HtmlElement", _Label]:
    """Return the elements with which a file's chapters begin; none where it is one chapter.

    Lines of the contents below the file's first level name sections, unless the whole book is
    one file under one title.
    """
    body = root.find("body")
    for depth in sorted({label.depth for label in labels}):
        found: dict[HtmlElement, _Label] = {}
        for label in (label for label in labels if label.depth == depth):
            hits = root.xpath("//*[@id=$id or @name=$id]", id=label.place) if label.place else []
            element = hits[0] if hits else None
            while element is not None and element.tag not in _BEGIN:
                element = element.getparent()
            if element is None and body is not None and len(body) and not label.place:
                element = body[0]
            if element is not None:
                found.setdefault(element, label)
        if len(found) > 1:
            order = list(root.iter())
            return dict(sorted(found.items(), key=lambda item: order.index(item[0])))
        if not alone:
            break
    return {}


def _says_nothing(blocks: list[Block], book: _Book) -> bool:
    """Say whether a page has no text but what the book's properties say: a title page."""
    said = {book.title, book.metadata.source, *book.metadata.authors}
    known = {"".join(text.split()).lower() for text in said}
    rest = [block for block in blocks if "".join(block.text.split()).lower() not in known]
    return all(len(block.text) <= 1 or read_line(block.text) for block in rest)


def _is_around(root: "HtmlElement") -> bool:
    """Say whether a page is a cover, an imprint or the like, by its epub:type."""
    body = root.find("body")
    if body is None:
        return False
    parts = [body, *list(body)] if len(body) <= 2 else [body]
    return any(_types(part) & _AROUND for part in parts)


def _types(element: "Element") -> set[str]:
    found: set[str] = set()
    for key, value in element.items():
        if key.rpartition("}")[2].rpartition(":")[2] == "type":
            found.update(value.lower().split())
    return found


def _is_protected(archive: Archive) -> bool:
    """Say whether pages are encrypted; fonts often are, which does not matter."""
    if "META-INF/encryption.xml" not in archive:
        return False
    root = parse_xml(archive.read("META-INF/encryption.xml"), "the e-book", lenient=True)
    names = [item.get("URI", "") for item in root.iter() if local(item) == "cipherreference"]
    return any(name.lower().endswith((".xhtml", ".html", ".htm", ".xml")) for name in names)


def _place(folder: str, href: str) -> str:
    """Return the archive's name of what an address inside the book leads to."""
    return posixpath.normpath(posixpath.join(folder, unquote(urlsplit(href).path)))
