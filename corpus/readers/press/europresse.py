"""Exports of Europresse: a page of `<article>` elements, with classes for each field."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.readers.press.export import Export, state_no_text
from corpus.readers.press.record import PressRecord
from corpus.readers.xml import text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_COUNT = re.compile(r"\b(\d{1,4})\s+(?:documents?|articles?|Dokumente?|Artikel)\b", re.I)
_ISSUE = re.compile(r",?\s*(?:no\.?|nº|n°|Nr\.?|vol\.?)\s*[\w., -]+$", re.I)
_PAGE = re.compile(r"\b(?:p\.|pp\.|S\.|Seite|page)\s*([\w-]{1,8})", re.I)
_LENGTH = re.compile(r"\d[\d\s.,]*\s*(?:mots|words|Wörter)\b", re.I)
_WEEKDAY = re.compile(
    r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|\w+day|\w+tag|Mittwoch|Sonnabend|"
    r"January|February|March|April|May|June|July|August|September|October|November|December)\b",
    re.I,
)
_EDITION = re.compile(r"\s*\((?:site web|web site|réf\. site web|online|blog\w*)[^()]*\)", re.I)


def europresse_export(root: "HtmlElement") -> Export | None:
    """Return the articles of such a page; None where it is another."""
    articles = [a for a in root.iter("article") if _with_class(a, "DocPublicationName")]
    if not articles:
        return None
    made = Export(iter(()))
    head = " ".join(
        " ".join(e.itertext()) for e in root.iter("h1", "h2", "title") if not _inside_article(e)
    )
    hit = _COUNT.search(head)
    made.stated = int(hit[1]) if hit else 0
    made.records = _records(articles, made)
    return made


def _records(articles: list["HtmlElement"], made: Export) -> Iterator[PressRecord]:
    for number, article in enumerate(articles, start=1):
        record = _record(article)
        if record.has_text:
            yield record
        else:
            state_no_text(made, number, record.title)


def _record(article: "HtmlElement") -> PressRecord:
    from lxml.html import tostring

    from corpus.readers.web.html import markup_blocks

    source = _text_of(article, "DocPublicationName")
    head = _text_of(article, "DocHeader")
    record = PressRecord(
        title=_text_of(
            article, "titreArticleVisu", "rdp__articletitle", "titreArticle", "grandTitre"
        ),
        subtitle=_text_of(article, "rdp__subtitle"),
        source=_ISSUE.sub("", _EDITION.sub("", source)).strip(" ,"),
        day=head,
        byline=_text_of(article, "docAuthors") or _byline(article),
        key=_text_of(article, "publiC-lblNodoc"),
        rights=_text_of(article, "Doc-LegalInfo"),
    )
    if page := _PAGE.search(head):
        record.page = page[1]
    if length := _LENGTH.search(head):
        record.length = length[0].strip()
    # "Politique, jeudi 22 décembre 2022 813 mots, p. 8": the section stands before the day.
    record.section = _WEEKDAY.sub("", re.split(r"\d", head, maxsplit=1)[0].strip(" ,")).strip(" ,")
    body = _with_class(article, "DocText") or _with_class(article, "docOcurrContainer")
    if body:
        record.blocks = markup_blocks(tostring(body[0], encoding="unicode"))
    return record


def _byline(article: "HtmlElement") -> str:
    """Return the last of the header's small lines, where it names somebody."""
    lines = [text_of(e) for e in _with_class(article, "sm-margin-bottomNews")]
    lines = [line for line in lines if 3 <= len(line) <= 120]
    return lines[-1] if lines else ""


def _text_of(article: "HtmlElement", *names: str) -> str:
    for name in names:
        for element in _with_class(article, name):
            if text := text_of(element):
                return text
    return ""


def _with_class(root: "HtmlElement", name: str) -> list["HtmlElement"]:
    return [e for e in root.iterdescendants() if name in (e.get("class") or "").split()]


def _inside_article(element: "HtmlElement") -> bool:
    return any(above.tag == "article" for above in element.iterancestors())
