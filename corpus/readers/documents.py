"""A document that may be one article, or an export of a press database with many."""

from collections.abc import Iterator

from corpus.article import Article
from corpus.blocks import Document
from corpus.readers.options import ReadOptions
from corpus.readers.press.exports import document_export, export_articles
from corpus.structure.assemble import assemble


def document_articles(document: Document, *, uri: str, options: ReadOptions) -> Iterator[Article]:
    """Yield the article of a document, or those of the export that it is."""
    export = document_export(document)
    if export is not None:
        yield from export_articles(export, uri=uri, options=options)
    else:
        yield assemble(document.blocks, uri=uri, metadata=document.metadata)
