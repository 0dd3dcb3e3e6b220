"""Articles from blocks: exact offsets, and roles measured on labelled documents."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import ANSWERING_ROLES, Article, Role
from corpus.blocks import Block, Metadata
from corpus.readers import read
from corpus.structure.assemble import assemble
from corpus.structure.boilerplate import line_role
from corpus.structure.bylines import read_line

FOLDER = Path(__file__).resolve().parents[2] / "data" / "roles"
DOCUMENTS = sorted(path for path in FOLDER.iterdir() if path.suffix in (".txt", ".html"))
LETTERS = {
    "H": Role.HEADLINE,
    "L": Role.LEAD,
    "G": Role.HEADING,
    "B": Role.BODY,
    "C": Role.CAPTION,
    "S": Role.SOURCE,
    "P": Role.PROMO,
}
LONG = "Der Rat der Stadt hat am Montag über die Brücke beraten und will sie bald bauen. "


def labelled(path: Path) -> tuple[bytes, list[tuple[str, Role]]]:
    """Return the document without its labels, and each label's text."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".txt":
        lines = [line for line in source.splitlines() if line.strip()]
        return (
            re.sub(r"(?m)^[A-Z]\|", "", source).encode(),
            [(line[2:], LETTERS[line[0]]) for line in lines],
        )
    elements = lxml.html.document_fromstring(source).xpath("//*[@data-role][not(self::tr)]")
    return (
        re.sub(r' data-role="\w+"', "", source).encode(),
        [(" ".join(e.text_content().split()), Role(e.get("data-role"))) for e in elements],
    )


def found_role(article: Article, text: str) -> Role | None:
    """Return the role of the paragraph that is this text, or holds it; None if left out."""
    texts = [(" ".join(article.paragraph_text(p).split()), p.role) for p in article.paragraphs]
    exact = [role for own, role in texts if own == text]
    return next(iter(exact or [role for own, role in texts if text in own]), None)


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_no_body_text_is_hidden(path: Path) -> None:
    data, labels = labelled(path)
    [article] = read(data, path.name, uri="test:1")
    for text, role in labels:
        if role in ANSWERING_ROLES:
            assert found_role(article, text) in ANSWERING_ROLES, text


@pytest.mark.parametrize(
    "line",
    [
        "Lesen Sie mehr über die Energiepreise in der Region.",
        "Mehr über den Umbau der Altstadt lesen Sie in unserem Dossier.",
        "Read more about the derby in our archive.",
        "Dieser Beitrag gehört zu unserem Schwerpunkt „Handwerk in Not“.",
        "This article is part of our series on island life.",
        "Video: Ein Rundgang durch die Scheune",
        "Poll: Should medicine be made at home?",
        "Diesen Artikel weiterempfehlen",
        "We will never share your details.",
    ],
)
def test_lines_that_send_the_reader_on_are_promotion(line: str) -> None:
    assert line_role(line) is Role.PROMO


@pytest.mark.parametrize(
    ("line", "author", "day"),
    [
        ("Lindow, 3. Februar 2026. Von Ole Petersen", "Ole Petersen", date(2026, 2, 3)),
        ("KESSIN, 14. Januar 2026 (nda)", "", date(2026, 1, 14)),
        ("Bad Lauten, Montag, 12.3.2026", "", date(2026, 3, 12)),
        ("Morrow, 12 March 2026. By Tess Cole", "Tess Cole", date(2026, 3, 12)),
        ("Dornau | 11. Juni 2026, 10:12 Uhr | Redaktion", "", date(2026, 6, 11)),
        ("Mit Hauke Iversen sprach Wiebke Lorenz", "Wiebke Lorenz", None),
        ("Political editor Grace Holm", "Grace Holm", None),
        ("Dornau (nda)", "", None),
    ],
)
def test_datelines_and_bylines_are_read(line: str, author: str, day: date | None) -> None:
    facts = read_line(line)
    assert facts is not None
    assert (facts.authors, facts.published) == ([author] if author else [], day)


@pytest.mark.parametrize(
    ("line", "body", "day"),
    [
        ("Von Anna Beispiel, 03/04/2025", "Der Rat der Stadt hat am Montag beraten und getagt.",
         date(2025, 4, 3)),
        ("By Anna Sample, 03/04/2025", "The council of the town has talked about it.", None),
        ("By Anna Sample, 03/04/2025, updated 17/04/2025",
         "The council of the town has talked about it for hours.", date(2025, 4, 3)),
        ("Von Anna Beispiel, 3.März 2025", "Der Rat der Stadt hat beraten.", date(2025, 3, 3)),
        ("Von Anna Beispiel, 2025.04.03", "Der Rat der Stadt hat beraten.", date(2025, 4, 3)),
    ],
)  # fmt: skip
def test_a_bylines_date_is_read_in_the_order_of_its_language(
    line: str, body: str, day: date | None
) -> None:
    blocks = [
        Block("Die Brücke", "title"),
        Block(line),
        Block(body),
        Block(body + " Danach war Ruhe."),
    ]
    article = assemble(blocks, uri="x:1")
    assert article.authors
    assert (article.published, article.unread) == (day, () if day else ("03/04/2025",))


