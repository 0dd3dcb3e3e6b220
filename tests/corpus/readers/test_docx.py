"""Word documents: what a reader of the document would not see or take as valid stays out."""

import io
import zipfile

import pytest

from corpus.readers import read
from corpus.readers.office.docx_symbols import symbol

SPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def paragraphs(body: str, styles: str = "") -> list[str]:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(
            "word/document.xml", f"<w:document {SPACES}><w:body>{body}</w:body></w:document>"
        )
        archive.writestr("word/styles.xml", f"<w:styles {SPACES}>{styles}</w:styles>")
    [article] = read(stream.getvalue(), "a.docx", uri="file:///a.docx")
    return [article.paragraph_text(paragraph) for paragraph in article.paragraphs]


def run(text: str, properties: str = "") -> str:
    space = 'xml:space="preserve"'
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t {space}>{text}</w:t></w:r>"


def p(*runs: str, properties: str = "") -> str:
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


SUPER = '<w:vertAlign w:val="superscript"/>'


@pytest.mark.parametrize(
    ("runs", "text"),
    [
        ((run("320"), run("1", SUPER), run(" Mio.")), "320 Mio."),
        ((run("320"), run("1", SUPER), run(",", SUPER), run("2", SUPER), run(" Mio.")), "320 Mio."),
        ((run("320"), run("1", '<w:position w:val="6"/>'), run(" Mio.")), "320 Mio."),
        ((run("320"), run("1", '<w:rStyle w:val="Note"/>'), run(" Mio.")), "320 Mio."),
        ((run("40 m"), run("2", SUPER)), "40 m²"),
        ((run("CO"), run("2", '<w:vertAlign w:val="subscript"/>')), "CO₂"),
        ((run("für "), run("12", "<w:strike/>"), run(" 15 Mio.")), "für 15 Mio."),
        ((run("für "), run("12", "<w:dstrike/>"), run(" 15 Mio.")), "für 15 Mio."),
        ((run("für "), run("12", '<w:strike w:val="0"/>'), run(" Mio.")), "für 12 Mio."),
        ((run("Geheim.", "<w:vanish/>"), run("Die Halle")), "Die Halle"),
        ((run("Geheim.", '<w:rStyle w:val="Hidden"/>'), run("Die Halle")), "Die Halle"),
        ((run("25"), '<w:r><w:sym w:font="Symbol" w:char="F0B4"/></w:r>', run("30 m")), "25×30 m"),
        ((run("25"), '<w:r><w:sym w:font="Webdings" w:char="F0B4"/></w:r>', run("30")), "25 30"),
        ((run("Wert \uf0b3 5", '<w:rFonts w:ascii="Symbol"/>'),), "Wert ≥ 5"),
        (("<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r>"
          "</m:den></m:f></m:oMath>", run(" Liter")), "1/2 Liter"),
        (("<m:oMath><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e><m:sup><m:r><m:t>2</m:t></m:r>"
          "</m:sup></m:sSup></m:oMath>", run(" ist")), "x² ist"),
    ],
)  # fmt: skip
def test_runs(runs: tuple[str, ...], text: str) -> None:
    styles = (
        f'<w:style w:styleId="Note"><w:name w:val="note"/><w:rPr>{SUPER}</w:rPr></w:style>'
        '<w:style w:styleId="Off"><w:rPr><w:vanish/></w:rPr></w:style>'
        '<w:style w:styleId="Hidden"><w:basedOn w:val="Off"/></w:style>'
    )
    assert paragraphs(p(*runs), styles) == [text]


def test_a_hidden_paragraph() -> None:
    styles = '<w:style w:styleId="Off"><w:rPr><w:vanish/></w:rPr></w:style>'
    hidden = p(run("Nur für die Redaktion."), properties='<w:pStyle w:val="Off"/>')
    assert paragraphs(hidden + p(run("Die Halle bleibt offen.")), styles) == [
        "Die Halle bleibt offen."
    ]


def test_a_paragraph_whose_end_was_deleted_goes_on() -> None:
    first = p(run("Der Bau"), properties='<w:rPr><w:del w:id="5"/></w:rPr>')
    assert paragraphs(first + p(run(" beginnt im Juni."))) == ["Der Bau beginnt im Juni."]
    assert paragraphs(first) == ["Der Bau"]


def table(*rows: tuple[str, ...]) -> str:
    return (
        "<w:tbl>"
        + "".join(f"<w:tr>{''.join(f'<w:tc>{cell}</w:tc>' for cell in row)}</w:tr>" for row in rows)
        + "</w:tbl>"
    )


def test_a_table_in_a_table_is_read_row_by_row() -> None:
    inner = table(*((p(run(a)), p(run(b))) for a, b in (("Ort", "Unfälle"), ("Auen", "44"))))
    outer = table((p(run("Die Zahlen steigen.")) + inner, p(run("Telefon 123"))))
    assert paragraphs(outer) == ["Die Zahlen steigen.", "Ort: Auen; Unfälle: 44", "Telefon 123"]


def test_a_cell_that_goes_on_below() -> None:
    below = p() + "<w:tcPr><w:vMerge/></w:tcPr>"
    rows = [("Ort", "Jahr"), ("Brome", "2023"), ("", "2024")]
    cells = [(p(run(a)) if a else below, p(run(b))) for a, b in rows]
    assert paragraphs(table(*cells)) == ["Ort: Brome; Jahr: 2023", "Ort: Brome; Jahr: 2024"]


def test_symbols() -> None:
    assert [symbol(code, "Wingdings") for code in ("F0FC", "FC", "F041")] == ["✓", "✓", " "]
    assert (symbol("F061", "Symbol"), symbol("F035", "Symbol")) == ("α", "5")
    assert (symbol("xyz", "Symbol"), symbol("2192", "Arial")) == (" ", "→")


@pytest.mark.parametrize("part", ["word/document.xml", "word/document2.xml"])
def test_the_main_part_of_word_on_the_web(part: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        body = p(run("Die Brücke wird im Frühjahr gebaut."))
        archive.writestr(part, f"<w:document {SPACES}><w:body>{body}</w:body></w:document>")
    [article] = read(stream.getvalue(), "a.docx", uri="file:///a.docx")
    assert article.text == "Die Brücke wird im Frühjahr gebaut."
