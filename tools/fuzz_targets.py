"""What is fuzzed by `tools.fuzz`: each border with the files that its input is made of."""

import gzip
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from corpus.errors import ArticleQAError, InputError, ModelError
from corpus.ingest.sandbox import draw_page_apart, read_apart, read_feed_apart, read_links_apart
from corpus.readers import ReadOptions
from corpus.samples import samples_folder
from tests.fakes import FakeEncoder

DATA = Path(__file__).parents[1] / "tests" / "data" / "formats" / "good"
Target = Callable[[bytes], None]
_CONTAINED = ("crashed", "takes longer", "of computing", "of memory", "makes no sense",
              "reader failed", "was killed")  # fmt: skip
"""What a reader's refusal says where it was the child that saved us."""


class Finding(AssertionError):
    """Something that a border should not have let happen."""


def _is_contained(exc: InputError) -> None:
    if any(word in str(exc) for word in _CONTAINED):
        raise Finding(str(exc)) from exc


def reader(name: str) -> Target:
    """Return a target for files of a name: articles whose offsets are right, or a reason."""

    def target(data: bytes) -> None:
        told: list[str] = []
        options = ReadOptions(problem=lambda _part, reason: told.append(reason))
        try:
            for article in read_apart(data, name, uri="file:///a", options=options):
                for paragraph in article.paragraphs:
                    if not article.text[paragraph.start : paragraph.end].strip():
                        raise Finding("an empty paragraph")
                article.text.encode()  # no half characters
        except InputError as exc:
            _is_contained(exc)
        for reason in told:
            if "reader failed" in reason:
                raise Finding(reason)

    return target


def links(data: bytes) -> None:
    """Feeds, sitemaps and lists of addresses."""
    for read in (read_links_apart, read_feed_apart):
        try:
            read(data)
        except InputError as exc:
            _is_contained(exc)


def page_picture(data: bytes) -> None:
    """A page of a PDF or of a picture, drawn with a quote."""
    with suppress(InputError), io.BytesIO(data) as stream:
        try:
            draw_page_apart(stream, 1, "Die Brücke wird am Montag für den Verkehr freigegeben.")
        except InputError as exc:
            _is_contained(exc)
            raise


def weights(data: bytes) -> None:
    """A reader's weights, with a sidecar that says they are in order."""
    import hashlib

    from qa.reader.weights import SIDECAR_NAME, WEIGHTS_NAME, add_checksum, load

    with tempfile.TemporaryDirectory() as folder:
        own = Path(__file__).parents[1] / "qa" / "reader" / SIDECAR_NAME
        sidecar = json.loads(own.read_text(encoding="utf-8"))
        sidecar["sha256"] = hashlib.sha256(data).hexdigest()
        text = json.dumps(add_checksum(sidecar))
        (Path(folder) / SIDECAR_NAME).write_text(text, encoding="utf-8")
        (Path(folder) / WEIGHTS_NAME).write_bytes(data)
        with suppress(ModelError):
            load(Path(folder))


def sidecar(data: bytes) -> None:
    """What stands beside a reader's weights."""
    from qa.reader.weights import SIDECAR_NAME, load

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / SIDECAR_NAME).write_bytes(data)
        with suppress(ModelError):
            load(Path(folder))


class Copies:
    """The indexes on disk: whatever lies there, the same passages are found."""

    def __init__(self) -> None:
        from qa.collection import open_collection

        self._folder = Path(tempfile.mkdtemp(prefix="article-qa-fuzz-"))
        press = self._folder / "press"
        press.mkdir()
        for number in range(5):
            text = f"Fähre {number}\n\nDie Fähre {number} fährt seit dem {number}. Mai mit Strom."
            (press / f"{number}.txt").write_text(text, encoding="utf-8")
        with open_collection(self._folder / "c", create=True, encoder=FakeEncoder()) as made:
            made.add(press)
            self._wanted = [hit.text for hit in made.retrieve("Wann fährt die Fähre 3?")]
        (self._copy,) = list((self._folder / "c").rglob("manifest.json"))
        self._files = sorted(p for p in self._copy.parent.rglob("*") if p.is_file())
        self._whole = {path: path.read_bytes() for path in self._files}

    def seeds(self) -> list[bytes]:
        """Return each file, its number before it."""
        return [bytes([n]) + self._whole[path] for n, path in enumerate(self._files)]

    def __call__(self, data: bytes) -> None:
        from qa.collection import open_collection

        path = self._files[data[0] % len(self._files)] if data else self._copy
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.write_bytes(data[1:])
        with open_collection(self._folder / "c", encoder=FakeEncoder()) as opened:
            found = [hit.text for hit in opened.retrieve("Wann fährt die Fähre 3?")]
        if found != self._wanted:
            raise Finding(f"with {path.name} damaged, other passages are found")
        for other, whole in self._whole.items():
            if not other.is_file() or other.read_bytes() != whole:
                other.parent.mkdir(parents=True, exist_ok=True)
                other.unlink(missing_ok=True)
                other.write_bytes(whole)


