"""Bytes become clean characters, or a clear refusal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import UnknownFormat
from corpus.text.normalize import clean, decode

GERMAN = (
    'Die Bürger von Köln wählen am Sonntag über das Bad. "Größe" zählt, sagt Jürgen Weiß.\n' * 3
)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("u\u0308ber", "über"),
        ("Wirt\u00adschaft\u200b", "Wirtschaft"),
        ("\ufeffa\x00b\x07c", "abc"),
        ("gut\u202eneb\u202c", "gutneb"),
        ("a\ud800b", "ab"),
        ("a\u2028b\u0085c", "a\nb\nc"),
        ("M¨ullgeb¨ uhren, ¨Uber 5¨", "Müllgebühren, Über 5¨"),
        ("im Som¬ mer der Bundes¬kanzler, ¬a", "im Sommer der Bundeskanzler, ¬a"),
        ("👩\u200d🔬 می\u200cخواهم", "👩\u200d🔬 می\u200cخواهم"),
        ("\ttab und\u00a0NBSP bleiben", "\ttab und\u00a0NBSP bleiben"),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text(st.characters()))
def test_clean_is_idempotent_normal_and_encodable(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1252",
        "latin-1",
    ],
)  # fmt: skip
def test_decode_finds_the_encoding(encoding: str) -> None:
    assert decode(GERMAN.encode(encoding)) == GERMAN


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("cp1251", "Это был большой день для города. Мэр сказал, что мост построят. " * 4),
        ("iso-8859-7", "Η πόλη αποφάσισε να χτίσει μια νέα γέφυρα στο λιμάνι. " * 6),
        ("cp1250", "Burmistrz powiedział, że będzie gotowy w październiku, źdźbło. " * 6),
        ("shift_jis", "市は新しい橋を建設することを決定した。市長は来年完成すると述べた。" * 5),
    ],
)
def test_decode_looks_at_the_letters(encoding: str, text: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_utf8_wins_over_a_wrong_label() -> None:
    assert decode(GERMAN.encode(), "iso-8859-1") == GERMAN


def test_the_label_decides_where_utf8_does_not_fit() -> None:
    text = "Привет, мир"
    assert decode(text.encode("koi8-r"), "koi8-r") == text
    assert decode(GERMAN.encode("cp1252"), "utf-8") == GERMAN
    assert decode(GERMAN.encode("cp1252"), "no-such-encoding\x00") == GERMAN


def test_a_few_broken_bytes_cost_only_themselves() -> None:
    head, tail = GERMAN[:20], GERMAN[20:]
    assert decode(head.encode() + b"\xff" + tail.encode()) == head + "\ufffd" + tail


@pytest.mark.parametrize("broken", ["für", "außer", "Öffnung – so", "„Käthe“", "Café"])
def test_stretches_of_windows_1252_in_utf8(broken: str) -> None:
    data = f"{GERMAN}Es heißt ".encode() + broken.encode("cp1252") + b" hier."
    assert decode(data) == f"{GERMAN}Es heißt {broken} hier."
    assert decode(data, "utf-8") == decode(data)


def test_a_paragraph_in_utf8_in_a_file_of_windows_1252() -> None:
    assert decode("Größe zählt.\n".encode() + GERMAN.encode("cp1252")) == "Größe zählt.\n" + GERMAN


def test_what_is_left_of_a_character_is_no_letter() -> None:
    for rest in (b"\xc3", b"\xe2\x80", b"\xa4"):
        assert decode(GERMAN.encode() + rest + b" x") == GERMAN + "\ufffd x"


@pytest.mark.parametrize("encoding", ["mac_roman", "cp850", "iso8859-15"])
def test_western_encodings_before_unicode(encoding: str) -> None:
    assert decode(GERMAN.encode(encoding)) == GERMAN
    assert decode(GERMAN.encode(encoding), "utf-8") == GERMAN


def test_the_euro_of_latin_9() -> None:
    text = "Der Rat hat 71.000 € für den Umzug bewilligt, je Einwohner 5€."
    assert decode(text.encode("iso8859-15")) == text
    assert decode(text.encode("iso8859-15"), "iso-8859-1") == text


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "PNG"),
        (b"PK\x03\x04\x14\x00\x00\x00", "ZIP"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08\x00abc", "gzip"),
        (bytes((i * 7919 + i // 3) % 256 for i in range(5000)), "no text"),
    ],
)
def test_binary_is_refused_by_name(data: bytes, kind: str) -> None:
    with pytest.raises(UnknownFormat, match=kind):
        decode(data)


def test_words_that_begin_like_a_picture_are_words() -> None:
    assert decode(b"BMW baut ein Werk.") == "BMW baut ein Werk."
