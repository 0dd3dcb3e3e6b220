"""What ZIP files are: documents of office programs, books, or archives of files."""

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from corpus.article import Article
from corpus.errors import UnknownFormat
from corpus.readers.archives.archive import Archive
from corpus.readers.documents import document_articles
from corpus.readers.options import ReadOptions

DRAWINGS = {
    "visio/document.xml": "a Visio drawing; save it as PDF",
    "xl/workbook.bin": "a binary workbook (XLSB); save it as XLSX",
    "content.xml": "an OpenDocument drawing; save it as PDF",
}
"""Documents whose text is not read, by a part that they have."""
_ODF = {"text": "odf", "presentation": "odf", "spreadsheet": "ods"}
_HEAD = 1024


def container_kind(stream: BinaryIO) -> str:
    """Return "docx", "pptx", "xlsx", "odf", "ods" or "epub"; "" for an archive of files.

    Raises UnknownFormat for other documents in that form, and as `Archive` does.
    """
    from corpus.readers.office.docx import main_part

    archive = Archive(stream, "the archive")
    if main_part(archive):
        return "docx"
    if "ppt/presentation.xml" in archive:
        return "pptx"
    if "xl/workbook.xml" in archive:
        return "xlsx"
    if "META-INF/container.xml" in archive:
        return "epub"
    if "mimetype" in archive and "content.xml" in archive:
        return _opendocument(archive)
    for name, kind in DRAWINGS.items():
        if name in archive and "[Content_Types].xml" in archive:
            raise UnknownFormat("this is {kind}", kind=kind)
    return ""


def _opendocument(archive: Archive) -> str:
    said = archive.read("mimetype", _HEAD * 64).decode("ascii", "replace")
    kind = said.rpartition("opendocument.")[2].partition("-")[0].strip()
    found = _ODF.get(kind, "")
    if not found:
        raise UnknownFormat("this is {kind}", kind=DRAWINGS["content.xml"])
    return found


def container_articles(
    stream: BinaryIO,
    name: str,
    *,
    uri: str,
    options: ReadOptions,
    read: Callable[..., Iterator[Article]],
) -> Iterator[Article]:
    """Yield the articles of a ZIP file, whatever it is; `read` reads an archive's entries.

    Raises as the formats' readers do.
    """
    kind = container_kind(stream)
    stream.seek(0)
    if kind == "":
        from corpus.readers.archives.zip import read_zip

        yield from read_zip(stream, uri=uri, options=options, read=read)
    elif kind in ("xlsx", "ods"):
        yield from _workbook(kind, stream, name, uri, options)
    elif kind == "epub":
        from corpus.readers.office.epub import read_epub

        yield from read_epub(stream.read(), name, uri=uri, options=options)
    else:
        yield from _document(kind, stream.read(), name, uri, options)


def _workbook(
    kind: str, stream: BinaryIO, name: str, uri: str, options: ReadOptions
) -> Iterator[Article]:
    from corpus.readers.office.odf import check_encryption
    from corpus.readers.tables.ods import ods_sheets
    from corpus.readers.tables.sheets import sheet_articles
    from corpus.readers.tables.xlsx import xlsx_sheets

    archive = Archive(stream, "the workbook")
    if kind == "ods":
        check_encryption(archive)
    sheets = xlsx_sheets(archive) if kind == "xlsx" else ods_sheets(archive)
    yield from sheet_articles(sheets, name, uri=uri, options=options)


def _document(
    kind: str, data: bytes, name: str, uri: str, options: ReadOptions
) -> Iterator[Article]:
    from corpus.readers.office.docx import docx_document
    from corpus.readers.office.odf import odf_document
    from corpus.readers.office.pptx import pptx_document

    if kind == "docx":
        document = docx_document(data, name)
    elif kind == "pptx":
        document = pptx_document(Archive(io.BytesIO(data), "the presentation"), name)
    else:
        document = odf_document(Archive(io.BytesIO(data), "the OpenDocument file"), name)
    yield from document_articles(document, uri=uri, options=options)
