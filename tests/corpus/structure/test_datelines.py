"""What stands before the first paragraph's text: read where it is certain, and else left."""

from datetime import date

import pytest

from corpus.readers import read
from corpus.structure.datelines import read_dateline

DAY = date(2026, 3, 12)
TEXT = "Das Stadtbad nimmt am Samstag den Betrieb wieder auf."


@pytest.mark.parametrize(
    ("opening", "authors"),
    [
        ("Quellheim, 12. März 2026. Von Tilda Rehbein.", ["Tilda Rehbein"]),
        ("Quellheim, 12.3.2026. Von Dr. Tilda von Rehbein und Arne Loos.",
         ["Dr. Tilda von Rehbein", "Arne Loos"]),
        ("Quellheim, Donnerstag, 12. März 2026 – Von Tilda Rehbein –", ["Tilda Rehbein"]),
        ("Bad Quellheim an der Wend, den 12. März 2026 -", []),
        ("QUELLHEIM (dpa/lno), 12.03.2026 -", []),
        ("Quellheim, 12.03.2026 (eb).", []),
        ("QUELLHEIM, England, 12 March 2026 (Reuters) -", []),
        ("Quellheim, March 12, 2026 — By Tilda Rehbein —", ["Tilda Rehbein"]),
    ],
)  # fmt: skip
def test_a_dateline_gives_day_and_author(opening: str, authors: list[str]) -> None:
    facts = read_dateline(f"{opening} {TEXT}")
    assert facts is not None
    assert (facts.published, facts.authors) == (DAY, authors)


@pytest.mark.parametrize(
    "paragraph",
    [
        # A scene is set with place and day, too.
        "Berlin, 9. November 1989. Die Menge strömt zur Mauer.",
        "Berlin, 9. November 1989. Von überall her strömt die Menge zur Mauer.",
        "Berlin, 9. November 1989. Von Karl Marx war nicht die Rede.",
        "Am Dienstag, 12. März 2026 – Sturm war angesagt – blieb das Bad zu.",
        "Am 12. März 2026 – einem Donnerstag – öffnete das Bad.",
        "Quellheim 12. März 2026 – das war der Plan.",
        "Quellheim, 30. Februar 2026 – Das Stadtbad öffnet.",
        "Quellheim, im März 2026. Von Tilda Rehbein. Das Stadtbad öffnet.",
        "Quellheim (dpa) - Das Stadtbad öffnet am 12. März 2026.",
        "Quellheim, 12. März 2026. Von Tilda Rehbein.",
        "",
    ],
)
def test_what_is_not_certain_gives_nothing(paragraph: str) -> None:
    assert read_dateline(paragraph) is None


def test_a_dateline_is_the_articles_day_and_stays_in_its_text() -> None:
    opening = "Quellheim, 12. März 2026. Von Tilda Rehbein."
    text = f"Stadtbad öffnet wieder\n\n{opening} {TEXT}\n\nDie Halle hat ein neues Dach."
    (article,) = read(text.encode(), "bad.txt", uri="file:///bad.txt")
    assert (article.published, article.authors) == (DAY, ("Tilda Rehbein",))
    assert opening in article.text


def test_a_byline_above_wins_over_the_dateline() -> None:
    text = (
        "Stadtbad öffnet wieder\n\nVon Arne Loos, 13. März 2026\n\n"
        f"Quellheim, 12. März 2026 - {TEXT}\n\nDie Halle hat ein neues Dach."
    )
    (article,) = read(text.encode(), "bad.txt", uri="file:///bad.txt")
    assert (article.published, article.authors) == (date(2026, 3, 13), ("Arne Loos",))
