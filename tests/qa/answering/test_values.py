"""Answers that say the same, and answers that cannot both be true."""

import pytest

from corpus.text.quantities import Number, PartialDate, find_quantities
from qa.answering.values import read_answer, values_of

SAME = [
    ("12. April", "de", "Saturday 12 April 2025", "en"),
    ("2,3 Mio. Euro", "de", "€2.3m", "en"),
    ("siebzehn Boote", "de", "17 Boote", "de"),
    ("CHF 40", "de", "40 Franken", "de"),
    ("um 14.30 Uhr", "de", "at 2:30 pm", "en"),
    ("Friedhelm Quast", "de", "Dr. Quast", "de"),
    ("9. Jänner", "de", "9. Januar 2026", "de"),
]
OTHER = [
    ("48 Stellen", "de", "480 Stellen", "de"),
    ("3 April", "en", "9 May", "en"),
    ("am 3. März 2024", "de", "am 3. März 2025", "de"),
    ("14.30 Uhr", "de", "15.30 Uhr", "de"),
    ("1.500 Boote", "de", "1,5 Boote", "de"),
]
NEITHER = [
    ("48 Stellen", "de", "30. September", "de"),
    ("14,2 Meter", "de", "5 Euro", "de"),
    ("Anna", "de", "Berta", "de"),
    ("1897", "de", "12. April", "de"),
    ("", "de", "", "de"),
]


@pytest.mark.parametrize(("one", "language", "two", "other"), SAME + OTHER + NEITHER)
def test_answers_agree_or_differ_both_ways(one: str, language: str, two: str, other: str) -> None:
    first, second = read_answer(one, language), read_answer(two, other)
    case = (one, language, two, other)
    assert first.agrees(second) == second.agrees(first) == (case in SAME)
    assert first.differs(second) == second.differs(first) == (case in OTHER)


def test_dates_come_before_numbers_and_a_month_alone_last() -> None:
    assert values_of(find_quantities("am 3. Mai 48 Stellen")) == [PartialDate(None, 5, 3)]
    assert values_of(find_quantities("im Mai 48 Stellen")) == [Number(48, "stellen")]
    assert values_of(find_quantities("im Mai")) == [PartialDate(None, 5)]
    assert values_of(find_quantities("3:1")) == [Number(1), Number(3)]
    assert values_of(find_quantities("ein Boot")) == []
