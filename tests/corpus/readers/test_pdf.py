"""PDF layout: columns, running lines, divided words; on pieces whose places are known."""

from datetime import date

from corpus.readers.office.pdf import _blocks, _take_running_lines
from corpus.readers.office.pdf_columns import rows_of
from corpus.readers.office.pdf_layout import Line, TextRun, page_lines


def piece(text: str, x: float, y: float, size: float = 10, *, bold: bool = False) -> TextRun:
    return TextRun(text, x, x + len(text) * size * 0.5, y, size, bold, 0.25 * size)


def column(name: str, x: float, top: float, count: int) -> list[TextRun]:
    """Return lines of 30 letters, the last one short and with a full stop."""
    lines = [f"{name}{i} ".ljust(30, "x") for i in range(count - 1)] + [f"{name} Ende."]
    return [piece(text, x, top - 12 * i) for i, text in enumerate(lines)]


def starts(lines: list[Line]) -> list[str]:
    return [line.text.split("x")[0].strip() for line in lines]


def blocks(pieces: list[TextRun]) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in _blocks(page_lines(pieces, 1))]


def test_columns_are_read_one_after_the_other() -> None:
    left, right = column("a", 50, 700, 5), column("b", 230, 700, 5)
    # Written row by row, as some programs do.
    mixed = [item for pair in zip(left, right, strict=True) for item in pair]
    lines = page_lines(mixed, 1)
    assert starts(lines) == ["a0", "a1", "a2", "a3", "a Ende.", "b0", "b1", "b2", "b3", "b Ende."]
    assert {line.column for line in lines} == {0, 1}


def test_three_columns_below_a_headline_and_above_a_line_across() -> None:
    head = piece("Eine Überschrift " + "z" * 85, 50, 740)
    foot = piece("Ein Satz darunter " + "z" * 85, 50, 600)
    body = [*column("c", 410, 700, 4), *column("a", 50, 700, 4), *column("b", 230, 700, 4)]
    found = starts(page_lines([foot, *body, head], 1))
    assert found[0].startswith("Eine")
    assert found[-1].startswith("Ein Satz")
    assert found[1:-1] == [
        f"{name}{end}" for name in "abc" for end in ("0", "1", "2", " Ende.")
    ]  # fmt: skip


def test_centred_lines_are_no_column() -> None:
    """They stand right of short lines, but not beside them."""
    pieces = []
    for row in range(0, 24, 2):
        right = row % 4 == 0
        pieces.append(piece(f"r{row} ".ljust(24, "x"), 280 if right else 50, 700 - 24 * row))
    assert starts(page_lines(pieces, 1)) == [f"r{row}" for row in range(0, 24, 2)]


def test_cells_of_a_table_are_no_columns() -> None:
    cells = [("Ort", "Gäste", "Betten"), ("Roden", "410", "36"), ("Immersen", "1.200", "88")]
    pieces = [
        piece(cell, 50 + 120 * column, 700 - 12 * row)
        for row, line in enumerate(cells)
        for column, cell in enumerate(line)
    ]
    assert blocks([*pieces, *column("a", 50, 650, 4)])[:2] == [
        ("row", "Ort: Roden; Gäste: 410; Betten: 36"),
        ("row", "Ort: Immersen; Gäste: 1.200; Betten: 88"),
    ]


def test_an_indented_line_begins_a_paragraph() -> None:
    lines = [piece("x" * 60, 50, 700), piece("x" * 58, 50, 688), piece("y" * 58, 62, 676)]
    lines.append(piece("y" * 60, 50, 664))
    assert [text[0] for _, text in blocks(lines)] == ["x", "y"]


def test_headings_by_size_and_by_weight() -> None:
    pieces = [
        piece("Das ist der Titel", 50, 740, 20),
        *column("a", 50, 700, 4),
        piece("Fett und kurz", 50, 640, bold=True),
        *column("b", 50, 620, 4),
        piece("Größer", 50, 560, 14),
        *column("c", 50, 540, 4),
    ]
    kinds = [kind for kind, _ in blocks(pieces)]
    assert kinds == ["title", "paragraph", "heading", "paragraph", "heading", "paragraph"]


def test_running_lines_go_and_say_what_the_paper_is() -> None:
    pages = {
        number: [
            piece("Osterholmer Bote · Montag, 15. September 2025", 50, 800),
            *column("abc"[number - 1], 50, 700, 5),
            piece(f"Seite {number} von 3", 50, 30),
        ]
        for number in (1, 2, 3)
    }
    facts = _take_running_lines(pages)
    assert (facts.source, facts.published) == ("Osterholmer Bote", date(2025, 9, 15))
    assert [len(pieces) for pieces in pages.values()] == [5, 5, 5]


def test_a_line_that_only_looks_like_a_head_stays() -> None:
    pages = {
        1: [*column("a", 50, 700, 4)],
        2: [*column("b", 50, 712, 4)],
        3: [piece("Im Jahr 1998 – 17", 50, 700), *column("c", 50, 688, 4)],
    }
    _take_running_lines(pages)
    assert [len(pieces) for pieces in pages.values()] == [4, 4, 5]


def test_rows_share_a_baseline() -> None:
    rows = rows_of([piece("b", 90, 700.4), piece("a", 50, 700), piece("c", 50, 688)])
    assert [[item.text for item in row] for row in rows] == [["a", "b"], ["c"]]
