"""A conversation as a document for word processors; sources stand in its footnotes."""

import io
import re
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from qa.chat_history import ChatTurn
from qa.i18n import Words
from qa.results import Answer
from qa.server.chat.render import strip_hidden
from qa.server.exports.conversation import (
    Source,
    answer_lines,
    day_line,
    describe_filters,
    heading_of_sources,
    sources,
    sureness,
)
from qa.server.exports.footnotes import Footnotes

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

# What XML 1.0 has no way to write.
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def document_of(
    title: str, turns: Sequence[ChatTurn], words: Words, day: date | None = None
) -> bytes:
    """Return a conversation as the bytes of a .docx file, with the day of the export."""
    import docx as library

    document = library.Document()
    document.core_properties.title = _text(title)[:255]
    document.core_properties.author = "article-qa"
    document.core_properties.comments = ""
    document.add_heading(_text(title), 0)
    notes = Footnotes()
    _aside(document, day_line(day, words))
    for turn in turns:
        document.add_heading(_text(turn.question), 1)
        _aside(document, describe_filters(turn, words))
        if turn.answer is None:
            document.add_paragraph(_text(turn.said or words["unanswered"]))
        else:
            _answer(document, turn.answer, notes, words)
    notes.attach(document)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _aside(document: "Document", text: str) -> None:
    if text:
        document.add_paragraph().add_run(_text(text)).italic = True


def _answer(document: "Document", answer: Answer, notes: Footnotes, words: Words) -> None:
    found = {source.number: source for source in sources(answer)}
    if answer.about:
        _aside(document, words.fill("understood", about=answer.about))
    for line in answer_lines(answer):
        if line.is_title:
            document.add_heading(_text(line.text), 2)
            continue
        paragraph = document.add_paragraph()
        if line.when:
            paragraph.add_run(f"{_text(line.when)} ").bold = True
        paragraph.add_run(_text(line.text)).bold = line.is_short or None
        for number in line.markers:
            if number in found:
                _note(paragraph, found[number], notes, words)
    _aside(document, sureness(answer, words))
    if not answer.answered and found:
        document.add_heading(_text(heading_of_sources(answer, words)), 2)
        for source in found.values():
            paragraph = document.add_paragraph(_text(source.passage.text), style="Quote")
            _note(paragraph, source, notes, words)


def _note(paragraph: "Paragraph", source: Source, notes: Footnotes, words: Words) -> None:
    """Put the source, with what it says, into a footnote."""
    quote = " … ".join(source.quotes)
    said = words.fill("quoted", text=quote) if quote else ""
    text = " ".join(" ".join(filter(None, (f"{source.line(words)}.", said))).split())
    notes.add(paragraph, _text(text), source.address)


def _text(text: str) -> str:
    return _NO_XML.sub("", strip_hidden(text))
