"""Old binary Office files (DOC, XLS, PPT), converted by LibreOffice where it is installed.

No library under a permitted licence reads them. LibreOffice is another program, which starts
with a profile of its own: it runs no macros, and fetches nothing that a document links to.
"""

import os
import shutil
import signal
import subprocess  # one program, with no argument from a file
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from corpus.errors import InputError

OLE = b"\xd0\xcf\x11\xe0"
"""How Microsoft's older containers begin."""
_KINDS = {"WordDocument": "docx", "Workbook": "xlsx", "Book": "xlsx", "PowerPoint Document": "pptx"}
"""What an old file's container holds, and what the file is converted to."""
_ENCRYPTED = ("EncryptedPackage", "encryption")
_PROGRAMS = ("soffice", "libreoffice")
_PIECE = 2**22
"""Bytes that are looked through at once."""
_SECONDS = 120
_MEMORY = 4 * 2**30
_LARGEST = 2**30
_PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
</oor:items>
"""


def convert_old_office(data: BinaryIO) -> tuple[bytes, str] | None:
    """Return an old Office file in its new form and that form's suffix, or None.

    None for every other file, and where LibreOffice is not installed: the reader says then
    what can be done. The file is looked through piece by piece, and never parsed here.

    Raises:
        InputError: LibreOffice cannot read it, or not in the time it is given.
    """
    suffix = _new_form(data)
    program = next(filter(None, map(shutil.which, _PROGRAMS)), None)
    if not suffix or program is None or os.name != "posix":
        return None
    with tempfile.TemporaryDirectory(prefix="article-qa-office-") as place:
        folder = Path(place)
        profile = folder / "profile" / "user"
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        data.seek(0)
        with (folder / "old").open("wb") as old:
            shutil.copyfileobj(data, old)
        _run(
            [
                program,
                f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                "--headless",
                "--norestore",
                "--convert-to",
                suffix,
                "--outdir",
                place,
                str(folder / "old"),
            ],
            folder,
        )
        try:
            return (folder / f"old.{suffix}").read_bytes(), suffix
        except OSError as exc:
            raise InputError("the old Office file is damaged: LibreOffice cannot read it") from exc


def _new_form(data: BinaryIO) -> str:
    """Return the suffix of an old file's new form; "" for what is none or has a password."""
    names = {name: f"{name}\0".encode("utf-16-le") for name in (*_ENCRYPTED, *_KINDS)}
    longest = max(map(len, names.values()))
    held: set[str] = set()
    rest = b""
    data.seek(0)
    while piece := data.read(_PIECE):
        piece = rest + piece
        if not rest and not piece.startswith(OLE):
            return ""
        held |= {name for name, written in names.items() if written in piece}
        rest = piece[-longest:]
    if held.intersection(_ENCRYPTED):
        return ""
    return next((suffix for name, suffix in _KINDS.items() if name in held), "")


def _run(command: list[str], folder: Path) -> None:
    """Run LibreOffice to its end, or end it with all that it started."""
    path = os.environ.get("PATH", os.defpath)
    process = subprocess.Popen(  # noqa: S603
        command,
        cwd=folder,
        env={"HOME": str(folder), "PATH": path, "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_limit,
    )
    try:
        process.wait(_SECONDS)
    except subprocess.TimeoutExpired:
        raise InputError(
            "the old Office file takes LibreOffice more than {seconds} seconds", seconds=_SECONDS
        ) from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _limit() -> None:
    import resource  # of POSIX systems alone

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_LARGEST, _LARGEST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
