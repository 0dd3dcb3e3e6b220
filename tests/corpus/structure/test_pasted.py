"""Text that was copied from a page, and the model of its lines."""

import itertools
import math

import pytest

from corpus.article import Article
from corpus.readers import read
from corpus.structure.line_features import TextLine, describe
from corpus.structure.line_model import LABELS, LineModel, line_model

PAGE = """Zum Inhalt springen
Moorwiesener Anzeiger
Menü
Startseite
Politik
Sport
Kultur
Abo
Anmelden
Verkehr
Neue Brücke über die Lune ist fertig
Von Silke Thormann
Stand: 14.08.2025, 09:12 Uhr
Teilen
Merken
Foto: Jan Petersen
Nach drei Jahren Bauzeit rollt der Verkehr wieder über die Lune bei Moorwiesen.
Am Donnerstag hat Landrätin Heike Folkerts die neue Brücke für alle freigegeben.
Mehr zum Thema
Radweg nach Loxstedt verzögert sich
Die Kosten stiegen während des Baus von sechs auf neun Millionen Euro.
Für Lastwagen über vierzig Tonnen bleibt die Strecke gesperrt.
Meistgelesen
Schützenfest ohne Festzelt
12.08.2025
Wolf in Stotel gesichtet
11.08.2025
Newsletter
Kontakt
Impressum
Datenschutz"""

RECIPE = """Apfelkuchen vom Blech
Zutaten
500 g Mehl
2 Eier
1 Prise Salz
Zubereitung
Alles gut verrühren.
Den Teig eine Stunde ruhen lassen und dann auf dem Blech verteilen, das man vorher fettet."""


def read_text(text: str) -> Article:
    return next(iter(read(text.encode(), "seite.txt", uri="x:seite")))


def answering(article: Article) -> list[str]:
    return [
        article.paragraph_text(paragraph)
        for paragraph in article.paragraphs
        if paragraph.role in ("lead", "body")
    ]


@pytest.mark.parametrize("start", ["Zum Inhalt", "Verkehr\n", "Neue Brücke"])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_of_a_page_only_the_article_answers(start: str, gap: str) -> None:
    article = read_text(PAGE[PAGE.index(start) :].replace("\n", gap))
    assert article.title == "Neue Brücke über die Lune ist fertig"
    assert article.authors == ("Silke Thormann",)
    assert str(article.published) == "2025-08-14"
    found = answering(article)
    assert [text.split()[0] for text in found] == ["Nach", "Am", "Die", "Für"]


def test_the_paper_above_the_menu_is_the_source() -> None:
    assert read_text(PAGE).source == "Moorwiesener Anzeiger"


def test_a_text_that_is_no_page_keeps_its_short_lines() -> None:
    assert {"500 g Mehl", "2 Eier", "1 Prise Salz"} <= set(answering(read_text(RECIPE)))


def test_probabilities_are_those_of_all_sequences() -> None:
    chosen = {
        "bias": [0.1 * index for index in range(len(LABELS))],
        "top": [1.0, *[0.0] * (len(LABELS) - 1)],
    }
    steps = [[0.3 if one == other else 0.0 for other in LABELS] for one in LABELS]
    lines = [TextLine("Startseite"), TextLine("Ein Satz steht hier."), TextLine("Ende")]
    scores = [
        [sum(chosen[name][label] for name in names if name in chosen) for label in range(10)]
        for names in describe(lines)
    ]
    weights = {}
    for path in itertools.product(range(len(LABELS)), repeat=3):
        own = sum(scores[place][label] for place, label in enumerate(path))
        weights[path] = math.exp(own + sum(steps[a][b] for a, b in itertools.pairwise(path)))
    whole = sum(weights.values())
    found = LineModel(chosen, steps).probabilities(lines)
    for place, label in itertools.product(range(3), range(len(LABELS))):
        share = sum(weight for path, weight in weights.items() if path[place] == label) / whole
        assert found[place][LABELS[label]] == pytest.approx(share)


def test_the_model_takes_any_lines() -> None:
    lines = [TextLine(text) for text in ("", "…", "—" * 300, "1", "\u202e", "A" * 2000, "🙂 ja")]
    for shares in line_model().probabilities(lines):
        assert sum(shares.values()) == pytest.approx(1)
    assert line_model().probabilities([]) == []
