"""The same files as other programs read them: a browser, LibreOffice, poppler's pdftotext.

Before a browser or LibreOffice sees a document, what a reader may treat in its own way is
put between marks: a private character and a letter before it, another one behind.
"""

import codecs
import io
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from lxml import etree
from playwright.sync_api import Browser, Page

OPEN, CLOSE = "\ue001", "\ue002"
KINDS = {"s": "struck", "m": "mark", "x": "script", "r": "raised", "l": "left out", "c": "column",
         "q": "quote", "u": "ruby", "p": "running"}  # fmt: skip
"""The letter behind OPEN -> what stands there."""
_MARKING = """() => {
  const put = (e, k) => { e.prepend('\\ue001' + k); e.append('\\ue002'); };
  const style = new Map([...document.body.querySelectorAll('*')].map(
    e => [e, getComputedStyle(e)]).map(([e, s]) => [e, [s.textDecorationLine, s.verticalAlign]]));
  const left = 'nav,menu,button,select,textarea,[aria-hidden=true],audio,video,canvas,object,' +
    'iframe,div[title=header],div[title=footer],[role=doc-backlink],.footnote-back';
  for (const [e, [line, place]] of style) {
    const kind = e.getAttribute('data-kind');
    if (kind) put(e, kind === 'mark' ? 'm' : 'x');
    else if (e.matches('del,s,strike') || line.includes('line-through')) put(e, 's');
    else if (e.matches('sup,sub') || ['super', 'sub', 'text-top'].includes(place)) put(e, 'r');
    else if (e.matches('th')) put(e, 'c');
    else if (e.matches('q')) put(e, 'q');
    else if (e.matches('rt')) put(e, 'u');
    else if (e.matches(left)) put(e, 'l');
  }
  return document.body.innerText;
}"""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def marked_text_of_page(page: Page, path: Path, folder: Path) -> str:
    """Return what a browser shows of a page or saved page, with marks; scripts do not run."""
    data = path.read_bytes()
    if b"charset" not in data[:4096]:  # a browser takes it for Windows-1252
        path = folder / path.name
        path.write_bytes(codecs.BOM_UTF8 + data)
    page.goto(path.as_uri(), wait_until="load")
    text: str = page.evaluate(_MARKING)
    return text


def page_without_network(browser: Browser) -> Page:
    """Return a page on which no script runs and that reaches nothing but files."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    page.route(re.compile("^https?:"), lambda route: route.abort())
    return page


def print_page(page: Page, source: Path, target: Path) -> None:
    """Write a page as the browser prints it."""
    page.goto(source.as_uri(), wait_until="load")
    page.pdf(path=str(target))


def soffice() -> str | None:
    """Return where LibreOffice is, or None."""
    return shutil.which("soffice") or shutil.which("libreoffice")


def marked_texts_of_documents(documents: Mapping[str, bytes], folder: Path) -> dict[str, str]:
    """Return what LibreOffice shows of Word documents, with marks, by their names."""
    program = soffice()
    assert program is not None
    for name, data in documents.items():
        (folder / f"{name}.docx").write_bytes(_with_marks(data))
    subprocess.run(
        [program, "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
         "--convert-to", "txt:Text (encoded):UTF8", "--outdir", str(folder),
         *(str(folder / f"{name}.docx") for name in documents)],
        check=True, capture_output=True, timeout=600,
    )  # fmt: skip
    return {name: (folder / f"{name}.txt").read_text("utf-8-sig") for name in documents}


def _with_marks(data: bytes) -> bytes:
    """Return a Word document with marks around what is struck out, raised, or heads a column."""
    source, stream = zipfile.ZipFile(io.BytesIO(data)), io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in source.namelist():
            content = source.read(name)
            if name == "word/document.xml":
                root = etree.fromstring(content)
                for run in root.iter(f"{_W}r"):
                    _mark_run(run)
                for table in root.iter(f"{_W}tbl"):
                    row = next(table.iter(f"{_W}tr"))
                    for text in row.iter(f"{_W}t"):
                        if text.text and next(row.iter(f"{_W}tbl"), None) is None:
                            text.text = f"{OPEN}c{text.text}{CLOSE}"
                content = etree.tostring(root)
            archive.writestr(name, content)
    return stream.getvalue()


def _mark_run(run: "etree._Element") -> None:
    properties = run.find(f"{_W}rPr")
    if properties is None:
        return
    out = ("strike", "dstrike", "vanish")  # LibreOffice writes hidden text too
    struck = any(properties.find(f"{_W}{name}") is not None for name in out)
    raised = any(properties.find(f"{_W}{name}") is not None for name in ("vertAlign", "rStyle"))
    for text in run.iter(f"{_W}t") if struck or raised else ():
        text.text = f"{OPEN}{'s' if struck else 'r'}{text.text or ''}{CLOSE}"


def pdftotext() -> str | None:
    """Return where poppler's pdftotext is, or None."""
    return shutil.which("pdftotext")


def text_of_pdf(path: Path) -> str:
    """Return what pdftotext reads, in the order of the file, with marks around running lines."""
    program = pdftotext()
    assert program is not None
    done = subprocess.run(
        [program, "-raw", "-enc", "UTF-8", str(path), "-"], check=True, capture_output=True
    )
    return _mark_running_lines(done.stdout.decode("utf-8"))


_PRINTED = re.compile(
    r"\d+/\d+/\d+, \d+:\d+ [AP]M .+|(?:file|https?):\S+ \d+/\d+|(?:Seite )?\d+(?: von \d+)?"
)
"""The head and foot that a browser prints, and a page's number."""


def _mark_running_lines(text: str) -> str:
    """Mark heads and feet: lines at a page's edge that are printed ones or come on other pages."""
    pages = [page.strip("\n").split("\n") for page in text.split("\f") if page.strip()]
    edges = [{*range(3), *range(len(lines) - 3, len(lines))} for lines in pages]
    shapes = Counter(
        shape
        for lines, edge in zip(pages, edges, strict=True)
        for shape in {_shape(line) for at, line in enumerate(lines) if at in edge}
    )
    for lines, edge in zip(pages, edges, strict=True):
        for at, line in enumerate(lines):
            if at in edge and (shapes[_shape(line)] > 1 or _PRINTED.fullmatch(line.strip())):
                lines[at] = f"{OPEN}p{line}{CLOSE}"
    return "\n".join("\n".join(lines) for lines in pages)


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line.strip())
