"""Lines around an article that are not the article, by their own words.

A page speaks to its reader ("Abonnieren Sie unseren Newsletter"), an article reports ("Der
Verein verschickt einen Newsletter"). So an expression must fill a line, open it, or open a
sentence as an imperative; quotations and reported speech are left out, and a long
paragraph is never clutter by its words. What takes the neighbours to decide is in
`corpus.structure.assemble`.
"""

import re
from functools import lru_cache

from corpus.article import Role
from corpus.structure.bylines import read_line
from corpus.structure.phrases import Phrases

LONGEST = 380
"""Characters: a paragraph longer than this is never clutter by its words."""

_PHRASES = Phrases("around.toml")
_LEADING = re.compile(r"^(?:[^\w\"'“”„»«©(\[@$€£<]|_)+")
_QUOTED = re.compile('„[^“”"]*[“”"]|“[^”]*”|»[^«]*«|«[^»]*»|"[^"]*"')
_SPEECH = re.compile(
    r",\s+(?:\w+\s+){0,3}(?:said|says|told|cried|asked|added|warned|wrote)\b|"
    r",\s+(?:so\s+(?:der|die|das)|sagte?n?|rief(?:en)?|rät|rieten?|erklärte?n?|meinte?n?|"
    r"betonte?n?|forderte?n?|hieß|schrieb(?:en)?|fragte?n?|warnte?n?|heißt)\b",
    re.IGNORECASE,
)
_SENTENCE_GAP = re.compile(r"(?<=[.!?:])[\"”“»«)]*\s+|\s+[–—|]\s+")
_ITEM_GAP = re.compile(r"\s*[|·•›>/‹»]\s*|\s+[–—-]\s+|\s{2,}|\t")
_IMPRINT = re.compile(r"\b(?:impressum|datenschutz|imprint|privacy)\b", re.IGNORECASE)
_COUNT = re.compile(r"\s*\(?\d{1,5}\)?$")

