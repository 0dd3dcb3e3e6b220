"""Days in words, in both languages."""

from datetime import date

import pytest

from corpus.text.quantities.periods import find_periods
from qa.answering.digest.days import write_period


@pytest.mark.parametrize(
    ("text", "german", "english"),
    [
        ("Sie brannte im Sommer 1896 ab.", "Sommer 1896", "summer 1896"),
        ("Sie stand seit dem Winter 2023 leer.", "Winter 2023/24", "winter 2023/24"),
        ("Im Herbst 1950 kam der Bagger.", "Herbst 1950", "autumn 1950"),
        ("Im Frühjahr 2024 wurde gewählt.", "Frühjahr 2024", "spring 2024"),
        ("Im Februar 2024 wurde gewählt.", "Februar 2024", "February 2024"),
        ("Anfang Februar 2024 wurde gewählt.", "Anfang Februar 2024", "early February 2024"),
        ("Mitte Mai 2024 wurde gewählt.", "Mitte Mai 2024", "mid-May 2024"),
        ("Ende Mai 2024 wurde gewählt.", "Ende Mai 2024", "late May 2024"),
        ("Ende 2024 wurde gewählt.", "Ende 2024", "late 2024"),
        ("Im dritten Quartal 2024 fiel er.", "3. Quartal 2024", "Q3 2024"),
        ("Im zweiten Halbjahr 2024 fiel er.", "2. Halbjahr 2024", "second half of 2024"),
        ("Sie war im Jahr 1896 leer.", "1896", "1896"),
        ("Am 3. Mai 1896 brannte es.", "03.05.1896", "3 May 1896"),
    ],
)
def test_what_is_read_is_written_as_it_was(text: str, german: str, english: str) -> None:
    (period,) = find_periods(text, date(2025, 1, 8))
    assert write_period(period.first, period.last, "de") == german
    assert write_period(period.first, period.last, "en") == english


@pytest.mark.parametrize(
    ("first", "last", "german"),
    [
        (date(2024, 4, 1), date(2024, 7, 31), "April–Juli 2024"),
        (date(2023, 11, 1), date(2024, 3, 31), "November 2023–März 2024"),
        (date(2022, 1, 1), date(2024, 12, 31), "2022–2024"),
        (date(2024, 4, 2), date(2024, 7, 31), "02.04.2024–31.07.2024"),
        (date(2024, 5, 1), date(2024, 5, 5), "01.05.2024–05.05.2024"),
        (date(9999, 12, 1), date.max, "Dezember 9999"),
    ],
)
def test_other_stretches_have_a_beginning_and_an_end(first: date, last: date, german: str) -> None:
    assert write_period(first, last, "de") == german
