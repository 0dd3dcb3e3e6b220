"""Footnotes of a .docx file, which python-docx has no call for.

ECMA-376, part 1, 17.11: a part of its own, `word/footnotes.xml`, and a reference to each note.
"""

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_LINKED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_HIGH = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
_LINES = "".join(
    f'<w:footnote w:type="{kind}" w:id="{number}"><w:p><w:r><w:{kind}/></w:r></w:p></w:footnote>'
    for number, kind in ((-1, "separator"), (0, "continuationSeparator"))
)
"""What stands between text and notes; word processors want both."""


class Footnotes:
    """The footnotes of one document: `add` them all, then `attach` them."""

    def __init__(self) -> None:
        self._notes: list[tuple[str, str]] = []

    def add(self, paragraph: "Paragraph", text: str, address: str = "") -> None:
        """Refer to a new note at the end of a paragraph.

        Args:
            paragraph: of the document's body.
            text: the note; only characters that XML has.
            address: where its text leads to on the web, if anywhere.
        """
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        self._notes.append((text, address))
        reference: Any = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(len(self._notes)))
        run = paragraph.add_run()
        run.font.superscript = True
        run._r.append(reference)

    def attach(self, document: "Document") -> None:
        """Write the notes into the document; without one, nothing."""
        if not self._notes:
            return
        from docx.opc.constants import RELATIONSHIP_TYPE
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part

        part = Part(PackURI("/word/footnotes.xml"), _TYPE, b"", document.part.package)
        notes = ""
        for number, (text, address) in enumerate(self._notes, start=1):
            run = f'<w:r><w:t xml:space="preserve"> {escape(text)}</w:t></w:r>'
            if address:
                known = part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
                run = f"<w:hyperlink r:id={quoteattr(known)}>{run}</w:hyperlink>"
            notes += (
                f'<w:footnote w:id="{number}"><w:p><w:r>{_HIGH}<w:footnoteRef/></w:r>{run}</w:p>'
                "</w:footnote>"
            )
        content = (
            f'<w:footnotes xmlns:w="{_MAIN}" xmlns:r="{_LINKED}">{_LINES}{notes}</w:footnotes>'
        )
        part._blob = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' + content.encode()
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
