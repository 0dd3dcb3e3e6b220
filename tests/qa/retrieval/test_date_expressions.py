"""Times that questions name, in German and in English."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.retrieval.date_expressions import recognise_dates

MONDAY = date(2026, 11, 23)


def days(text: str) -> list[tuple[str, str, str]]:
    found = recognise_dates(text, MONDAY)
    return [(item.text, str(item.since or ""), str(item.until or "")) for item in found]


@pytest.mark.parametrize(
    ("question", "words", "since", "until"),
    [
        ("Was geschah 2023?", "2023", "2023-01-01", "2023-12-31"),
        ("Was ist seit März neu?", "seit März", "2026-03-01", ""),
        ("was ist seit märz 2025 neu", "seit märz 2025", "2025-03-01", ""),
        ("What is new since March?", "since March", "2026-03-01", ""),
        ("Was geschah letzte Woche?", "letzte Woche", "2026-11-16", "2026-11-22"),
        ("Was geschah vorige Woche?", "vorige Woche", "2026-11-16", "2026-11-22"),
        ("What happened last week?", "last week", "2026-11-16", "2026-11-22"),
        ("Was geschah vergangenes Jahr?", "vergangenes Jahr", "2025-01-01", "2025-12-31"),
        ("Was geschah im letzten Monat?", "letzten Monat", "2026-10-01", "2026-10-31"),
        ("Was tat der Rat in den letzten drei Tagen?", "letzten drei Tagen", "2026-11-20",
         "2026-11-23"),
        ("What was said before the election of 2024?", "before the election of 2024", "",
         "2024-12-31"),
        ("Was hieß es vor der Wahl 2024?", "vor der Wahl 2024", "", "2024-12-31"),
        ("Was stand vor 2020 dort?", "vor 2020", "", "2019-12-31"),
        ("What came after 2023?", "after 2023", "2024-01-01", ""),
        ("Was galt bis Ende 2024?", "bis Ende 2024", "", "2024-12-31"),
        ("Was geschah am 3.10.2024?", "3.10.2024", "2024-10-03", "2024-10-03"),
        ("Was geschah am 3. Oktober 2024?", "3. Oktober 2024", "2024-10-03", "2024-10-03"),
        ("What happened on October 25, 2024?", "October 25, 2024", "2024-10-25", "2024-10-25"),
        ("Was steht seit 2024-10-25 fest?", "seit 2024-10-25", "2024-10-25", ""),
        ("Wer kam zwischen Mai 2022 und Juni 2023?", "zwischen Mai 2022 und Juni 2023",
         "2022-05-01", "2023-06-30"),
        ("from 3 May 2024 to 5 June 2024?", "from 3 May 2024 to 5 June 2024", "2024-05-03",
         "2024-06-05"),
        ("Wer kam vor drei Tagen?", "vor drei Tagen", "2026-11-20", "2026-11-20"),
        ("Who came three days ago?", "three days ago", "2026-11-20", "2026-11-20"),
        ("Was war gestern?", "gestern", "2026-11-22", "2026-11-22"),
        ("Wer siegte in den 1990ern? Die 1990er?", "1990er", "1990-01-01", "1999-12-31"),
        ("Was geschah am 5.5.?", "5.5.", "2026-05-05", "2026-05-05"),
        ("Was geschah am 24.12.?", "24.12.", "2025-12-24", "2025-12-24"),
        ("Was gilt seit dem 3.10.?", "seit dem 3.10.", "2026-10-03", ""),
        ("Was war vor dem 05.06.24?", "vor dem 05.06.24", "", "2024-06-04"),
        ("Was geschah am 31.12.99?", "31.12.99", "1999-12-31", "1999-12-31"),
        ("Was geschah vom 3.10. bis 5.10.?", "vom 3.10. bis 5.10.", "2026-10-03", "2026-10-05"),
        ("What happened between March and May 2023?", "between March and May 2023", "2023-03-01",
         "2023-05-31"),
        ("Was geschah von November bis Februar 2024?", "von November bis Februar 2024",
         "2023-11-01", "2024-02-29"),
        ("Was geschah zwischen März und Mai?", "zwischen März und Mai", "2026-03-01",
         "2026-05-31"),
        ("What happened March-May 2023?", "March-May 2023", "2023-03-01", "2023-05-31"),
        ("Was lief vom 3. bis zum 5. Mai 2024?", "vom 3. bis zum 5. Mai 2024", "2024-05-03",
         "2024-05-05"),
        ("Was gab es 2019–2021?", "2019–2021", "2019-01-01", "2021-12-31"),
        ("Was war im Mai letzten Jahres?", "Mai letzten Jahres", "2025-05-01", "2025-05-31"),
        ("What happened in May of last year?", "May of last year", "2025-05-01", "2025-05-31"),
        ("Was war im Mai dieses Jahres?", "Mai dieses Jahres", "2026-05-01", "2026-05-31"),
        ("Was galt seit Mai letzten Jahres?", "seit Mai letzten Jahres", "2025-05-01", ""),
        ("Wer siegte in den 90er Jahren?", "90er Jahren", "1990-01-01", "1999-12-31"),
        ("Who won in the 90s?", "the 90s", "1990-01-01", "1999-12-31"),
        ("Was kam letzten Dezember?", "letzten Dezember", "2025-12-01", "2025-12-31"),
    ],
)  # fmt: skip
def test_times(question: str, words: str, since: str, until: str) -> None:
    assert days(question) == [(words, since, until)]
    (found,) = recognise_dates(question, MONDAY)
    assert question[found.start :].startswith(found.text)


@pytest.mark.parametrize(
    "question",
    [
        "",
        "Wie teuer war die Fähre?",
        "Was kostet 2000 Euro?",
        "Wohnen dort 2000 Menschen?",
        "Was sagte die Frau vor dem Rathaus?",
        "Who may march?",
        "Zimmer 2024b im Haus 12024",
        "Was geschah am 31. Februar 2024?",
        "Was geschah am 99.99.2024 und 2024-13-45x?",
        "Gilt 1:2024 oder 2.024?",
        "Was geschah am 31.2. und am 40.10.24?",
        "Was sagten May and June?",
        "Kostet es 2024 Cent, und kamen 2023 Teilnehmer?",
        "Sind es 5 bis 3. Mai?",
        "Version 3.10. von 90er-Jahre-Musik",
    ],
)
def test_no_times(question: str) -> None:
    assert days(question) == []


def test_several_times_come_in_order() -> None:
    assert [words for words, _, _ in days("Was war 2021, was seit 2023?")] == ["2021", "seit 2023"]


@given(
    st.text(max_size=60)
    | st.from_regex(r"(seit|vor|am) \d{1,2}\.\d{1,2}\.\d{4} \w*", fullmatch=True)
)
def test_any_question_is_read(question: str) -> None:
    for found in recognise_dates(question, MONDAY):
        assert question[found.start : found.start + len(found.text)] == found.text
        assert found.since or found.until
        assert found.since is None or found.until is None or found.since <= found.until
