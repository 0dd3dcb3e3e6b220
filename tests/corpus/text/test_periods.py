"""When what a sentence tells was, counted from the day on which it was printed."""

from datetime import date

import pytest

from corpus.text.quantities.periods import find_periods

THURSDAY = date(2025, 6, 19)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("Der Damm brach am 3. Mai 2024.", "2024-05-03", "2024-05-03"),
        ("Der Damm war im Mai 2024 gebrochen.", "2024-05-01", "2024-05-31"),
        ("Der Damm brach Ende Mai 2024.", "2024-05-21", "2024-05-31"),
        ("Das Fest läuft vom 5. bis 7. Juli.", "2025-07-05", "2025-07-07"),
        ("In der Nacht zum Dienstag brannte es.", "2025-06-17", "2025-06-17"),
        ("Am Donnerstagmorgen brannte es.", "2025-06-19", "2025-06-19"),
        ("Am vergangenen Donnerstag brannte es.", "2025-06-12", "2025-06-12"),
        ("Am Montag will der Rat entscheiden.", "2025-06-23", "2025-06-23"),
        ("Nach Angaben vom Montag will der Rat entscheiden.", "2025-06-16", "2025-06-16"),
        ("Im Kanal sollen am 1. Mai 600 Liter geflossen sein.", "2025-05-01", "2025-05-01"),
        ("Im Herbst soll die Halle öffnen.", "2025-09-01", "2025-11-30"),
        ("Sie war im Herbst geschlossen worden.", "2024-09-01", "2024-11-30"),
        ("Die Halle öffnet am 12. Juli.", "2025-07-12", "2025-07-12"),
        ("Am 19. November hatten alle gewählt.", "2024-11-19", "2024-11-19"),
        ("Am Wochenende starben Fische.", "2025-06-14", "2025-06-15"),
        ("Im vergangenen Jahr kamen 40 Gäste.", "2024-01-01", "2024-12-31"),
        ("Gestern wurde gewählt.", "2025-06-18", "2025-06-18"),
        ("Vor drei Tagen wurde gewählt.", "2025-06-16", "2025-06-16"),
        ("The dam broke on Tuesday evening.", "2025-06-17", "2025-06-17"),
        ("The dam broke in spring 2024.", "2024-03-01", "2024-05-31"),
        ("The dam broke in early 2024.", "2024-01-01", "2024-04-30"),
        ("The ruin was a castle in the year 843.", "0843-01-01", "0843-12-31"),
        ("Im zweiten Quartal 2024 fiel der Umsatz.", "2024-04-01", "2024-06-30"),
        ("Sales fell in the fourth quarter of 2023.", "2023-10-01", "2023-12-31"),
        ("Im dritten Quartal fiel der Umsatz.", "2024-07-01", "2024-09-30"),
        ("Im dritten Quartal soll die Halle öffnen.", "2025-07-01", "2025-09-30"),
        ("Im 1. Halbjahr 2024 kamen 40 Gäste.", "2024-01-01", "2024-06-30"),
        ("Die Anlage soll Ende 2041 laufen.", "2041-09-01", "2041-12-31"),
    ],
)
def test_days_are_read(text: str, first: str, last: str) -> None:
    (period,) = find_periods(text, THURSDAY)
    assert (period.first, period.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert text[period.start :].startswith(period.text)


@pytest.mark.parametrize(
    "text",
    [
        "In the second half they scored.",
        "Der heute 53-Jährige schweigt.",
        "Bis heute schweigt er.",
        "Vier Tage nach dem Feuer.",
    ],
)
def test_what_names_no_day_is_left_out(text: str) -> None:
    assert find_periods(text, THURSDAY) == ()


def test_vague_words_are_uncertain() -> None:
    (weeks,) = find_periods("Vor zwei Wochen brannte es.", THURSDAY)
    assert (weeks.first, weeks.last) == (date(2025, 6, 2), date(2025, 6, 8))
    assert not weeks.certain
    (probably,) = find_periods("Der Rat entscheidet voraussichtlich im September.", THURSDAY)
    assert (probably.first, probably.certain) == (date(2025, 9, 1), False)


def test_ends_and_asides_are_told_apart_from_events() -> None:
    (end,) = find_periods("Das Verbot gilt bis zum 15. August.", THURSDAY)
    assert (end.until, end.first) == (True, date(2025, 8, 15))
    (aside,) = find_periods("Die im Januar genannten 40 Stellen bleiben.", THURSDAY)
    assert aside.aside


def test_without_the_day_of_printing_only_whole_dates_count() -> None:
    text = "Am Dienstag und am 4. Mai, im Jahr 2019 und am 3. März 2020."
    assert [item.first for item in find_periods(text, None)] == [date(2019, 1, 1), date(2020, 3, 3)]