class Questions:
    """Questions of any characters: an answer whose quotes are the articles', or QuestionError."""

    def __init__(self) -> None:
        from qa.collection import open_collection

        folder = Path(tempfile.mkdtemp(prefix="article-qa-fuzz-"))
        self._collection = open_collection(folder / "c", create=True, encoder=FakeEncoder())
        self._collection.add(samples_folder() / "de")

    def __call__(self, data: bytes) -> None:
        # Half characters too: JSON brings them in.
        question = data.decode("utf-8", "surrogateescape")
        try:
            answer = self._collection.ask(question)
        except ArticleQAError:
            return
        for citation in answer.citations:
            text = self._collection.article(citation.passage.article.uri).text
            if text[citation.start : citation.end] != citation.quote:
                raise Finding("a quote that is not the article's")
        json.dumps(answer.to_dict()).encode()


class Api:
    """Requests of the API with any body: what its description says, or what is wrong with it."""

    PATHS = ("/api/ask", "/api/retrieve", "/v1/chat/completions")

    def __init__(self) -> None:
        from starlette.testclient import TestClient

        from qa.collection import open_collection
        from qa.server import Options, application

        folder = Path(tempfile.mkdtemp(prefix="article-qa-fuzz-"))
        collection = open_collection(folder / "c", create=True, encoder=FakeEncoder())
        collection.add(samples_folder() / "de")
        app = application(collection, Options(hosts=None), page=False)
        self._client = TestClient(app, raise_server_exceptions=False)

    def seeds(self) -> list[bytes]:
        """Return good requests, the number of their path before them."""
        question = "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
        asked = {"question": question, "k": 3, "since": "2024-01-01", "languages": ["de"],
                 "per_article": 2, "recency": "30d", "boost_dates": True,
                 "history": [{"role": "user", "content": "Wer baut die Seilbahn?"},
                             {"role": "assistant", "content": "Die Stadt."}]}  # fmt: skip
        found = {name: value for name, value in asked.items() if name != "history"}
        talked = {"model": "article-qa", "stream": True,
                  "messages": [{"role": "user", "content": question}]}  # fmt: skip
        bodies = [(0, asked), (1, found), (2, talked), (2, {**talked, "stream": False})]
        return [bytes([at]) + json.dumps(body).encode() for at, body in bodies]

    def __call__(self, data: bytes) -> None:
        path = self.PATHS[data[0] % len(self.PATHS)] if data else self.PATHS[0]
        kind = {"content-type": "application/json"}
        reply = self._client.post(path, content=data[1:], headers=kind)
        if reply.status_code not in (200, 400, 404, 413, 422):
            raise Finding(f"{path} answers {reply.status_code}")
        if reply.headers["content-type"].startswith("text/event-stream"):
            events = [line[6:] for line in reply.text.splitlines() if line.startswith("data: ")]
            if events.pop() != "[DONE]" or not all(map(json.loads, events)):
                raise Finding(f"{path} streams what is no completion")
            return
        said = json.loads(reply.content)
        if reply.status_code != 200 and not {"detail", "error"} & said.keys():
            raise Finding(f"{path} answers {reply.status_code} without a reason")


