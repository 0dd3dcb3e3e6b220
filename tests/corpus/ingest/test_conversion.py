"""Old Office files: converted where LibreOffice is installed, refused with a word elsewhere."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest

from corpus.errors import InputError
from corpus.ingest.conversion import convert_old_office
from corpus.ingest.sandbox import read_apart
from tests.corpus.readers.compound_file import write_compound_file

PAGE = """<html><body><h1>Fähre nach Nordsand fährt wieder</h1>
<p>Die Fähre nach Nordsand fährt von Montag an wieder. Sie lag seit dem 3. März im Dock.</p>
<p>Die Reparatur kostete 410.000 Euro.</p></body></html>"""


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_an_old_document_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(PAGE, encoding="utf-8")
    profile = (tmp_path / "profile").as_uri()
    command = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to"]
    command += ["doc:MS Word 97", "--outdir", str(tmp_path), str(tmp_path / "a.html")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    with (tmp_path / "a.doc").open("rb") as stream:
        (article,) = read_apart(stream, "a.doc", uri="file:///a.doc")
    assert article.title == "Fähre nach Nordsand fährt wieder"
    assert "Die Reparatur kostete 410.000 Euro." in article.text


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_damaged_one_is_refused() -> None:
    data = write_compound_file({"PowerPoint Document": b"\0" * 5000, "Current User": b"\1" * 30})
    with pytest.raises(InputError):
        list(read_apart(data, "a.ppt", uri="file:///a.ppt"))


def test_without_libreoffice_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    data = write_compound_file({"WordDocument": b"\0" * 5000})
    with pytest.raises(InputError, match="install LibreOffice"):
        list(read_apart(io.BytesIO(data), "a.doc", uri="file:///a.doc"))


@pytest.mark.parametrize("tree", [{"EncryptedPackage": b"x" * 5000}, {"Other": b"x"}])
def test_what_is_no_old_document_is_left_alone(tree: dict[str, bytes]) -> None:
    assert convert_old_office(io.BytesIO(write_compound_file(tree))) is None
    assert convert_old_office(io.BytesIO(b"PK\x03\x04")) is None


def test_a_message_is_not_taken_into_memory_here() -> None:
    data = write_compound_file({"__properties_version1.0": b"\0" * 5000}) + bytes(20_000_000)
    sizes: list[int] = []

    class Watched(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            sizes.append(len(data) if size is None or size < 0 else size)
            return super().read(size)

    assert convert_old_office(Watched(data)) is None
    assert max(sizes) < len(data) / 4
