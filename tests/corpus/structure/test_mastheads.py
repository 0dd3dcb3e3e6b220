"""The line at the edge of a newspaper's page: the paper and the day."""

from datetime import date

import pytest

from corpus.structure.mastheads import read_masthead

DAY = date(2025, 5, 12)


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("Harlesunder Bote | 12. Mai 2025 | Seite 3", "Harlesunder Bote"),
        ("3 Harlesunder Bote · Montag, 12. Mai 2025", "Harlesunder Bote"),
        ("Lokales · Harlesunder Bote · 12.05.2025 · 7", "Harlesunder Bote"),
        ("Montag, 12. Mai 2025 Harlesunder Bote 3", "Harlesunder Bote"),
        ("Nr. 110 / Montag, 12. Mai 2025 / Harlesunder Bote", "Harlesunder Bote"),
        ("Seite 3 Kesslauer Rundschau Ausgabe Nord 12.05.2025", "Kesslauer Rundschau"),
        ("The Ellery Gazette, Monday, May 12, 2025, page 4", "The Ellery Gazette"),
        ("Ellery Gazette 12 May 2025", "Ellery Gazette"),
        ("Die Woche 19/2025 · 12. Mai 2025", ""),
    ],
)
def test_heads_of_pages(text: str, paper: str) -> None:
    facts = read_masthead(text)
    assert facts is not None
    assert (facts.source, facts.published) == (paper, DAY)


@pytest.mark.parametrize(
    "text",
    [
        "Am 12. Mai 2025 beschloss der Rat den Bau der neuen Halle am Hafen",
        "Der Bote meldete es am 12. Mai 2025.",
        "Harlesunder Bote, Seite 3",
        "Stadtrat beschließt Haushalt 2025",
        "",
    ],
)
def test_other_lines(text: str) -> None:
    assert read_masthead(text) is None
