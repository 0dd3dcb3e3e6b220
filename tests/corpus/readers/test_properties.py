"""Who a file's properties say wrote it."""

import pytest

from corpus.readers.office.properties import people


@pytest.mark.parametrize(
    "text",
    [
        "(anonymous)", "anonym", "<unknown>", "Unbekannter Autor", "no author", "N/A", "k. A.",
        "None", "null", "root", "Microsoft Office User", "MS-Benutzer", "-", "???", "Windows User",
        "Autor", "[Author]", "ReportLab PDF Library",
    ],
)  # fmt: skip
def test_placeholders_are_nobody(text: str) -> None:
    assert people(text) == []


@pytest.mark.parametrize(
    "text", ["Anna Nym", "Root Hansen", "Nora Null", "Gast, Peter", "Tom Test", "Ute Standard"]
)
def test_names_stay(text: str) -> None:
    assert people(text) == [text]


def test_placeholders_beside_names() -> None:
    assert people("Jule Brandt; (anonymous)") == ["Jule Brandt"]
