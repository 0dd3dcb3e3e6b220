"""Searching files for bytes, in a child process and where there is none."""

from pathlib import Path

import pytest

from corpus import bytes_search
from corpus.bytes_search import search_files


@pytest.fixture(params=["child", "no child"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "no child":
        monkeypatch.setattr("sys.executable", "")
    return str(request.param)


@pytest.mark.usefixtures("way")
def test_what_is_in_which_file(tmp_path: Path) -> None:
    one, two, gone = (tmp_path / name for name in ("ä 1", "two", "gone"))
    one.write_bytes(b"\x00\xffFaehre\nund mehr\nFaehre")
    two.write_bytes("Fähre (neu).*".encode())
    strings = [b"Faehre", "Fähre".encode(), b").*", b"\xff", b"Bahn"]
    found = search_files([one, gone, two], strings)
    assert set(found) == {
        (one, b"Faehre"), (one, b"\xff"), (two, "Fähre".encode()), (two, b").*")
    }  # fmt: skip
    assert len(found) == 4
    assert search_files([one], []) == search_files([], strings) == []


def test_pieces_of_a_large_file_hide_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "")
    monkeypatch.setattr(bytes_search, "_PIECE", 7)
    path = tmp_path / "large"
    for before in range(16):
        path.write_bytes(b"." * before + b"Leuchtturm" + b"." * 9)
        assert search_files([path], [b"Leuchtturm", b"x"]) == [(path, b"Leuchtturm")]


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        search_files([tmp_path], [b"x"])
