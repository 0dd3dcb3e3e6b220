"""Plain text, and what cannot be read at all."""

import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article, Role
from corpus.errors import EmptyInput, InputError, UnknownFormat
from corpus.readers import SUFFIXES, read

SENTENCE = "Der Rat der Stadt hat am Montag über die neue Brücke beraten. "


def one(text: str, name: str = "datei.txt") -> Article:
    [article] = read(text.encode(), name, uri="file:///datei.txt")
    return article


def texts(article: Article) -> list[str]:
    return [article.paragraph_text(p) for p in article.paragraphs]


def test_head_of_a_copied_text() -> None:
    article = one(
        "Talkurier\nPolitik  Sport  Anmelden\nVeröffentlicht in Region\n"
        "Brücke wird teurer als geplant\nVon Anna Beispiel | Stand: 25.10.2024, 14:03 Uhr\n"
        f"https://talkurier.example/bruecke\n{SENTENCE * 2}\n{SENTENCE * 3}\nQuelle: dpa"
    )
    assert article.title == "Brücke wird teurer als geplant"
    assert article.authors == ("Anna Beispiel",)
    assert str(article.published) == "2024-10-25"
    assert (article.source, article.section) == ("Talkurier", "Region")
    assert article.url == "https://talkurier.example/bruecke"
    assert [p.role for p in article.paragraphs if p.role in (Role.LEAD, Role.BODY)] == [
        Role.LEAD,
        Role.BODY,
    ]


def test_wrapped_lines_are_joined() -> None:
    article = one(
        "Der Rat der Stadt hat am Montag über die neue Brücke beraten und will\n"
        "sie im kommenden Jahr bauen lassen, wenn das Geld vom Land bis dahin\n"
        "da ist.\n\n"
        "Die Kosten sind noch offen, aber sie steigen, wie ein Gutachten zeigt,\n"
        "das am Dienstag vorgestellt wird.\n"
    )
    assert [len(text.split("\n")) for text in texts(article)] == [1, 1]
    assert texts(article)[0].endswith("wenn das Geld vom Land bis dahin da ist.")


STORY = (
    "Die Stadt baut eine neue Fußgängerbrücke über die Aller. Sie soll 2,3 Millionen Euro kosten, "
    "sagte Bauamtsleiter Heiner Vogt dem Ausschuss. Die Strecke gilt als Lückenschluss für den "
    "Verkehr mit dem Rad. Die bisherige Konstruktion aus Holz ist seit Jahren baufällig."
)
OTHER = (
    "Der Rat will im Herbst entscheiden, wie es mit dem Bau weitergeht, sobald das Land die Hälfte "
    "der Kosten zugesagt hat. Bis dahin bleibt der alte Weg gesperrt, auch für Fußgänger."
)


@pytest.mark.parametrize("width", range(28, 141))
@pytest.mark.parametrize("between", ["\n\n", "\n"], ids=["blank line", "none"])
def test_lines_of_any_width_are_joined(width: int, between: str) -> None:
    wrapped = [textwrap.fill(part, width) for part in (STORY, OTHER, STORY)]
    found = texts(one(f"Neue Brücke\n\n{between.join(wrapped)}\n"))
    if between == "\n\n":
        assert found == ["Neue Brücke", STORY, OTHER, STORY]
    else:  # a last line that happens to be full ends no paragraph
        assert " ".join(found) == f"Neue Brücke {STORY} {OTHER} {STORY}"


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        ("eine neue Fuß-\ngängerbrücke", "eine neue Fußgängerbrücke"),
        ("die alte Holz-\nund Stahlbrücke", "die alte Holz- und Stahlbrücke"),
        ("die neue Nord-Süd-\nVerbindung", "die neue Nord-Süd-Verbindung"),
        ("die neue Ein-\noder Ausfahrt", "die neue Ein- oder Ausfahrt"),
        ("wird im Som¬\nmer gebaut", "wird im Sommer gebaut"),
    ],
)
def test_divided_words(lines: str, joined: str) -> None:
    text = textwrap.fill(STORY, 34) + "\nDer Rat sah " + lines + " dann vor.\n"
    assert texts(one(f"Neue Brücke\n\n{text}"))[-1].endswith(f"Der Rat sah {joined} dann vor.")


