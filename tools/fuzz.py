"""Damaged and made-up input at every border: `python -m tools.fuzz --seconds 300`.

Each target takes bytes that Hypothesis made of files that are in order: cut, spliced, with
bits turned and with words of the format strewn in. What comes back may be a result or the
error that the border promises; a crash, another exception, a limit that is reached, or a
question that costs seconds is a finding. `--seconds` counts for each target.
"""

import argparse
import io
import json
import logging
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from corpus.errors import ArticleQAError, InputError, ModelError
from corpus.ingest import sandbox as isolation
from corpus.ingest.sandbox import read_apart, read_feed_apart, read_links_apart
from corpus.readers import ReadOptions
from corpus.samples import samples_folder
from tests.fakes import FakeEncoder

DATA = Path(__file__).parents[1] / "tests" / "data" / "formats" / "good"
Target = Callable[[bytes], None]
_CONTAINED = ("crashed", "takes longer", "of computing", "of memory", "makes no sense",
              "reader failed", "was killed")  # fmt: skip
"""What a reader's refusal says where it was the child that saved us."""
_SECONDS = 20.0
_MEMORY = 1_000_000_000
"""Bytes by which one example may make this process larger, for a moment."""
_TOKENS = [
    b"<", b">", b"</p>", b"<p>", b"<table><tr><td>", b"<!--", b"<![CDATA[", b"&#x110000;",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b'{"text": "', b'"}', b"\n", b",", b'""', b"\x00",
    b"\xff\xfe", b"\xef\xbb\xbf", "\u202e".encode(), "\u0301".encode(), b"\xed\xa0\x80",
    b"[1]", b"```", b"> ", b"# ", b"- ", b"](", b"endobj", b"<< /Length 9999999999 >>",
    b"/Kids [1 0 R]", b"PK\x03\x04", b"PAR1", b"<rss>", b"<script type='application/ld+json'>",
    b"3. Mai 2024", b"Von ", b"%" * 40, b"A" * 400, b"9" * 60, b"\\u0000", b"=?utf-8?Q?",
]  # fmt: skip


class Finding(AssertionError):
    """Something that a border should not have let happen."""


def mutations(seeds: list[bytes]) -> st.SearchStrategy[bytes]:
    """Return a strategy for what becomes of some files."""
    step = st.tuples(
        st.integers(0, 5), st.floats(0, 1), st.integers(0, 300), st.sampled_from(_TOKENS)
    )

    def make_input(drawn: tuple[bytes, bytes, list[tuple[int, float, int, bytes]]]) -> bytes:
        data, other = bytearray(drawn[0]), drawn[1]
        for kind, where, length, token in drawn[2]:
            place = int(where * len(data))
            if kind == 0 and data:
                data[min(place, len(data) - 1)] ^= 1 << length % 8
            elif kind == 1:
                del data[place : place + length]
            elif kind == 2:
                data[place:place] = token * (1 + length % 7)
            elif kind == 3:
                data[place:place] = data[place : place + length] * 3
            elif kind == 4:
                del data[place:]
            else:
                start = int(where * len(other))
                data[place : place + length] = other[start : start + length]
        return bytes(data)

    one = st.sampled_from(seeds)
    return st.tuples(one, one, st.lists(step, min_size=1, max_size=12)).map(make_input) | st.binary(
        max_size=200
    )


@contextmanager
def bound(what: str) -> Iterator[None]:
    """Raise Finding where the block takes too long or makes this process much larger."""
    before = _peak_from_now()
    started = time.process_time()
    yield
    spent = time.process_time() - started
    if spent > _SECONDS:
        raise Finding(f"{what} took {spent:.1f} s")
    if before is not None and (grown := _peak() - before) > _MEMORY:
        raise Finding(f"{what} took {grown / 1e9:.1f} GB")


_PROCESS = Path("/proc/self")


def _peak_from_now() -> int | None:
    """Begin the peak of this process's memory anew; return it in bytes, None but on Linux."""
    try:
        (_PROCESS / "clear_refs").write_text("5")
    except OSError:
        return None
    return _peak()


def _peak() -> int:
    status = (_PROCESS / "status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


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


def examples(target: Target, what: str, seeds: list[bytes], count: int, start: int) -> None:
    """Try a number of examples; raises what a target raises, with the example made small."""

    @seed(start)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        derandomize=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(mutations(seeds))
    def run(data: bytes) -> None:
        with bound(what):
            target(data)

    run()


def main() -> int:
    """Fuzz the targets named, or all; print runs and findings."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0, help="for each target")
    parser.add_argument("--target", action="append", default=[])
    parser.add_argument("--start", type=int, help="the first seed; by default a new one")
    given_options = parser.parse_args()
    logging.disable(logging.WARNING)
    first = (
        random.SystemRandom().randrange(10**6)
        if given_options.start is None
        else given_options.start
    )
    bad = 0
    for name, (seeds, target) in targets(given_options.target).items():
        runs, found, at = 0, dict[str, str](), first
        end = time.monotonic() + given_options.seconds
        while time.monotonic() < end and len(found) < 10:
            try:
                examples(target, name, seeds, 100, at)
            except Exception as exc:  # noqa: BLE001 (that is what is looked for)
                found.setdefault(f"{type(exc).__name__}: {exc}"[:200], f"--start {at}")
            runs, at = runs + 100, at + 1
        sys.stdout.write(f"{name}: {runs:,} runs, {len(found)} findings (seed {first})\n")
        for what, where in found.items():
            sys.stdout.write(f"  {what} ({where})\n")
        sys.stdout.flush()
        bad += len(found)
    isolation._close_all()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
