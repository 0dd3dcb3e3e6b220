"""The short form of the fuzzing: the same targets, the same few examples every time."""

import sys

import pytest

from tools import fuzz
from tools.fuzz_targets import Finding, targets

NAMES = [
    "html", "markdown", "text", "jsonl", "csv", "pdf", "docx", "epub", "mhtml", "parquet", "zip",
    "odf", "pptx", "sheets", "picture", "mail", "outlook", "warc", "references", "page-picture",
    "rtf", "press", "press-page", "news-xml", "news-json", "feed", "links", "weights", "sidecar",
    "copies", "question", "api",
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", NAMES)
def test_damaged_input_does_no_harm(name: str) -> None:
    seeds, target = targets([name])[name]
    fuzz.examples(target, name, seeds, 10 if name == "copies" else 40, start=0)


def test_a_target_that_fails_is_found() -> None:
    def target(data: bytes) -> None:
        if b"<p>" in data:
            raise Finding("it was let through")

    with pytest.raises(Finding, match="let through"):
        fuzz.examples(target, "a", [b"text"], 5000, start=0)


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is read from /proc")
def test_an_example_that_takes_much_memory_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "_MEMORY", 50_000_000)
    with fuzz.bound("a little"):
        bytearray(10_000_000)
    with pytest.raises(Finding, match=r"a lot took 0\.2 GB"), fuzz.bound("a lot"):
        bytearray(200_000_000)