@pytest.mark.parametrize(
    "text",
    [
        "Mehl\nzwei Eier\nein halber Liter Milch\neine Prise Salz\nButter für die Pfanne",
        "Bürgermeisterin gewählt\nBad öffnet wieder\nBrücke bleibt länger gesperrt\nNeue Busse",
        "* ein Ei\n* zwei Löffel Mehl\n* ein Liter Milch\n* etwas Salz",
    ],
)
def test_short_lines_stay_lines(text: str) -> None:
    found = texts(one(f"Was wir brauchen\n\n{text}\n\n{SENTENCE}"))
    assert len(found) == text.count("\n") + 3


def test_a_poem_keeps_its_lines() -> None:
    poem = (
        "Am Ufer liegt ein alter Kahn,\ndas Wasser leckt daran,\nund keiner, keiner\nkommt heran."
    )
    assert poem in texts(one(f"Der Kahn\n\n{poem}\n\n{SENTENCE}"))


def test_the_name_is_the_title_where_the_text_has_none() -> None:
    assert one(SENTENCE * 4, "press/seilbahn_im-tal.txt").title == "seilbahn im-tal"


@pytest.mark.parametrize(
    ("data", "name", "error", "reason"),
    [
        (b"", "a.txt", EmptyInput, "empty"),
        (b" \n\t\n", "a.txt", EmptyInput, "blanks"),
        (b"\x00" * 64, "a.txt", EmptyInput, "blanks"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "a.txt", InputError, "picture is damaged"),
        (b"PK\x03\x04\x14\x00", "a.txt", InputError, "archive is damaged"),
        (b"%PDF-1.7", "a.pdf", InputError, "PDF is damaged"),
        (b"some text", "a.xyz", UnknownFormat, r"no reader for \.xyz .* \.txt"),
        (bytes((i * 7919 + i // 3) % 256 for i in range(4000)), "a.txt", UnknownFormat, "no text"),
    ],
)
def test_refusals_say_why(data: bytes, name: str, error: type[Exception], reason: str) -> None:
    with pytest.raises(error, match=reason):
        list(read(data, name, uri="u"))


def test_content_comes_before_the_name() -> None:
    [article] = read(
        b"<!DOCTYPE html><html><body><p>Hallo Welt.</p></body></html>", "a.txt", uri="u"
    )
    assert article.text == "Hallo Welt."
    assert {".txt", ".html", ".md", ".jsonl"} <= SUFFIXES


@given(st.text(max_size=400), st.sampled_from(["a.txt", "a.md", "a.html", "a"]))
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    try:
        articles = list(read(text.encode("utf-8", "replace"), name, uri="u"))
    except (EmptyInput, UnknownFormat):
        return
    for article in articles:
        for paragraph in article.paragraphs:
            assert article.paragraph_text(paragraph).strip()


@pytest.mark.parametrize(
    "unit",
    [
        SENTENCE * 4 + "\n\n",
        "Eine kurze Zeile\n",
        "Wer kommt da?\n",
        f"{SENTENCE * 2}\n\nKopf der Box\nEin kurzer Satz steht hier drin.\nFoto: dpa\n\n",
        "x",
        "„",
        "- ",
    ],
    ids=["paragraphs", "lines", "questions", "teasers", "letters", "quotes", "dashes"],
)
def test_time_grows_with_the_length_only(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        begin = time.process_time()
        one(text)
        return time.process_time() - begin

    seconds(1000)
    small = min(seconds(20_000) for _ in range(3))
    # The best of three here too: the collector of garbage counts as time of whoever it meets,
    # and goes through all that earlier tests have left.
    assert any(seconds(160_000) < 8 * 3 * max(small, 0.01) for _ in range(3))
