"""What a file's own properties are worth: title, people and language of PDF, DOCX and EPUB.

Programs fill them in by themselves, so what the text shows comes first.
"""

import re
from collections.abc import Sequence
from contextlib import suppress

from corpus.blocks import Block, Metadata
from corpus.errors import InputError
from corpus.readers.archives.archive import Archive
from corpus.readers.text.plain import title_from
from corpus.readers.xml import child_text, parse_xml
from corpus.text.normalize import clean, letters_of

_JUNK = re.compile(
    r"(?:microsoft\s+\w+\s*-.*|(?:unbenannt|untitled|document|dokument|titel|title|folie|slide)"
    r"[\s\d_-]*|powerpoint[- ](?:presentation|präsentation)|.*\.(?:docx?|odt|pdf|indd|qxp|tex|rtf|pages|html?)|about:blank|[\W\d_]*|https?://.*)",
    re.I,
)
_NOBODY = re.compile(
    r"(?:unknown|unbekannt|unspecified|user|benutzer|admin\w*|authors?|autor(?:in|en)?|verfasser|"
    r"anonym(?:ous|us)?|nobody|niemand|none|null|nil|undefined|n/?a|k\.?\s?a\.?|office|owner|guest|gast|"
    r"root|test|default|standard|creator|python-docx|openpyxl|scan(?:ner)?|reportlab.*|"
    r"(?:unknown|unbekannter?|unnamed|no|kein)[\s-](?:author|autor|user|benutzer|creator)|"
    r"windows[\s-]user|(?:microsoft|ms)[\s-](?:office|word|excel)?[\s-]?(?:user|benutzer)?|"
    r"un-?named|[\W\d_]*|.*(?:@|\.(?:com|de|exe)$).*)",
    re.I,
)
_AROUND = " \t()[]{}<>\"'*-–—_.:"
"""What programs put around a placeholder: "(anonymous)", "<unknown>"."""
_CORE, _LARGEST = "docProps/core.xml", 10 * 2**20
_FIRST = 12
"""Blocks among which a title stands."""


def real_title(said: str, blocks: Sequence[Block]) -> str:
    """Return the headline that the text shows, or else what the properties say; mark its block.

    "" where neither has one.
    """
    said = "" if _JUNK.fullmatch(said.strip()) else " ".join(clean(said).split())
    head = [block for block in blocks if block.text.strip()][:_FIRST]
    shown = next((block for block in head if block.kind == "title"), None)
    shown = shown or next(
        (b for b in head if said and letters_of(b.text) == letters_of(said)), None
    )
    if shown is None and not said:
        first = next((block for block in head[:3] if block.kind == "heading"), None)
        if first is not None:
            peers = sum(1 for b in blocks if b.kind == "heading" and b.level == first.level)
            shown = first if peers == 1 or first is head[0] else None
    if shown is None:
        return said
    shown.kind = "title"
    return " ".join(shown.text.split())


def package_metadata(archive: Archive, blocks: Sequence[Block], name: str) -> Metadata:
    """Return what a Word or PowerPoint file's core properties say; its title may be a block's."""
    said, authors, language = "", "", ""
    if _CORE in archive:
        # What cannot be read of them costs nothing of the text.
        with suppress(InputError):
            core = parse_xml(archive.read(_CORE, _LARGEST), "the properties")
            said, authors = child_text(core, "title"), child_text(core, "creator")
            language = child_text(core, "language")
    return Metadata(
        title=real_title(said, blocks) or title_from(name),
        authors=people(authors),
        hint=language_code(language),
        properties=True,
    )


def people(text: str) -> list[str]:
    """Return the names in a list of authors; accounts and programs are nobody.

    >>> people("Anna Beispiel; Tom Hale"), people("Administrator")
    (['Anna Beispiel', 'Tom Hale'], [])
    """
    names = re.split(r"\s*(?:;|&|\bund\b|\band\b)\s*", " ".join(clean(text).split()))
    if len(names) == 1 and text.count(",") != 1:  # "Beispiel, Anna" is one person
        names = re.split(r"\s*,\s*", names[0])
    return [name for name in names if len(name) <= 80 and not is_nobody(name)]


def is_nobody(name: str) -> bool:
    """Say whether a name that a file gives is an account's, a program's or a placeholder.

    >>> is_nobody("(anonymous)"), is_nobody("Anna Nym")
    (True, False)
    """
    return _NOBODY.fullmatch(name.strip(_AROUND)) is not None


def language_code(text: str) -> str:
    """Return the two letters of a language tag, or "".

    >>> language_code("de-AT"), language_code("deutsch")
    ('de', '')
    """
    hit = re.fullmatch(r"([a-z]{2})(?:[-_]\w+)*", text.strip().lower())
    return hit[1] if hit else ""
