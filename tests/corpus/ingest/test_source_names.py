"""A paper has one name in a collection, and other papers keep theirs."""

from pathlib import Path

import pytest

from qa.collection import open_collection
from tests.fakes import FakeEncoder


@pytest.mark.parametrize(
    ("names", "spelled"),
    [
        (["Leinetaler Anzeiger", "LEINETALER ANZEIGER"], ["Leinetaler Anzeiger"] * 2),
        (["Leinetaler Anzeiger", "leinetaler-anzeiger.de"], ["Leinetaler Anzeiger"] * 2),
        (["www.suederbote.example", "Süderbote"], ["www.suederbote.example", "Süderbote"]),
        (["Der Kurier", "derkurier.at", "Kurier"], ["Der Kurier"] * 3),
        (["Warte", "Die Warte"], ["Warte"] * 2),
        (["Harzer Bote", "Nordharzer Bote"], ["Harzer Bote", "Nordharzer Bote"]),
        (["Warte", "Warte Online"], ["Warte", "Warte Online"]),
        (["Südd. Blatt", "SÜDD BLATT"], ["Südd. Blatt"] * 2),
        (["北京日報", "光明日報", "北京日報"], ["北京日報", "光明日報", "北京日報"]),
    ],
)
@pytest.mark.parametrize("together", [True, False])
def test_spellings(tmp_path: Path, names: list[str], spelled: list[str], *, together: bool) -> None:
    files = []
    for number, name in enumerate(names):
        path = tmp_path / f"{number}.md"
        path.write_text(
            f"---\ntitle: Meldung {number}\nsource: {name}\n---\n\nIn Ostrau wurde der Steg "
            f"Nummer {number} am Montag wieder für alle Boote geöffnet.\n",
            encoding="utf-8",
        )
        files.append(path)
    with open_collection(tmp_path / "c", create=True, encoder=FakeEncoder()) as collection:
        for some in [files] if together else [[file] for file in files]:
            collection.add(*some)
        found = {info.title: info.source for info in collection.articles()}
    assert [found[f"Meldung {number}"] for number in range(len(names))] == spelled


def test_what_was_corrected_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("---\nsource: Warte\n---\n\nDer Steg ist offen.\n", encoding="utf-8")
    with open_collection(tmp_path / "c", create=True, encoder=FakeEncoder()) as collection:
        collection.add(path)
        (info,) = collection.articles()
        collection.edit(info.uri, source="WARTE")
        assert collection.add(path).unchanged == 1
        assert [item.source for item in collection.articles()] == ["WARTE"]