_MARKER = re.compile(
    rf"{_PHRASES.expression('read_more')}"
    r"(?:\s*(?:[:|…→»›>+–-].{0,140}|[.!?…]*)$|[^.!?:,]{0,40}:\s.{2,120}$|[^.!?:,]{0,50}[:→»›>]?$|,?\s[^.!?]{0,80}[!?…]$"
    r"|,?\s(?:was|wie|warum|wo|wer|weshalb|why|how|what|who)\b.{0,110}$)",
    re.IGNORECASE,
)
_BARE_MARKER = re.compile(
    rf"{_PHRASES.expression('read_more')}[^.!?:,]{{0,30}}[:→»›>…]?$", re.IGNORECASE
)
_ADVERTISEMENT = re.compile(rf"{_PHRASES.expression('advertisement')}\s*[:.]?$", re.IGNORECASE)
_NAMES = r"(?-i:[A-ZÄÖÜ][\w'’.-]*(?:[ /][A-ZÄÖÜ][\w'’.-]*){0,4})"
_CREDIT = re.compile(
    rf"[(\[]?{_PHRASES.expression('credit_word')}\s*(?:[:©|/]|\(c\)|\bvon\b(?=\s+{_NAMES}\W*$)|"
    rf"\bby\b(?=\s+{_NAMES}\W*$))\s*[^\s\d][^!?]{{1,100}}$|"
    r"[(\[]?(?:©|\(c\)|copyright\b:?)\s*[^\s\d][^!?]{1,90}$|"
    rf"[(\[]?{_PHRASES.expression('agencies')}(?:\s*[/|,–-]\s*[^.!?]{{2,60}})?[)\]]?$",
    re.IGNORECASE,
)
_CREDIT_TAIL = re.compile(
    rf"(?:\s|[(\[|–-]){_PHRASES.expression('credit_word')}\s*(?::|©|\(c\)|\bby\b)\s*[^.!?]{{2,70}}[)\]]?\.?$|"
    r"\s(?:©|\(c\))\s*[^.!?\d][^.!?]{1,60}$|"
    rf"[(\[](?:{_PHRASES.expression('agencies')})[^.!?()]{{0,40}}[)\]]$",
    re.IGNORECASE,
)
_READ_ON = _PHRASES.pattern("read_on")
_SECTION_LINE = _PHRASES.pattern("section_line")
_CONTACT = _PHRASES.pattern("contact")
_BIO = _PHRASES.pattern("bio")
_AUTHOR_BOX = _PHRASES.pattern("author_box")
_CALL = _PHRASES.pattern("call")
_ASIDE = _PHRASES.pattern("aside")
_ABOUT_US = _PHRASES.pattern("about_us")
_COMMENTS_HEAD = _PHRASES.pattern("comments_head")
_COMMAND = _PHRASES.pattern("command")
_COUNTER = _PHRASES.pattern("counter")
_COMMANDS = _PHRASES.words("commands")
_TAG_HEADS = _PHRASES.words("tag_heads")
_SECTIONS = _PHRASES.words("sections")
_CAPTION = re.compile(
    r"(?:bildunterschrift|bildtext|bildbeschreibung|caption|(?:auf dem|im) bild|pictured)\s*:", re.I
)
_CORRECTION = re.compile(
    r"(?:korrektur|berichtigung|correction|corrections|clarification|richtigstellung)\b.{0,40}:|"
    r"(?:anm(?:erkung|\.) (?:der|d\.) red(?:aktion|\.)|editor'?s'? note|update)\b.{0,20}:|"
    r"(?:in einer (?:früheren|ersten|vorherigen) (?:version|fassung)|an earlier version)\b|"
    r"(?:this|diese[rs]?) (?:article|story|artikel|text|beitrag) (?:was|has been|wurde) "
    r"(?:amended|corrected|updated|korrigiert|berichtigt|nachträglich)\b",
    re.IGNORECASE,
)
_PATH = re.compile(
    r"(?:sie sind hier|you are here)\b.*|"
    r"(?:startseite|home|homepage|start|news|nachrichten)(?:\s*[>»›/|→]\s*[^>»›/|→.!?]{2,60}){1,6}$",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def line_role(text: str) -> Role | None:
    """Return the role that a line's own words give it, or None where they give none.

    >>> line_role("Foto: dpa"), line_role("Lesetipp: So wird der Winter")
    (<Role.CAPTION: 'caption'>, <Role.PROMO: 'promo'>)
    >>> line_role("Der Verein verschickt jede Woche einen Newsletter.") is None
    True
    """
    line = " ".join(text.split())
    if not line or len(line) > LONGEST:
        return None
    bare = _LEADING.sub("", line)
    if _COUNTER.fullmatch(line):
        return Role.PROMO
    if read_line(line):
        return Role.SOURCE
    if not bare:
        return None
    if _CREDIT.match(bare) or _CAPTION.match(bare):
        return Role.CAPTION if len(line) <= 160 else None
    if len(line) <= 320 and _CREDIT_TAIL.search(line):
        return Role.CAPTION
    inside = line[1:-1] if line.startswith("(") and line.endswith(")") else bare
    if _SECTION_LINE.match(inside) or _all_source(line):
        return Role.SOURCE
    if bare.rstrip(" :").lower() in _TAG_HEADS:
        return Role.PROMO
    if _is_menu_line(text) or _PATH.match(bare) or _COMMENTS_HEAD.match(bare):
        return Role.PROMO
    return Role.PROMO if _is_promo(bare) else None


def _all_source(line: str) -> bool:
    """Say whether each part of a line is a byline or a credit: "Text: … | Fotos: …"."""
    parts = re.split(r"\s*[|·•]\s*", line) if len(line) <= 200 else []
    return len(parts) > 1 and all(read_line(part) or is_credit(part) for part in parts)


def _is_promo(line: str) -> bool:
    """Say whether a line speaks for the page and not for the article."""
    line = _QUOTED.sub(" … ", line)
    if _SPEECH.search(line):
        return False
    if len(line) <= 220 and (
        _MARKER.match(line) or _ADVERTISEMENT.match(line) or _READ_ON.match(line)
    ):
        return True
    sentences = [piece for piece in _SENTENCE_GAP.split(line) if piece.strip(" .…")]
    if len(sentences) > 6:
        return False
    for sentence in sentences:
        bare = _LEADING.sub("", sentence).rstrip(" .!:→»›")
        if _CALL.match(bare) or _ABOUT_US.match(bare) or _ASIDE.search(bare):
            return True
    return False


def _is_menu_line(text: str) -> bool:
    """Say whether a line is a row of links: sections, share buttons, a footer."""
    line = text.strip()
    if len(line) > 200 or line.endswith(("?", "!", ";", ",")):
        return False
    parts = [part for part in _ITEM_GAP.split(line) if part]
    if len(parts) < 2 and len(line) <= 120 and not line.endswith("."):
        parts = _words(line)
    known = sum(1 for part in parts if is_menu_item(part))
    if len(parts) == 1:
        return known == 1 and not is_section_name(line) and len(line) > 2
    if max(map(len, parts)) > 40 or known < 2:
        return False
    return known * 2 >= len(parts) or bool(_IMPRINT.search(line))


def _words(line: str) -> list[str]:
    """Return a line's items where single blanks part them: commands of two words are one."""
    words, items = _COUNT.sub("", line).split(), []
    while words:
        for size in (4, 3, 2, 1):
            head = " ".join(words[:size])
            if size == 1 or _plain(head) in _COMMANDS:
                items.append(head)
                words = words[min(size, len(words)) :]
                break
    # Running text has such words too; a row of links has hardly anything else.
    known = sum(1 for item in items if is_menu_item(item))
    return items if known >= 2 and known * 5 >= len(items) * 4 else [line]


@lru_cache(maxsize=4096)
def _plain(item: str) -> str:
    return _COUNT.sub("", " ".join(item.split())).strip(" .:>»›→|[]").lower()


def is_menu_item(text: str) -> bool:
    """Say whether a text is what a button, or the link of a menu or a footer, says."""
    plain = _plain(text)
    known = plain in _COMMANDS or plain in _SECTIONS
    return known or text.startswith("©") or bool(_COMMAND.fullmatch(plain))


def is_section_name(text: str) -> bool:
    """Say whether a line is the name of a newspaper's section."""
    parts = re.split(r"\s*(?:&|/|\bund\b|\band\b)\s*", _plain(text))
    return all(part in _SECTIONS for part in parts)


def is_credit(text: str) -> bool:
    """Say whether a line is a picture's credit and nothing else."""
    line = " ".join(text.split())
    return len(line) <= 120 and bool(_CREDIT.match(_LEADING.sub("", line)))


def is_correction(text: str) -> bool:
    """Say whether a line corrects the article: that is part of it wherever it stands."""
    return bool(_CORRECTION.match(" ".join(text.split())))


def opens_promo(text: str) -> bool:
    """Say whether a line announces other reading, so that what hangs under it is no article."""
    line = _LEADING.sub("", " ".join(text.split()))
    if line.rstrip(" :").lower() in _TAG_HEADS:
        return True
    return len(line) <= 60 and bool(_BARE_MARKER.match(line) or _ADVERTISEMENT.match(line))


def is_advertisement(text: str) -> bool:
    """Say whether a line is the word that stands above advertisements."""
    return bool(_ADVERTISEMENT.match(_LEADING.sub("", " ".join(text.split()))))


def opens_author_box(text: str) -> bool:
    """Say whether a line stands above what tells of its author: "Die Autorin"."""
    line = " ".join(text.split())
    return len(line) <= 60 and bool(_AUTHOR_BOX.match(line))


def opens_contact(text: str) -> bool:
    """Say whether a line opens those that say whom the press may ask."""
    line = " ".join(text.split())
    return len(line) <= 60 and bool(_CONTACT.match(line))


def is_bio(text: str) -> bool:
    """Say whether a brief line tells what its subject does for the paper."""
    return len(text) <= 220 and bool(_BIO.search(text))


def opens_comments(text: str) -> bool:
    """Say whether a line is the head of readers' comments."""
    return bool(_COMMENTS_HEAD.match(_LEADING.sub("", " ".join(text.split()))))