def _pack(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return stream.getvalue()


def _unpack(data: bytes) -> bytes:
    """Return a container with its entries stored as they are, where changes reach the XML."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return _pack({name: archive.read(name) for name in archive.namelist()})


def _mail_seeds() -> list[bytes]:
    head = b"From: a@b.example\nTo: c@d.example\nSubject: A\nDate: Mon, 1 Jul 2024 09:00:00 +0200\n"
    parts = b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nEin Satz.\n--x\n"
    parts += b"Content-Type: text/html"
    message = head + parts + b"\n\n<p>Noch ein Satz.</p>\n--x--\n"
    return [message, b"From a@b Mon Jul  1 09:12:00 2024\n" + message]


def _outlook_seeds() -> list[bytes]:
    from tests.corpus.readers import test_outlook as made

    text = {**made.HEAD, 0x1000: made.TEXT}
    page = {**made.HEAD, 0x1013: made.PAGE.encode(), 0x3FDE: 65001}
    attached = {0x3707: "a.txt", 0x3701: made.TEXT.encode(), 0x3705: 1}
    return [made.message(text), made.message(page), made.message(text, attached)]


def _warc_seeds() -> list[bytes]:
    from tests.corpus.readers import test_collected as made

    parts = [made.INFO, made.PLAIN, made.PICTURE, made.PACKED, made.PIECES]
    return [b"".join(parts), *parts, b"".join(map(gzip.compress, parts))]


def _reference_seeds() -> list[bytes]:
    from tests.corpus.readers import test_collected as made

    return [made.RIS.encode(), made.BIBTEX.encode(), json.dumps(made.CSL).encode()]


def _exports(suffix: str) -> list[bytes]:
    """Return exports of press databases and agencies whose names would end so."""
    from tests.corpus.readers.press import invented

    made = {
        ".txt": [
            "\n".join(invented.nexis_uni()), invented.nexis_counted(), invented.factiva_coded(),
            invented.factiva_plain(), "\n".join(invented.genios_below()), invented.genios_front(),
            invented.proquest(),
        ],
        ".html": [invented.factiva_html(), invented.europresse()],
        ".xml": [invented.pmg_xml(), invented.newsml(), invented.nitf()],
        ".json": [json.dumps(invented.ninjs()), json.dumps(invented.dpa())],
    }  # fmt: skip
    return [text.encode() for text in made[suffix]]


def _files(*suffixes: str) -> list[bytes]:
    folders = (DATA, DATA.parent / "press", DATA.parent / "scans")
    paths = [
        path for folder in folders for path in sorted(folder.iterdir()) if path.suffix in suffixes
    ]
    paths += [path for path in sorted(samples_folder().rglob("*")) if path.suffix in suffixes]
    found = [path.read_bytes() for path in paths if path.stat().st_size < 300_000]
    return found + [_unpack(data) for data in found if data.startswith(b"PK")]


def targets(names: Iterable[str] = ()) -> dict[str, tuple[list[bytes], Target]]:
    """Return the targets by name: what they begin with, and what they do."""
    own = Path(__file__).parents[1] / "qa" / "reader"
    made: dict[str, Callable[[], tuple[list[bytes], Target]]] = {
        "html": lambda: (_files(".html"), reader("a.html")),
        "markdown": lambda: (_files(".md"), reader("a.md")),
        "text": lambda: (_files(".txt"), reader("a.txt")),
        "jsonl": lambda: (_files(".jsonl"), reader("a.jsonl")),
        "csv": lambda: (_files(".csv"), reader("a.csv")),
        "pdf": lambda: (_files(".pdf"), reader("a.pdf")),
        "docx": lambda: (_files(".docx"), reader("a.docx")),
        "epub": lambda: (_files(".epub"), reader("a.epub")),
        "mhtml": lambda: (_files(".mhtml"), reader("a.mhtml")),
        "parquet": lambda: (_files(".parquet"), reader("a.parquet")),
        "odf": lambda: (_files(".odt", ".odp"), reader("a.odt")),
        "pptx": lambda: (_files(".pptx"), reader("a.pptx")),
        "sheets": lambda: (_files(".xlsx", ".ods"), reader("a.xlsx")),
        "picture": lambda: (_files(".png", ".tif"), reader("a.png")),
        "mail": lambda: (_mail_seeds(), reader("a.eml")),
        "outlook": lambda: (_outlook_seeds(), reader("a.msg")),
        "warc": lambda: (_warc_seeds(), reader("a.warc")),
        "references": lambda: (_reference_seeds(), reader("a.ris")),
        "page-picture": lambda: (_files(".pdf", ".png"), page_picture),
        "rtf": lambda: (_files(".rtf"), reader("a.rtf")),
        "press": lambda: (_exports(".txt"), reader("a.txt")),
        "press-page": lambda: (_exports(".html"), reader("a.html")),
        "news-xml": lambda: (_exports(".xml"), reader("a.xml")),
        "news-json": lambda: (_exports(".json"), reader("a.json")),
        "zip": lambda: (_files(".zip"), reader("a.zip")),
        "feed": lambda: (_files(".xml"), reader("a.xml")),
        "links": lambda: ([*_files(".xml"), b"https://a.example/1\n"], links),
        # The whole file has megabytes; its head is where the structure is.
        "weights": lambda: (_weights_seeds(), weights),
        "sidecar": lambda: ([(own / "reader.json").read_bytes()], sidecar),
        "copies": lambda: ((copies := Copies()).seeds(), copies),
        "question": lambda: (
            [b"Wann soll die Seilbahn in Bad Lauten wieder fahren?",
             "\u202eWer? [1] ${a} <b>".encode(), b"Ist 2*3 < 7 und warum?"],
            Questions(),
        ),
        "api": lambda: ((api := Api()).seeds(), api),
    }  # fmt: skip
    wanted = list(names) or list(made)
    return {name: made[name]() for name in wanted}


def _weights_seeds() -> list[bytes]:
    import numpy as np
    from safetensors.numpy import save

    tensors: dict[str, Any] = {
        "heads.weight": np.zeros((2, 8), np.float32),
        "a.scales": np.ones(4, np.float16),
    }
    return [save(tensors), save(tensors, {"layout": "1"})]