@pytest.mark.parametrize(
    "line", ["Kessin hat 14. Januar 2026 im Kalender rot markiert", "Kurt Ohms (SPD)", "Mit Hauke"]
)
def test_what_only_looks_like_a_dateline_is_none(line: str) -> None:
    assert read_line(line) is None


def test_an_interview_keeps_its_questions_and_speakers() -> None:
    page = (
        b"<html lang='de'><body><article><h1>Der Deich</h1>"
        b"<p><b>Herr Iversen, wie hoch ist Ihr Deich?</b></p>"
        b"<p><b>Iversen:</b> Acht Meter sechzig. Er m&uuml;sste neun Meter haben.</p>"
        b"<p><b>Wovor f&uuml;rchten Sie sich?</b></p><p><b>Iversen:</b> Vor dem Maulwurf.</p>"
        b"</article></body></html>"
    )
    [article] = read(page, "a.html", uri="x:1")
    texts = [article.paragraph_text(p) for p in article.paragraphs if p.role in ANSWERING_ROLES]
    assert texts[0] == "Herr Iversen, wie hoch ist Ihr Deich?"
    assert texts[3] == "Iversen: Vor dem Maulwurf."


def test_a_tickers_times_are_headings_and_its_day_is_not() -> None:
    text = "Sturm im Liveticker\n\n4. Januar 2026, 17:45 Uhr\n\n"
    text += "".join(f"1{n}:40 Uhr\n\n{LONG}Nummer {n}.\n\n" for n in range(4))
    [article] = read(text.encode(), "a.txt", uri="x:1")
    roles = [p.role for p in article.paragraphs]
    assert roles.count(Role.HEADING) == 4
    assert article.published == date(2026, 1, 4)
    assert article.paragraphs[-1].heading == "13:40 Uhr"


def test_a_copied_table_is_read_row_by_row_with_its_header() -> None:
    text = "Wahl in Halden\n\n" + LONG + "\n\nPartei\tStimmen\nGrüne\t2.655\nLinke\t811\n"
    [article] = read(text.encode(), "a.txt", uri="x:1")
    texts = [article.paragraph_text(p) for p in article.paragraphs if p.role in ANSWERING_ROLES]
    assert texts[1:] == ["Partei: Grüne; Stimmen: 2.655", "Partei: Linke; Stimmen: 811"]


def test_clutter_rarely_answers() -> None:
    right: Counter[bool] = Counter()
    for path in DOCUMENTS:
        data, labels = labelled(path)
        [article] = read(data, path.name, uri="test:1")
        for text, role in labels:
            if role not in ANSWERING_ROLES:
                found = found_role(article, text)
                right[found not in ANSWERING_ROLES] += 1
                if role is Role.PROMO:
                    assert found not in ANSWERING_ROLES, (path.name, text)
    assert right[True] / right.total() >= 0.97


