"""Invented articles: two stories, one told by three papers and corrected, and another fire."""

import json
from pathlib import Path
from typing import Any

STORY: list[dict[str, Any]] = [
    {
        "article": "bridge-1",
        "title": "Hängebrücke in Tannried nach Felssturz gesperrt",
        "source": "Tannrieder Bote",
        "published": "2024-03-06",
        "paragraphs": [
            "Die Hängebrücke über die Lohr in Tannried ist am Dienstag nach einem Felssturz "
            "gesperrt worden. Ein Block von 9 Tonnen durchschlug den Bohlenweg. Verletzt wurde "
            "niemand. Bürgermeisterin Ilse Kramm sprach von großem Glück.",
            "Den Schaden an der Hängebrücke schätzt die Gemeinde Tannried auf 120.000 Euro. "
            "Die Brücke war im Mai 2019 eröffnet worden. Sie zog im vergangenen Jahr 80.000 "
            "Besucher an.",
        ],
    },
    {
        "article": "bridge-2",
        "title": "Tannried: Hängebrücke bleibt länger zu, Schaden größer",
        "source": "Lohrtal-Kurier",
        "published": "2024-04-12",
        "paragraphs": [
            "Die Hängebrücke über die Lohr in Tannried bleibt bis zum Herbst gesperrt. Den "
            "Schaden an der Hängebrücke gibt die Gemeinde Tannried nun mit 310.000 Euro an. Das "
            "Gutachten des Büros Senkel liegt seit dem 8. April vor.",
            "Der Wirt des Gasthofs Lohrblick, Jost Engel, klagt über leere Tische. Er verlangt "
            "von der Gemeinde eine Entschädigung von 15.000 Euro.",
        ],
    },
    {
        "article": "bridge-3",
        "title": "Hängebrücke Tannried wieder offen, Felswand gesichert",
        "source": "Oberländer Rundschau",
        "published": "2024-10-21",
        "paragraphs": [
            "Die Hängebrücke über die Lohr in Tannried ist seit Samstag wieder offen. Die "
            "Felswand wurde im Sommer mit 400 Ankern gesichert. Den Schaden an der Hängebrücke "
            "beziffert die Gemeinde Tannried am Ende auf 275.000 Euro.",
            "In einem früheren Bericht dieser Zeitung war der Felsblock mit 9 Tonnen angegeben. "
            "Richtig sind 14 Tonnen. Zur Wiedereröffnung kamen 600 Gäste nach Tannried.",
        ],
    },
]
OTHER: list[dict[str, Any]] = [
    {
        "article": "mill-1",
        "title": "Sägewerk in Querau abgebrannt",
        "source": "Querauer Anzeiger",
        "published": "2024-07-02",
        "paragraphs": [
            "In Querau ist in der Nacht zum Montag ein Sägewerk abgebrannt. Die Feuerwehr "
            "rettete den Nachtwächter aus einem Kran. Die Ursache des Brandes ist unklar.",
            "Der Betrieb gehört der Familie Dorn. Sie beschäftigt 34 Menschen und will das "
            "Sägewerk wieder aufbauen.",
        ],
    }
]


def write_table(folder: Path, articles: list[dict[str, Any]]) -> Path:
    """Write articles as a table of paragraphs."""
    path = folder / "articles.jsonl"
    with path.open("w", encoding="utf-8") as lines:
        for article in articles:
            shared = {key: value for key, value in article.items() if key != "paragraphs"}
            for text in article["paragraphs"]:
                lines.write(json.dumps({**shared, "text": text}, ensure_ascii=False) + "\n")
    return path
