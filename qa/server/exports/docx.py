"""A conversation as a document for word processors; markers link to their sources."""

import io
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from qa.chat_history import ChatTurn
from qa.i18n import Words
from qa.results import Answer
from qa.server.chat.render import strip_hidden
from qa.server.exports.conversation import Source, answer_lines, heading_of_sources, sources

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

# What XML 1.0 has no way to write.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def document_of(title: str, turns: Sequence[ChatTurn], words: Words) -> bytes:
    """Return a conversation as the bytes of a .docx file."""
    import docx as library

    document = library.Document()
    document.core_properties.title = _text(title)[:255]
    document.core_properties.author = "article-qa"
    document.core_properties.comments = ""
    document.add_heading(_text(title), 0)
    for at, turn in enumerate(turns, start=1):
        document.add_heading(_text(turn.question), 1)
        if turn.answer is None:
            document.add_paragraph(_text(turn.said or words["unanswered"]))
        else:
            _answer(document, turn.answer, at, words)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _answer(document: "Document", answer: Answer, at: int, words: Words) -> None:
    if answer.about:
        understood = words.fill("understood", about=answer.about)
        document.add_paragraph().add_run(_text(understood)).italic = True
    if answer.short:
        document.add_paragraph().add_run(_text(answer.short)).bold = True
    for line in answer_lines(answer):
        if line.is_title:
            document.add_heading(_text(line.text), 2)
            continue
        paragraph = document.add_paragraph()
        if line.when:
            paragraph.add_run(f"{_text(line.when)} ").bold = True
        paragraph.add_run(_text(line.text))
        for number in line.markers:
            paragraph.add_run(" ")
            _link(paragraph, f"[{number}]", anchor=_bookmark(at, number))
    found = sources(answer)
    if found:
        document.add_heading(_text(heading_of_sources(answer, words)), 2)
    for source in found:
        _source(document, source, at, words)


def _source(document: "Document", source: Source, at: int, words: Words) -> None:
    paragraph = document.add_paragraph()
    _mark(paragraph, f"[{source.number}]", _bookmark(at, source.number), at * 1000 + source.number)
    paragraph.add_run(" ")
    line = _text(source.line(words))
    if source.address:
        _link(paragraph, line, address=source.address)
    else:
        paragraph.add_run(line)
    for text in source.quotes or (source.passage.text,):
        document.add_paragraph(_text(text), style="Quote")


def _bookmark(at: int, number: int) -> str:
    return f"source_{at}_{number}"


def _mark(paragraph: "Paragraph", text: str, name: str, number: int) -> None:
    """Write text with a bookmark around it, which python-docx has no call for."""
    paragraph._p.append(_element("w:bookmarkStart", {"w:id": str(number), "w:name": name}))
    paragraph.add_run(text)
    paragraph._p.append(_element("w:bookmarkEnd", {"w:id": str(number)}))


def _link(paragraph: "Paragraph", text: str, *, anchor: str = "", address: str = "") -> None:
    """Write a link, to a bookmark or to the web, which python-docx has no call for."""
    if anchor:
        link = _element("w:hyperlink", {"w:anchor": anchor})
    else:
        from docx.opc.constants import RELATIONSHIP_TYPE

        known = paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
        link = _element("w:hyperlink", {"r:id": known})
    run = paragraph.add_run(text)
    run.font.underline = True
    link.append(run._r)
    paragraph._p.append(link)


def _element(name: str, attributes: dict[str, str]) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    element: Any = OxmlElement(name)
    for key, value in attributes.items():
        element.set(qn(key), value)
    return element


def _text(text: str) -> str:
    return _NO_XML.sub("", strip_hidden(text))