@pytest.mark.parametrize(
    "line",
    [
        "Der Verein verschickt jede Woche einen Newsletter.",
        "Der Newsletter der Stadt erscheint künftig jeden Freitag und hat 12.000 Abonnenten.",
        "„Spenden Sie Blut“, ruft das Rote Kreuz die Bürger auf.",
        "Spenden sammelten die Schüler für das Tierheim, insgesamt 4.200 Euro.",
        "Mehr als 300 Menschen kamen zum Fest.",
        "Mehr über die Ursachen weiß die Polizei noch nicht, sagte eine Sprecherin.",
        "Fotos von dem Unfall gibt es nicht.",
        "Kommentare wollte der Sprecher nicht abgeben.",
        "Anzeige gegen Unbekannt erstattete die Polizei.",
        "Lesen Sie mehr Bücher, rät die Ministerin den Eltern.",
        "Mehr als 300 Menschen finden hier Arbeit.",
        "Mehr als zwanzig Betriebe gibt es hier in unserem Dorf.",
        "Alle Spieler stehen hier noch zwei Jahre unter Vertrag.",
        "More than 300 people live here on our islands.",
        "This story is part of a long quarrel between the two clubs.",
        "Der Beitrag gehört zu den höchsten im Land.",
        "Video zeigt Überfall auf Bäckerei",
        "Umfrage: Mehrheit will Tempolimit",
        "Themen waren der Haushalt und die Schule.",
        "Kontakt hatte der Täter zu niemandem.",
        "Tags are pinned to the ears of the sheep.",
        "Die Redaktion zog 1987 in das Haus am Markt.",
        "Cookies backen die Kinder am Samstag in der Schulküche.",
        "Bad Lauten hat am Sonntag 3:1 gewonnen.",
        "Korrespondent wollte Karl Moll nie werden.",
        "Veröffentlicht in 20 Sprachen, wurde das Buch ein Erfolg.",
        "Weitere Informationen gab die Polizei nicht.",
        "Melden Sie sich bis zum 5. Mai bei der Stadt an.",
        "Helfen Sie uns, riefen die Menschen vom Dach.",
        "Von Januar bis März fuhr kein Zug.",
        "Politik und Sport gehören nicht zusammen.",
        "Eintritt: 5 Euro. Anmeldung unter 0731 12345.",
        "Korrektur: In unserem Bericht hieß es, das Klinikum wolle 480 Stellen streichen.",
        "The charity asked people to donate blankets and food.",
        "Members can subscribe to the club's newsletter for $5 a year.",
        "Facebook kündigte am Montag den Abbau von 300 Stellen an.",
        "Related work was done in 1990 by Smith.",
        "Home prices rose 5 percent.",
        "Follow the river to the mill.",
        "Source code was published in 1991.",
        "Latest figures show that 20 percent left.",
        "Subscribe or die, the motto went.",
    ],
)
def test_reports_are_no_clutter(line: str) -> None:
    assert line_role(line) is None


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("Veröffentlicht in Politik", Role.SOURCE),
        ("Filed under: Politics", Role.SOURCE),
        ("Von Max Muster", Role.SOURCE),
        ("By Jane Doe, chief reporter", Role.SOURCE),
        ("Stand: 25.10.2024, 14:03 Uhr", Role.SOURCE),
        ("Quelle: dpa", Role.SOURCE),
        ("Foto: dpa", Role.CAPTION),
        ("Die Brücke am Montag. Foto: Max Muster", Role.CAPTION),
        ("© Max Muster", Role.CAPTION),
        ("Photo: Jane Doe/Getty Images", Role.CAPTION),
        ("Lesetipp: Wie der Winter wird", Role.PROMO),
        ("Lesen Sie auch: Warum die Brücke bröckelt", Role.PROMO),
        ("Mehr zum Thema", Role.PROMO),
        ("READ MORE", Role.PROMO),
        ("Melden Sie sich für unseren Newsletter an und bleiben Sie informiert.", Role.PROMO),
        ("Sign up for our newsletter to get the best stories every morning.", Role.PROMO),
        ("Unterstützen Sie unseren Journalismus mit einer Spende.", Role.PROMO),
        ("Support independent journalism. Donate today.", Role.PROMO),
        ("Folgen Sie uns auf Facebook und Instagram", Role.PROMO),
        ("Follow us on X", Role.PROMO),
        ("Teilen  Merken  Kommentieren (17)", Role.PROMO),
        ("Home | Harbour | Region | Money | Arts | Log in", Role.PROMO),
        ("Wir verwenden Cookies, um Ihnen das beste Erlebnis zu bieten.", Role.PROMO),
        ("12 Kommentare", Role.PROMO),
        ("Startseite > Politik > Inland", Role.PROMO),
        ("Advertisement", Role.PROMO),
    ],
)
def test_lines_that_speak_for_the_page(line: str, role: Role) -> None:
    assert line_role(line) is role


def test_an_article_of_clutter_alone_still_answers() -> None:
    article = assemble([Block("Abonnieren Sie unseren Newsletter."), Block("Foto: dpa")], uri="u")
    assert [p.role for p in article.paragraphs] == [Role.BODY, Role.CAPTION]


def test_headings_reach_their_paragraphs() -> None:
    blocks = [Block("Titel", "title"), Block(LONG), Block("Kosten", "heading"), Block(LONG)]
    article = assemble(blocks, uri="u")
    assert article.title == "Titel"
    assert [p.heading for p in article.paragraphs] == ["", "", "", "Kosten"]
    assert [p.role.value for p in article.paragraphs] == ["headline", "lead", "heading", "body"]


def test_short_paragraphs_have_the_articles_language() -> None:
    english = "The council voted on Monday to build the bridge, which will be open in the spring."
    article = assemble([Block(LONG), Block("Rund 300."), Block(english), Block(LONG)], uri="u")
    assert [p.language for p in article.paragraphs] == ["de", "de", "en", "de"]
    assert article.language == "de"


def test_lines_fill_only_what_is_not_known() -> None:
    blocks = [Block("Von Anna Beispiel, 25. Oktober 2024"), Block(LONG), Block("Quelle: dpa")]
    article = assemble(blocks, uri="u", metadata=Metadata(authors=["Eva Muster"]))
    assert article.authors == ("Eva Muster",)
    assert str(article.published) == "2024-10-25"
    assert article.source == "dpa"


BLOCKS = st.builds(
    Block,
    text=st.one_of(st.text(), st.sampled_from([LONG, "Foto: dpa", "Kosten", "Lesen Sie auch"])),
    kind=st.sampled_from(["paragraph", "heading", "item", "verbatim", "caption", "title"]),
    suspicion=st.sampled_from([0.0, 0.95]),
    box=st.integers(0, 2),
)


@given(st.lists(BLOCKS, max_size=12))
def test_offsets_are_exact(blocks: list[Block]) -> None:
    article = assemble(blocks, uri="u")
    texts = [block.text for block in blocks if block.text.strip()]
    assert [article.text[p.start : p.end] for p in article.paragraphs] == texts
    assert [p.number for p in article.paragraphs] == list(range(1, len(texts) + 1))
    assert not texts or any(p.role in ANSWERING_ROLES for p in article.paragraphs)
