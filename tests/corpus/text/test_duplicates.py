"""Near-identical articles: found when they are put in, without comparing all with all."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from benchmarks.duplicates.__main__ import measure
from benchmarks.duplicates.pairs import pairs
from corpus.article import Article
from corpus.catalog.articles import Catalog, Outcome
from corpus.catalog.database import CATALOG_FILE, Database, open_database
from corpus.errors import InputError
from corpus.ingest.pipeline import ingest
from corpus.ingest.writer import Intake
from corpus.text.duplicates import (
    BUCKETS,
    SIGNATURE,
    TextWords,
    buckets,
    near_identical,
    same_paragraph,
    signature,
)
from tests.fakes import article

WIRE = (
    "Ein Feuer hat in der Nacht zum Sonntag ein Möbellager in Kessin zerstört. Der Schaden liegt "
    "laut Polizei bei mindestens 3,2 Millionen Euro.",
    "Rund 160 Feuerwehrleute aus elf Gemeinden waren im Einsatz. Zwei von ihnen kamen mit Verdacht "
    "auf Rauchvergiftung ins Krankenhaus, konnten es am Mittag aber wieder verlassen.",
    "Das Lager gehört der Firma Holzmeister, die dort 75 Menschen beschäftigt.",
)
EDITED = (
    WIRE[0].replace("laut Polizei bei", "nach Schätzung der Polizei bei"),
    WIRE[1].replace("Rund 160", "Etwa 160"),
)
OTHER = (
    "Der Stadtrat hat am Montag über den Haushalt beraten, ohne dass etwas beschlossen wurde. Die "
    "Kämmerin warnte vor neuen Schulden, die Opposition verlangte weniger Geld für Gutachten."
)


@pytest.fixture
def catalog(database: Database) -> Catalog:
    return Catalog(database)


@pytest.mark.parametrize("half", ["development", "held"])
def test_copies_are_told_from_articles_on_the_same_event(half: str) -> None:
    found = measure(half)
    assert found["pairs"] >= 60
    assert found["precision"] >= 0.95
    assert found["recall"] >= 0.95
    assert found["strays"] == 0


def test_the_halves_share_no_text() -> None:
    first, second = ({pair.first.body for pair in pairs(half)} for half in ("development", "held"))
    assert first & second == set()


def test_a_signature_is_the_same_on_every_machine() -> None:
    # Kept in catalogs: another value would find nothing that is stored already.
    words = TextWords.of(" ".join(WIRE))
    hashes = signature(words)
    assert hashes.shape == (SIGNATURE,)
    assert hashes[:3].tolist() == [36616277, 203192876, 44490788]
    assert len(set(buckets(hashes))) == BUCKETS
    assert buckets(signature(TextWords.of("Zu kurz."))) == []


def test_case_and_layout_make_no_difference() -> None:
    one, two = TextWords.of("\n".join(WIRE)), TextWords.of(" ".join(WIRE).upper())
    assert np.array_equal(signature(one), signature(two))
    assert near_identical(one, two)


@pytest.mark.parametrize(
    ("second", "same"),
    [
        (WIRE[1].replace("Rund", "Etwa"), True),
        (WIRE[1].replace("Mittag", "Mittag schon"), True),
        (WIRE[1].replace("160", "180"), False),  # a number is corrected
        (WIRE[1].replace("Krankenhaus", "Klinikum Lindow"), False),  # a name
        (WIRE[1] + " Das Feuer war um 4.30 Uhr gelöscht, wie ein Sprecher sagte.", True),
        (WIRE[1].split(". ")[0], False),  # less than the half says less
        (WIRE[2], False),
        ("", False),
    ],
)
def test_paragraphs_that_say_the_same(second: str, same: bool) -> None:
    assert same_paragraph(TextWords.of(WIRE[1]), TextWords.of(second)) is same
    assert same_paragraph(TextWords.of(second), TextWords.of(WIRE[1])) is same


def test_a_group_grows_and_shrinks_with_its_articles(catalog: Catalog) -> None:
    catalog.put(article("x:wire", *WIRE))
    catalog.put(article("x:other", OTHER))
    catalog.put(article("x:copy", *EDITED, title="Millionenschaden"))
    catalog.put(article("x:third", "Ein Nachbar hat die Feuerwehr gerufen.", *WIRE))
    assert catalog.near_identical("x:wire") == ["x:copy", "x:third"]
    assert catalog.near_identical("x:copy") == ["x:third", "x:wire"]
    assert catalog.near_identical("x:other") == []
    catalog.put(article("x:copy", OTHER))
    assert catalog.near_identical("x:wire") == ["x:third"]
    assert catalog.near_identical("x:copy") == ["x:other"]
    catalog.remove("x:third")
    assert catalog.near_identical("x:wire") == []
    catalog.put(article("x:copy", *EDITED))
    assert catalog.near_identical("x:copy") == ["x:wire"]


def test_paragraphs_of_a_copy_are_named_after_the_original(catalog: Catalog) -> None:
    catalog.put(article("x:wire", *WIRE, published=date(2026, 3, 2)))
    catalog.put(article("x:copy", *EDITED, OTHER, published=date(2026, 3, 1)))
    table = catalog.paragraph_table()
    names, hashes = table.same_as.tolist(), table.text_hashes.tolist()
    assert names == [*hashes[:3], hashes[0], hashes[1], hashes[5]]
    # The copy was published first.
    wire, copy = set(table.seniority[:3].tolist()), set(table.seniority[3:].tolist())
    assert len(wire) == len(copy) == 1
    assert min(copy) < min(wire)
    assert table.lengths.tolist()[:3] == [len(text) for text in WIRE]


def test_a_catalog_of_the_first_version_is_caught_up_with(tmp_path: Path) -> None:
    database = open_database(tmp_path, create=True)
    catalog = Catalog(database)
    catalog.put(article("x:wire", *WIRE))
    catalog.put(article("x:copy", *EDITED))
    with database.transaction():
        for table in ("signatures", "buckets", "duplicate_groups", "same_paragraphs"):
            database.run(f"DELETE FROM {table}")
    ingest(database, [])
    assert catalog.near_identical("x:wire") == ["x:copy"]
    assert sum(catalog.paragraph_table().same_as != catalog.paragraph_table().text_hashes) == 2
    database.close()
    assert (tmp_path / CATALOG_FILE).is_file()


def test_reports_of_one_template_cost_no_look_at_all_of_them(
    catalog: Catalog, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[int] = []

    def counted(first: TextWords, second: TextWords) -> bool:
        compared.append(1)
        return near_identical(first, second)

    monkeypatch.setattr("corpus.catalog.near_duplicates.near_identical", counted)
    line = "Die Lottozahlen vom {0}. Mai lauten {0}, {1} und {2}. Alle Angaben sind ohne Gewähr, "
    line += "und die Annahmestellen schließen an jedem Tag der Ziehung um neunzehn Uhr abends."
    for number in range(120):
        catalog.put(article(f"x:{number}", line.format(number, 1000 + number, 5000 - number)))
    assert len(compared) <= 20 * 120
    assert database.one("SELECT count(*) FROM duplicate_groups")[0] == 0


# Versions


def test_what_another_input_gave_earlier_is_no_correction(catalog: Catalog) -> None:
    new = article("x:1", "Zwanzig Stellen fallen weg.", modified=date(2026, 3, 2))
    old = article("x:1", "Zwölf Stellen fallen weg.", published=date(2026, 3, 1))
    oldest = article("x:1", "Elf Stellen fallen weg.", published=date(2026, 2, 1))
    assert catalog.put(new, None) is Outcome.ADDED
    with catalog._database.transaction():
        catalog._database.run("INSERT INTO inputs VALUES ('a', x'', '', 0), ('b', x'', '', 0)")
    catalog.put(article("x:1", "Zwanzig Stellen fallen weg.", modified=date(2026, 3, 3)), "a")
    for item in (old, oldest, old):
        assert catalog.put(item, "b") is Outcome.SUPERSEDED
    found = catalog.article("x:1")
    assert found.text == "Zwanzig Stellen fallen weg."
    assert [(item.number, item.text) for item in found.versions] == [
        (1, "Elf Stellen fallen weg."),
        (2, "Zwölf Stellen fallen weg."),
    ]
    # The same input may state an earlier day: its text is what there is.
    assert catalog.put(old, "a") is Outcome.UPDATED


def test_a_correction_is_dated(catalog: Catalog) -> None:
    catalog.put(article("x:1", "Zwölf Stellen fallen weg.", published=date(2026, 3, 1)))
    assert catalog.article("x:1").corrected is None
    catalog.put(
        article(
            "x:1",
            "Zwanzig Stellen fallen weg.",
            published=date(2026, 3, 1),
            modified=date(2026, 3, 2),
        )
    )
    assert catalog.article("x:1").corrected == date(2026, 3, 2)
    assert [item.corrected for item in catalog.articles().values()] == [date(2026, 3, 2)]
    catalog.put(article("x:1", "Dreißig Stellen fallen weg.", published=date(2026, 3, 1)))
    # It states no day: that of its arrival.
    assert (catalog.article("x:1").corrected or date.min) > date(2026, 3, 2)


def test_two_pages_with_one_address_keep_the_newer(database: Database, tmp_path: Path) -> None:
    page = "---\nuri: https://bote.example/1\ntitle: T\ndate: {}\n---\n\n{} Absatz sagt etwas.\n"
    (tmp_path / "a.md").write_text(page.format("2026-03-02", "Neuer"))
    (tmp_path / "b.md").write_text(page.format("2026-03-01", "Alter"))
    (tmp_path / "c.md").write_text(page.format("2026-03-03", "Neuester"))
    files = [tmp_path / name for name in ("a.md", "b.md", "c.md")]
    tally = ingest(database, files)
    found = Catalog(database).article("https://bote.example/1")
    assert found.text == "Neuester Absatz sagt etwas."
    assert [item.text for item in found.versions] == [
        "Alter Absatz sagt etwas.",
        "Neuer Absatz sagt etwas.",
    ]
    assert [Path(name).name for name, _ in tally.notes] == ["b.md", "c.md"]
    assert "is older, by its date" in tally.notes[0][1]
    assert "replaces what" in tally.notes[1][1]
    again = ingest(database, files)
    assert again.counts[Outcome.UNCHANGED] == 3
    assert again.notes == []


def test_dates_that_cannot_be_read_are_told(database: Database, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "text,published\nOne.,03/04/2025\nTwo.,soon\nThree.,2025-04-03\n"
    )
    (tmp_path / "b.csv").write_text("text,published\nFour.,soon\n")
    tally = ingest(database, [tmp_path / "a.csv", tmp_path / "b.csv"])
    assert [Path(name).name for name, _ in tally.notes] == ["a.csv", "b.csv"]
    assert "“03/04/2025” leaves open" in tally.notes[0][1]
    assert "1 more of this file" in tally.notes[0][1]
    assert "“soon” is not read as a date" in tally.notes[1][1]


def test_what_was_read_before_a_failure_is_kept(database: Database) -> None:
    def rows() -> Iterator[Article]:
        for number in range(40):
            yield article(f"x:{number}", f"Satz Nummer {number}.")
        raise InputError("the table ends in the middle")

    intake = Intake(database)
    with pytest.raises(InputError, match="in the middle"):
        intake.store("file:///t", "t", b"1", rows())
    assert len(Catalog(database).articles()) == 40
    assert intake.tally.counts[Outcome.ADDED] == 40
    assert intake.count_known("file:///t", b"1") is None
