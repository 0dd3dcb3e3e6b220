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

from corpus.errors import InputError

OLE = b"\xd0\xcf\x11\xe0"
"""How Microsoft's older containers begin."""
_KINDS = {"WordDocument": "docx", "Workbook": "xlsx", "Book": "xlsx", "PowerPoint Document": "pptx"}
"""What an old file's container holds, and what the file is converted to."""
_ENCRYPTED = ("EncryptedPackage", "encryption")
_PROGRAMS = ("soffice", "libreoffice")
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


def convert_old_office(data: bytes) -> tuple[bytes, str] | None:
    """Return an old Office file in its new form and that form's suffix, or None.

    None for every other file, and where LibreOffice is not installed: the reader says then
    what can be done.

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
        (folder / "old").write_bytes(data)
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


def _new_form(data: bytes) -> str:
    """Return the suffix of an old file's new form; "" for what is none or has a password."""
    if not data.startswith(OLE) or any(_holds(data, name) for name in _ENCRYPTED):
        return ""
    return next((suffix for name, suffix in _KINDS.items() if _holds(data, name)), "")


def _holds(data: bytes, name: str) -> bool:
    return f"{name}\0".encode("utf-16-le") in data


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
