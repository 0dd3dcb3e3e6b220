"""Text at the border: bytes become clean Unicode here, once, and nowhere else.

`clean` makes every later offset mean the same thing everywhere: one form of each
character, one kind of line end, nothing invisible that a reader of the quote would
not see. It leaves blanks and line breaks alone: layout is the readers' business.
"""

import codecs
import re
import unicodedata

from corpus.errors import UnknownFormat

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")

# Dropped: C0 and C1 controls but tab and newline; soft hyphen and zero-width space (they
# split words in search); bidirectional embeddings, overrides and isolates (they make a quote
# read differently from what it says); byte order marks; lone surrogates (no encoder takes
# them); non-characters. Joiners (U+200C, U+200D) stay: Persian, Hindi and emoji need them.
_DROPPED = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)

_TEX_ACCENT = re.compile("(?:¨|(?<=[^\\W\\d_])¨ )([aouAOU])(?![\u0300-\u036f])")
_DIVISION = re.compile(r"(?<=[^\W\d_])¬ ?(?=[^\W\d_])")

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its mark begins with that one's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_MAGIC = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"BM", "a BMP picture"),
    (b"II*\x00", "a TIFF picture"),
    (b"MM\x00*", "a TIFF picture"),
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP archive or an Office file"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office file; save it as DOCX or PDF, or install LibreOffice"),
    (b"{\\rtf", "an RTF file"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"OggS", "an Ogg recording"),
    (b"ID3", "an MP3 recording"),
    (b"\x00\x00\x01\x00", "an icon"),
)
_HEIC = (b"heic", b"heix", b"mif1", b"heim", b"hevc", b"avif")
_CONTAINERS = {b"ftyp": "a video or audio file", b"WEBP": "a WebP picture", b"WAVE": "a recording"}

# The web's reading of these labels (WHATWG): pages that say Latin-1 mean Windows-1252.
_ALIASES = {
    "iso8859-1": "cp1252",
    "latin-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "utf-16": "utf-8",  # a page whose label could be read is not in UTF-16
    "utf-16-le": "utf-8",
    "utf-16-be": "utf-8",
}
_SAMPLE = 65536
_WESTERN = re.compile("[A-Za-zÀ-ÖØ-öø-ÿŒœŠšŽžŸ‚„“”‘’‹›«»–—…€§°´·²³½]")
_WESTERN_ENCODINGS = ("cp1252", "mac_roman", "cp850")
"""In the order in which they are believed where letters do not tell."""
_ODD = re.compile(
    r"[\x80-\x9f]|(?<=[a-zß-öø-ÿ])[^\W\d_a-zß-öø-ÿœšž](?=[^\W\d_A-Z])"  # "plŠne"
    r"|(?<=[^\W\d_])[†‡•‰§©®¶‹›¤¥¦¨¬±µ¸¼½¾ƒˆ˜Ð×Þð÷þÝý¿¡€…„“”ªº](?=[^\W\d_])"
    r"|(?<![^\W\d_])[šŸœ†Š‡…](?=[a-z]{2})"
    r"|[╔-╬▀-▓│┤├┼─]"
)
"""What no Western text has in the middle of its words: it was read in the wrong encoding."""
_LATIN9 = re.compile(rb"(?:\d|\s|^)\xa4|\xa4(?:\s?\d|\s|[.,;)]|$)")
"""The sign that ISO-8859-15 has put the euro in the place of, where a price may have it."""
_STRAY = frozenset("ÂÃÿ")
"""Letters that are, alone, rather what is left of a UTF-8 character than German or French."""


def clean(text: str) -> str:
    r"""Return the text in NFC, with `\n` line ends and nothing invisible or unencodable.

    Letters that a program took apart are whole again: the accents of old TeX fonts stand
    before their letters, and text recognition writes ¬ where a word was divided.

    >>> clean("Gru\u0308\u00adße\r\n\x00da")
    'Grüße\nda'
    >>> clean("Die M¨ullgeb¨ uhren im Som¬ mer")
    'Die Müllgebühren im Sommer'
    """
    text = _LINE_ENDS.sub("\n", text)
    if "¨" in text:
        text = _TEX_ACCENT.sub(lambda hit: hit[1] + "\u0308", text)
    if "¬" in text:
        text = _DIVISION.sub("", text)
    return unicodedata.normalize("NFC", _DROPPED.sub("", text))


def letters_of(text: str) -> str:
    """Return a text's letters and digits alone, lower-cased, to compare lines by."""
    return "".join(char for char in text.lower() if char.isalnum())


def replace_surrogates(text: str) -> str:
    r"""Replace lone surrogates, legal in JSON and an error elsewhere; offsets stay.

    >>> replace_surrogates("a\ud800b")
    'a?b'
    """
    return text.encode("utf-8", "replace").decode("utf-8")


