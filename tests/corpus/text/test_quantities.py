"""Dates, numbers, times and units: tables of what is read, and what holds for any text."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.quantities import (
    LONG_MONTHS,
    MONTHS,
    Number,
    Order,
    Pair,
    PartialDate,
    Time,
    Value,
    Weekday,
    blank_quantities,
    date_order,
    find_date,
    find_quantities,
    german_number,
    leading_date,
    month_name,
    order_of,
    parse_number,
    timestamp_date,
    unclear_date,
)

TODAY = date(2026, 11, 29)
DAYS = st.dates(date(1600, 1, 1), date(2199, 12, 31))


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-10-25", date(2024, 10, 25)),
        ("2024-10-25T23:10:00+02:00", date(2024, 10, 25)),
        ("2026.02.07", date(2026, 2, 7)),
        ("2026.07.16", date(2026, 7, 16)),
        ("2026/02/07", date(2026, 2, 7)),
        ("20260207", date(2026, 2, 7)),
        ("20260207T101500Z", date(2026, 2, 7)),
        ("7.2.2026", date(2026, 2, 7)),
        ("07. 02. 2026", date(2026, 2, 7)),
        ("So.7.2.2026", date(2026, 2, 7)),
        ("7.2.26", date(2026, 2, 7)),
        ("7. 2. 26", date(2026, 2, 7)),
        ("7.2.27", date(1927, 2, 7)),
        ("05.08.68", date(1968, 8, 5)),
        ("Ausgabe 4711/26.06.2025", date(2025, 6, 26)),
        ("7.Februar 2026", date(2026, 2, 7)),
        ("7. Feber 2026", date(2026, 2, 7)),
        ("9. Jänner 2026", date(2026, 1, 9)),
        ("9. Maerz 2026", date(2026, 3, 9)),
        ("9. Mrz. 2026", date(2026, 3, 9)),
        ("9. märz 2026", date(2026, 3, 9)),
        ("7 Feb 2026", date(2026, 2, 7)),
        ("07-Feb-2026", date(2026, 2, 7)),
        ("Feb. 7, 2026", date(2026, 2, 7)),
        ("February 7th, 2026", date(2026, 2, 7)),
        ("the 7th of February 2026", date(2026, 2, 7)),
        ("Sat, 07 Feb 2026 10:00:00 GMT", date(2026, 2, 7)),
        ("17/04/2025", date(2025, 4, 17)),
        ("04/17/2025", date(2025, 4, 17)),
        ("17-04-2025", date(2025, 4, 17)),
        ("05/05/2025", date(2025, 5, 5)),
    ],
)
def test_a_date_is_read_in_each_form(text: str, day: date) -> None:
    assert find_date(text, today=TODAY) == day
    assert find_date(f"Stand: {text}", today=TODAY) == day


@pytest.mark.parametrize(
    "text",
    ["", "Heute", "im Mai", "Mai 2026", "31.02.2026", "2026-13-01", "40.1.2026", "12345678",
     "1899123", "17/17/2025", "00/04/2025", "0.0.2026", "3,5 Mai 2026", "Version 1.2.3.2026"],
)  # fmt: skip
def test_what_is_no_date_is_not_read(text: str) -> None:
    assert find_date(text, "DMY", TODAY) is None
    assert unclear_date(text) == ""


@pytest.mark.parametrize("text", ["03/04/2025", "03-04-2025", "3/4/2025"])
def test_day_and_month_are_told_apart_by_their_order_alone(text: str) -> None:
    assert find_date(text) is None
    assert unclear_date(f"am {text}, 9 Uhr") == text
    assert find_date(text, "DMY") == date(2025, 4, 3)
    assert find_date(text, "MDY") == date(2025, 3, 4)
    assert leading_date(f"{text}. Mehr") == (None, len(text))


def test_the_first_date_decides_even_where_it_is_unclear() -> None:
    assert find_date("03/04/2025, aktualisiert am 17.04.2025") is None


@pytest.mark.parametrize(
    ("texts", "order"),
    [
        (["03/04/2025", "17/04/2025"], "DMY"),
        (["03/04/2025", "04/17/2025"], "MDY"),
        (["03/04/2025"], None),
        (["17/04/2025", "04/17/2025"], None),
        ([], None),
    ],
)
def test_other_dates_show_the_order(texts: list[str], order: Order | None) -> None:
    assert date_order(texts) == order


@pytest.mark.parametrize(
    ("tag", "order"),
    [("de", "DMY"), ("de-CH", "DMY"), ("en-US", "MDY"), ("en_GB", "DMY"), ("fr", "DMY"),
     ("en", None), ("en-CA", None), ("und-uk", "DMY"), ("und-us", "MDY"), ("und", None),
     ("", None)],
)  # fmt: skip
def test_the_order_of_a_language_or_country(tag: str, order: Order | None) -> None:
    assert order_of(tag) == order


def test_seconds_and_milliseconds() -> None:
    assert timestamp_date(1770422400) == date(2026, 2, 7)
    assert timestamp_date(1770422400000) == date(2026, 2, 7)
    assert timestamp_date(20260207 / 100) is None
    assert timestamp_date(1e30) is None


def test_month_names_are_babels_and_what_people_write() -> None:
    assert {MONTHS[name] for name in ("märz", "maerz", "mrz", "mär", "mar", "march")} == {3}
    assert MONTHS["jän"] == LONG_MONTHS["jänner"] == LONG_MONTHS["januar"] == 1
    assert set(MONTHS.values()) == set(LONG_MONTHS.values()) == set(range(1, 13))
    assert (month_name(10, "de"), month_name(10, "en"), month_name(10, "xx")) == (
        "Oktober", "October", "October",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "language", "values"),
    [
        ("am 7.2. kamen 200 Gäste", "de", [PartialDate(None, 2, 7), Number(200, "gäste")]),
        ("seit 1897", "de", [PartialDate(1897)]),
        ("1897 Stimmen", "de", [Number(1897, "stimmen")]),
        ("im Oktober", "de", [PartialDate(None, 10)]),
        ("May the bridge open?", "en", []),
        ("5 may come", "en", [Number(5, "may")]),
        ("Jan Holm kam", "de", []),
        ("1 200 Franken, CHF 40, 1’500 Fr.", "de",
         [Number(1200, "CHF"), Number(40, "CHF"), Number(1500, "CHF")]),
        ("2020 300 Boote", "de", [Number(2020), Number(300, "boote")]),
        ("3,2 Mrd. Euro", "de", [Number(3.2e9, "EUR")]),
        ("$2bn, £5k, €2.3m", "en", [Number(2e9, "USD"), Number(5e3, "GBP"), Number(2.3e6, "EUR")]),
        ("4.62 m", "de", [Number(4.62, "m")]),
        ("2 Billionen", "de", [Number(2e12)]),
        ("2 billion", "en", [Number(2e9)]),
        ("70 km/h", "de", [Number(70, "km/h")]),
        ("5 per cent", "en", [Number(5, "%")]),
        ("siebzehn Boote", "de", [Number(17, "boote")]),
        ("two hundred and fifty homes", "en", [Number(250, "homes")]),
        ("vier Euro achtzig Cent", "de", [Number(4.8, "EUR")]),
        ("siegte 3:2 am Sonntag", "de", [Pair(2, 3), Weekday(6)]),
        ("um 9 Uhr und 14.30 Uhr", "de", [Time(9), Time(14, 30)]),
        ("at 3 am", "en", [Time(3)]),
        ("am 03/04/2025", "de", []),
    ],
)  # fmt: skip
def test_quantities_of_running_text(text: str, language: str, values: list[Value]) -> None:
    assert [item.value for item in find_quantities(text, language)] == values


@pytest.mark.parametrize("text", ["", "Es regnet.", "It may rain.", "Hund und Stunde"])
def test_text_without_quantities(text: str) -> None:
    assert find_quantities(text, "de") == find_quantities(text, "en") == ()


@pytest.mark.parametrize(
    ("digits", "german", "english"),
    [
        ("1.500", 1500, 1.5),
        ("1,500", 1.5, 1500),
        ("1.234.567", 1234567, 1234567),
        ("1,234,567.5", 1234567.5, 1234567.5),
        ("1.234,5", 1234.5, 1234.5),
        ("12.50", 12.5, 12.5),
        ("1’500", 1500, 1500),
        ("7", 7, 7),
    ],
)
def test_digits_are_read_as_their_language_writes_them(
    digits: str, german: float, english: float
) -> None:
    assert (parse_number(digits, "de"), parse_number(digits, "en")) == (german, english)


def test_german_number_words() -> None:
    words = {"elf": 11, "hundert": 100, "zweitausenddreihundertvier": 2304, "neunundneunzig": 99}
    assert {word: german_number(word) for word in words} == words
    assert [german_number(word) for word in ("und", "zehnte", "", "rundum")] == [None] * 4


@given(DAYS, st.sampled_from(["de", "en"]))
def test_a_written_date_is_read_back(day: date, language: str) -> None:
    dot = "." if language == "de" else ""
    forms = [
        day.isoformat(),
        f"{day.day}. {day.month}. {day.year}",
        f"{day.year}/{day.month:02}/{day.day:02}",
        f"{day.day}{dot} {month_name(day.month, language)} {day.year}",
    ]
    for form in forms:
        assert find_date(form) == day
        assert leading_date(f"{form}: mehr") == (day, len(form))


@given(DAYS, st.sampled_from(["DMY", "MDY"]))
def test_a_date_with_strokes_is_read_in_its_order(day: date, order: Order) -> None:
    one, two = (day.day, day.month) if order == "DMY" else (day.month, day.day)
    assert find_date(f"{one:02}/{two:02}/{day.year}", order) == day


@given(st.integers(1, 28), st.integers(1, 12), st.integers(0, 99), DAYS)
def test_two_digits_never_name_a_later_year(day: int, month: int, year: int, today: date) -> None:
    found = find_date(f"{day}.{month}.{year:02}", today=today)
    assert found is not None
    assert found.year % 100 == year
    assert today.year - 100 < found.year <= today.year


@given(st.integers(0, 999_999))
def test_a_grouped_number_is_read_back(number: int) -> None:
    english = f"{number:,}"
    assert parse_number(english, "en") == parse_number(english.replace(",", "."), "de") == number


TEXTS = st.text(
    st.sampled_from("0123456789 .,:/-–'€$%abdeimnrtu MJä\n") | st.characters(), max_size=60
)


@given(TEXTS, st.sampled_from(["de", "en", "fr", "und"]))
def test_quantities_stand_where_they_say_and_do_not_overlap(text: str, language: str) -> None:
    end = 0
    for item in find_quantities(text, language):
        assert item.start >= end
        assert text[item.start : item.end] == item.text
        end = item.end
    assert len(blank_quantities(text, language)) == len(text)


@given(TEXTS)
def test_dates_never_fail(text: str) -> None:
    find_date(text)
    day, length = leading_date(text)
    assert length <= len(text)
    assert day is None or length
