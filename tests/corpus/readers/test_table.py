"""Tables: one article a row, or one paragraph a row."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from corpus.article import Article, Role
from corpus.errors import EmptyInput, InputError
from corpus.readers import ReadOptions, read

Reader = Callable[..., list[Article]]


def lines(*rows: Any) -> bytes:
    return "\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows).encode()


def rows(data: bytes, name: str = "t.jsonl", **options: Any) -> list[Article]:
    return list(read(data, name, uri="file:///t.jsonl", options=ReadOptions(**options)))


def test_one_article_a_row() -> None:
    [article] = rows(
        lines(
            {
                "uri": "urn:1",
                "url": "https://t.example/1",
                "title": "Die Brücke",
                "text": "Ein Absatz.\n\nNoch einer.",
                "published": "2024-10-25T08:00:00Z",
                "modified": "2024-10-26",
                "source": "Talkurier",
                "section": "Region",
                "authors": ["Anna Beispiel", {"name": "Max Muster"}],
                "language": "de-DE",
            }
        )
    )
    assert (article.uri, article.url, article.title) == (
        "urn:1",
        "https://t.example/1",
        "Die Brücke",
    )
    assert [article.paragraph_text(p) for p in article.paragraphs] == ["Ein Absatz.", "Noch einer."]
    assert (str(article.published), str(article.modified)) == ("2024-10-25", "2024-10-26")
    assert (article.source, article.section) == ("Talkurier", "Region")
    assert article.authors == ("Anna Beispiel", "Max Muster")
    assert article.language == "de"


@pytest.mark.parametrize(
    ("row", "uri", "url"),
    [
        ({"text": "x"}, "file:///t.jsonl#1", ""),
        ({"text": "x", "url": "https://t.example/1"}, "https://t.example/1", "https://t.example/1"),
        ({"text": "x", "uri": "ftp://a/b#c"}, "ftp://a/b#c", ""),
        ({"text": "x", "uri": 17}, "17", ""),
    ],
)
def test_uris(row: dict[str, Any], uri: str, url: str) -> None:
    [article] = rows(lines(row))
    assert (article.uri, article.url) == (uri, url)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("25.10.2024", "2024-10-25"),
        ("October 25, 2024", "2024-10-25"),
        (1729843200, "2024-10-25"),
        (1729843200000, "2024-10-25"),
        ("1729843200", "2024-10-25"),
        (20241025, "2024-10-25"),
        ("20241025", "2024-10-25"),
        ("2024/10/25", "2024-10-25"),
        ("25/10/2024", "2024-10-25"),
        ("gestern", "None"),
        (None, "None"),
    ],
)
def test_dates(value: Any, day: str) -> None:
    assert str(rows(lines({"text": "x", "published": value}))[0].published) == day


def published(data: bytes, name: str = "t.csv") -> list[str]:
    return [str(article.published) for article in rows(data, name)]


def test_the_dates_of_a_table_say_whether_days_or_months_come_first() -> None:
    head = b"text,published\n"
    assert published(head + b"a,03/04/2025\nb,17/04/2025\n") == ["2025-04-03", "2025-04-17"]
    assert published(head + b"a,03/04/2025\nb,04/17/2025\n") == ["2025-03-04", "2025-04-17"]
    many = b"".join(b"a,03/04/2025\n" for _ in range(500))
    assert published(head + many + b"b,17/04/2025\n")[0] == "2025-04-03"


def test_a_row_says_its_country_and_what_stays_open_is_told() -> None:
    table = (
        b"text,published,language\na,03/04/2025,de\nb,03/04/2025,en-US\n"
        b"c,03/04/2025,en\nd,gestern,de\n"
    )
    articles = rows(table, "t.csv")
    assert [str(article.published) for article in articles] == [
        "2025-04-03",
        "2025-03-04",
        "None",
        "None",
    ]
    assert [article.unread for article in articles] == [(), (), ("03/04/2025",), ("gestern",)]


def test_a_mapping_renames() -> None:
    [article] = rows(
        lines({"headline": "H", "body": "B.", "id": "urn:9"}),
        columns={"title": "headline", "text": "body", "uri": "id"},
    )
    assert (article.title, article.text, article.uri) == ("H", "B.", "urn:9")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"columns": {"title": "nope"}}, "no column 'nope'; columns are headline, prose"),
        ({"group_by": "nope"}, "no column 'nope'; columns are headline, prose"),
        ({}, "no column 'text'; columns are headline, prose.*--map"),
        ({"columns": {"titel": "headline"}}, "no field 'titel'.*title"),
    ],
)
def test_unknown_columns_are_named(options: dict[str, Any], reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        rows(lines({"headline": "H", "prose": "B"}), **options)


def test_one_bad_row_stops_nothing() -> None:
    problems: list[tuple[str, str]] = []
    articles = rows(
        lines(
            {"text": "Eins."},
            '{"text": ',
            {"title": "ohne Text"},
            {"text": 7},
            ["keine", "Zeile"],
            {"text": "  "},
            {"text": "Zwei.", "title": {"a": 1}},
            {"text": "Drei \ud800."},
        ),
        problem=lambda name, reason: problems.append((name, reason)),
    )
    assert [article.text for article in articles] == ["Eins.", "Drei ."]
    assert [name for name, _ in problems] == ["row 2", "row 5", "row 3", "row 4", "row 6", "row 7"]
    reasons = dict(problems)
    assert "no valid JSON" in reasons["row 2"]
    assert "a number, not text" in reasons["row 4"]


@pytest.mark.parametrize("form", ["jsonl", "array", "pretty"])
def test_groups_keep_their_rows_word_for_word(form: str) -> None:
    table = [
        {"a": "x", "title": "X", "part": "1", "text": "Eins\n\nmit Lücke."},
        {"a": "y", "title": "Y", "part": "1", "text": "Newsletter abonnieren!"},
        {"a": "x", "title": "X", "part": "2", "text": " Zwei."},
        {"a": "x", "title": "X", "part": "2", "text": "Foto: dpa"},
    ]
    data = lines(*table) if form == "jsonl" else json.dumps(table, indent=2).encode()
    first, second = rows(
        data,
        "t.jsonl" if form == "jsonl" else "t.json",
        group_by="a",
        columns={"heading": "part"},
    )
    assert (first.uri, first.title) == ("file:///t.jsonl#x", "X")
    assert [(first.paragraph_text(p), p.role, p.heading) for p in first.paragraphs] == [
        ("1", Role.HEADING, ""),
        ("Eins\n\nmit Lücke.", Role.BODY, "1"),
        ("2", Role.HEADING, ""),
        (" Zwei.", Role.BODY, "2"),
        ("Foto: dpa", Role.BODY, "2"),
    ]
    assert [p.role for p in second.paragraphs] == [Role.HEADING, Role.BODY]


def test_a_title_may_be_empty() -> None:
    assert rows(lines({"text": "Ein Satz.", "title": ""}))[0].title == ""


@pytest.mark.parametrize(
    ("data", "name", "error", "reason"),
    [
        (b"[]", "t.json", EmptyInput, "no row"),
        (b"nicht JSON\nauch nicht", "t.jsonl", EmptyInput, "no row"),
        (b"[1, ", "t.json", InputError, "cannot be read"),
        (b"[" * 100_000, "t.json", InputError, "nested too deeply"),
    ],
)
def test_tables_without_rows(data: bytes, name: str, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        rows(data, name, problem=lambda *_: None)


def test_utf16_and_marks() -> None:
    table = lines({"text": "Größe."})
    assert rows(table.decode().encode("utf-16"))[0].text == "Größe."
    assert rows(b"\xef\xbb\xbf" + table)[0].text == "Größe."


def test_an_array_whose_bracket_is_none_in_its_encoding() -> None:
    data = b'["' + b"a" * 64 + b"\xe4\x00" * 500
    with pytest.raises(InputError, match="its encoding is not clear"):
        rows(data, "t.json")
