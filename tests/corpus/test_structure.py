"""Articles from blocks: exact offsets, and roles measured on labelled documents."""

import re
from collections import Counter
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import ANSWERING_ROLES, Article, Role
from corpus.blocks import Block, Metadata
from corpus.clutter import line_role
from corpus.readers import read
from corpus.structure import assemble

FOLDER = Path(__file__).resolve().parents[1] / "data" / "roles"
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