def decode(data: bytes, declared: str | None = None) -> str:
    """Return the characters of a text file, not yet cleaned.

    A byte order mark wins, then UTF-8 where it fits, then the declared encoding, then
    what the bytes look like. A few broken bytes in UTF-8 become U+FFFD.

    Raises UnknownFormat where the bytes are no text.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _without_noise(data[len(mark) :].decode(encoding, "replace"), data)
    kind = binary_kind(data)
    if kind:
        raise UnknownFormat(
            "this is {kind}, not text; give the article as text, HTML or JSONL", kind=kind
        )
    encoding = _wide_encoding(data)
    if encoding:
        return _without_noise(data.decode(encoding, "replace"), data)
    try:
        return _without_noise(data.decode("utf-8"), data)
    except UnicodeDecodeError:
        return _without_noise(_decode_legacy(data, declared), data)


def binary_kind(data: bytes) -> str:
    """Return what kind of non-text file starts like this, or ""."""
    for magic, kind in _MAGIC:
        # "BM" and "ID3" also begin honest words; a binary header has a NUL soon after.
        if data.startswith(magic) and (len(magic) > 3 or b"\x00" in data[:32] or magic[0] > 126):
            return kind
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        return "a phone's picture (HEIC); save it as JPEG"
    return _CONTAINERS.get(data[4:8]) or _CONTAINERS.get(data[8:12], "")


def _wide_encoding(data: bytes) -> str:
    """Return the UTF-16 or UTF-32 order of bytes without a mark, or ""."""
    sample = data[:4096]
    if len(sample) < 4 or sample.count(0) < len(sample) // 8:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) // 2
    if sample.count(0) > len(sample) * 0.6:
        for encoding in ("utf-32-le", "utf-32-be"):
            if _decodes(data[: len(sample) // 4 * 4], encoding):
                return encoding
        return ""
    if odd > half * 0.25 and even < half * 0.05:
        return "utf-16-le"
    if even > half * 0.25 and odd < half * 0.05:
        return "utf-16-be"
    return ""


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _decode_legacy(data: bytes, declared: str | None) -> str:
    """Decode what is not proper UTF-8."""
    named = _known_encoding(declared)
    if named in ("", "utf-8") and _is_mostly_utf8(data):
        return data.decode("utf-8", "corpus-mixed")
    if named and named not in ("utf-8", "cp1252") and _plausible(data, named):
        return data.decode(named, "replace")
    western = _decode_western(data)
    if named == "cp1252" or _reads_western(western[:_SAMPLE]):
        return western
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    return data.decode(best.encoding, "replace") if best else western


def _is_mostly_utf8(data: bytes) -> bool:
    """Say whether broken stretches stand in UTF-8: files that were put together have them.

    What is whole has to be Western then, for two letters of a Chinese or Cyrillic encoding
    look like one of UTF-8 now and then.
    """
    lenient = data.decode("utf-8", "replace")[: 16 * _SAMPLE]
    broken = lenient.count("�")
    whole = [char for char in lenient if char > "\x7f" and char != "�"]
    if len(whole) >= 4 * broken:
        return True
    return bool(whole) and sum(1 for c in whole if _WESTERN.match(c)) >= 0.95 * len(whole)


def _replace_broken(error: UnicodeError) -> tuple[str, int]:
    """Read what is no UTF-8 as Windows-1252, unless it is what is left of a character."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    broken = error.object[error.start : error.end]
    char = broken.decode("cp1252", "replace")
    whole = len(broken) == 1 and char not in _STRAY and _WESTERN.match(char) is not None
    return (char if whole else "�"), error.end


codecs.register_error("corpus-mixed", _replace_broken)


def _decode_western(data: bytes) -> str:
    """Decode Western text in the encoding that leaves the fewest oddities in its words."""
    found, fewest = "", -1
    for encoding in _WESTERN_ENCODINGS:
        sample = data[:_SAMPLE].decode(encoding, "replace")
        odd = len(_ODD.findall(sample)) + sample.count("�")
        if fewest < 0 or odd * 3 < fewest:
            found, fewest = encoding, odd
        if not fewest:
            break
    if found == "cp1252" and _LATIN9.search(data) and not re.search(rb"[\x80-\x9f]", data):
        found = "iso8859-15"
    return data.decode(found, "replace")


def _reads_western(text: str) -> bool:
    """Say whether text read as Western is that: Cyrillic or Greek would be nearly all accents."""
    high = [char for char in text if char > "\x7f"]
    usual = sum(1 for char in high if _WESTERN.match(char))
    accents = sum(1 for char in high if char.isalpha())
    plain = sum(1 for char in text if char.isalpha()) - accents
    return usual >= 0.9 * len(high) and accents <= 0.4 * (accents + plain)


def _known_encoding(declared: str | None) -> str:
    try:
        name = codecs.lookup(declared.strip()).name if declared else ""
    except (LookupError, ValueError):  # ValueError: a label with a NUL in it
        return ""
    return _ALIASES.get(name, name)


def _plausible(data: bytes, encoding: str) -> bool:
    """Say whether a declared encoding fits: it decodes, and not to control characters."""
    try:
        text = data[:_SAMPLE].decode(encoding, "replace")
    except (LookupError, TypeError):  # a codec that is none of text
        return False
    strange = sum(1 for char in text if char == "�" or "\x80" <= char <= "\x9f")
    return strange * 200 <= len(text)


def _without_noise(text: str, data: bytes) -> str:
    """Return the text, unless it is so full of controls that it was none."""
    sample = text[:_SAMPLE]
    noise = sum(
        1 for char in sample if (char < " " and char not in "\t\n\r\f\v\x1b") or char == "�"
    )
    if noise * 10 > max(len(sample), 10):
        raise UnknownFormat(
            "these {count:,} bytes are no text; give the article as text, HTML or JSONL",
            count=len(data),
        )
    return text
