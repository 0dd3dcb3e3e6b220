"""Markdown with and without front matter."""

from datetime import date

import pytest

from corpus.article import ANSWERING_ROLES, Article, Role
from corpus.errors import EmptyInput
from corpus.readers import read

BODY = "Der Rat hat am *Montag* über die [Brücke](https://x.example) beraten und `3` Wege gesehen."


def one(text: str, name: str = "a.md") -> Article:
    [article] = read(text.encode(), name, uri="file:///a.md")
    return article


def test_front_matter() -> None:
    article = one(
        "---\ntitle: Die Brücke\nauthor: Anna Beispiel und Max Muster\ndate: 2024-10-25\n"
        "source: Talkurier\nsection: Region\nurl: https://talkurier.example/b\nlang: de\n"
        f"uri: urn:b\n---\n{BODY}\n"
    )
    assert (article.title, article.uri) == ("Die Brücke", "urn:b")
    assert article.authors == ("Anna Beispiel", "Max Muster")
    assert (article.published, article.source) == (date(2024, 10, 25), "Talkurier")
    assert (article.section, article.url) == ("Region", "https://talkurier.example/b")
    assert article.text == "Der Rat hat am Montag über die Brücke beraten und 3 Wege gesehen."


def test_a_day_of_the_month_is_no_number_of_a_list() -> None:
    article = one(
        "# Kalender\n\n1. Januar 2026 ist ein Feiertag.\n\n1. Zuerst rühren\n2. Dann backen\n"
    )
    texts = [article.paragraph_text(p) for p in article.paragraphs][1:]
    assert texts == ["1. Januar 2026 ist ein Feiertag.", "Zuerst rühren", "Dann backen"]


@pytest.mark.parametrize(
    ("front", "day"),
    [
        ("date: 03/04/2025\nlang: de", date(2025, 4, 3)),
        ("date: 03/04/2025\nlang: en-US", date(2025, 3, 4)),
        ("date: 3. Feber 2025", date(2025, 2, 3)),
        ("date: 20250403", date(2025, 4, 3)),
    ],
)
def test_dates_of_the_front_matter(front: str, day: date) -> None:
    article = one(f"---\n{front}\n---\n{BODY}\n")
    assert (article.published, article.unread) == (day, ())


def test_a_date_that_cannot_be_read_is_told() -> None:
    article = one("---\ndate: 03/04/2025\n---\nIt rains in the harbour town today, they said.\n")
    assert (article.published, article.unread) == (None, ("03/04/2025",))


def test_structure() -> None:
    article = one(
        f"# Die Brücke\n\n{BODY}\n\n## Kosten\n\n- 3 Millionen Euro\n- 2 Jahre\n\n"
        "> Ein Zitat.\n\n| Jahr | Gäste |\n|---|---|\n| 2023 | 41.000 |\n"
    )
    assert article.title == "Die Brücke"
    assert [article.paragraph_text(p) for p in article.paragraphs][2:] == [
        "Kosten",
        "3 Millionen Euro",
        "2 Jahre",
        "Ein Zitat.",
        "Jahr: 2023; Gäste: 41.000",
    ]
    assert article.paragraphs[2].role is Role.HEADING
    assert {p.heading for p in article.paragraphs[3:]} == {"Kosten"}


@pytest.mark.parametrize(
    "front", ["- a\n- b", "title: [", "date: 2024-13-45", "a: &a [x]\nb: *c"], ids=str
)
def test_strange_front_matter_does_no_harm(front: str) -> None:
    assert BODY[:7] in one(f"---\n{front}\n---\n\n{BODY}").text


@pytest.mark.parametrize(
    "title", ["Feuer in Fabrik: mehr Verletzte", '"Mehr Licht" fordert der Rat', "@Rat: was nun?"]
)
def test_headlines_in_front_matter_need_no_quotes(title: str) -> None:
    article = one(f"---\ntitle: {title}\ndate: 2024-10-25\nsource: Talkurier\n---\n\n{BODY}")
    assert (article.title, article.source) == (title, "Talkurier")
    assert article.published == date(2024, 10, 25)
    assert article.text.startswith("Der Rat")


def test_only_front_matter_is_empty() -> None:
    with pytest.raises(EmptyInput, match="no text"):
        one("---\ntitle: x\n---\n")


def test_footnotes_lose_their_marks() -> None:
    (article,) = read(
        b"# Bad\n\nDas Bad ist offen.[^1] Es ist warm.\n\n[^1]: Seit Mai.\n", "a.md", uri="x"
    )
    answering = [article.paragraph_text(p) for p in article.paragraphs if p.role in ANSWERING_ROLES]
    assert answering == ["Das Bad ist offen. Es ist warm.", "Seit Mai."]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("kostet ~~12~~ 15 Millionen", "kostet 15 Millionen"),
        ("kostet <del>12 *und*</del> 15 <s>Euro</s>", "kostet 15"),
        ("kostet 45<sup>2</sup> Millionen auf 40 m<sup>2</sup>", "kostet 45 Millionen auf 40 m²"),
        ("CO<sub>2</sub> und <q>ja</q><wbr>doch", "CO₂ und “ja”doch"),
        ("in [[Rehna|Rehna-Süd]] bei [[Roden]]", "in Rehna-Süd bei Roden"),
        ("offen %%Quelle schützen%% und ==wichtig==", "offen und wichtig"),
        ("ist 3 == 3 und 100 %% mehr", "ist 3 == 3 und 100 %% mehr"),
    ],
)
def test_markup_in_running_text(text: str, read: str) -> None:
    assert one(f"Der Bau {text}.\n").text == f"Der Bau {read}."


def test_html_between_paragraphs_is_read_as_html() -> None:
    table = "<table><tr><th>Ort</th><th>Gäste</th></tr><tr><td>Roden</td><td>9</td></tr></table>"
    article = one(f"{BODY}\n\n{table}\n\n- [x] Foto besorgt\n")
    assert article.text.endswith("Ort: Roden; Gäste: 9\n\nFoto besorgt")
