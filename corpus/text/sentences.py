"""Where sentences begin and end.

sentencex proposes the borders: it knows the end marks and abbreviations of some 240
languages. Two things it leaves wrong in German and English are put right here: borders
after ordinals and a few abbreviations ("im 19. Jahrhundert", "Eva Muster, geb. Beispiel"),
and borders that it does not see, within quotations, before a year and after abbreviations
that often end a sentence ("usw.", "Mio.", "etc.").
"""

import re

from corpus.text.quantities import LONG_MONTHS

_MONTHS = "|".join(name.capitalize() for name in LONG_MONTHS)
_GAP = re.compile(r"(?<=[.!?…。！？؟।])([\"'”“„»«›‹’‘)\]]*)\s+")
_LIST_BREAK = re.compile(r"[ \t]*\n[ \t]*(?:\n\s*|(?=(?:[-*•·–—‣▪]|\d{1,3}[.)])[ \t]+\S))")
_LAST_WORD = re.compile(r"(\w[\w.\-/'’]*?)[.!?…]+[\"'”“„»«›‹’‘)\]]*$")
_OPENING = "\"'“„»«›‹‚‘’([¿¡–— "
_CLOSING = "\"'”“„»«›‹’‘)]"
_FOOTNOTE = re.compile(r"\[[^\]\n]{1,40}\](?:\s|$)|[)\]\"”“»«]+(?:\s|$)")

# After these a full stop never ends a German or English sentence before a name or a number.
_NEVER_LAST = frozenset(
    """abs adm al apr approx art aufl aug av bd betr bgm bsp bspw bzgl bzw ca capt cf col comm d
    dept dez dgl dipl dr ebd eg ehem eigtl engl ev evtl exkl feb ff fig frhr frl gen geb gegr gest
    ggf gov hon hr hrn hrsg ing inkl insb jan jg jul jun kap kath kgl lat lfd lt ltd max med mag
    mind min mr mrs ms mt nat nov nr no nos oct okt op orig phil pos pp pres prof rep rev rd röm
    s sen sep sept sog sr st str sv tel u usf vgl verh verst vol vors vs z zb zit zz""".split()
)
# After these it may; the next word then tells.
_SOMETIMES_LAST = frozenset(
    """bhf bn co corp ct e.u etc gg hbf inc jh jr kg km l.p m mia min mill mio mrd ph.d o.ä p.m
    a.m plc sec sek std str tsd u.a u.k u.n u.s u.s.a usw uhr v.chr n.chr z.b""".split()
)
# Words that open sentences and stand capitalised nowhere else.
_OPENERS = frozenset(
    """aber alle allerdings als am an auch auf aus außerdem bei bis da dabei dadurch dafür dagegen
    daher damit danach dann darum das davon dazu den denn dennoch der deren des deshalb dessen die
    dies diese diesem diesen dieser dieses doch dort durch ein eine einem einen einer eines er es
    für gegen heute hier hinter ich ihr ihre im immer in ist jede jeder jedes jedoch kein keine
    man mehr mit nach nachdem neben nicht noch nun nur ob obwohl oder schon sein seine seit sie so
    sogar sondern sowohl statt trotz trotzdem um und unter viele vom von vor wann warum was weil
    weitere wenn wer wie wir wird wo zu zudem zum zur zwar zwischen
    a after all also although an and another as at because before both but by during each even
    every for from he her here his how however i if in instead is it its many meanwhile more most
    my no nobody not now on once one or other our she since so some still such than that the their
    then there these they this those though to under until we what when where while who why with
    yet you your""".split()
)
_ORDINAL_LEFT = frozenset(
    """ab am an auf beim bis das dem den der des die ihr ihre ihrem ihren ihrer im ins mitte
    nach oder platz sein seine seinem seinen seiner seit und unser vom von vor zu zum zur anfang
    ende frühen späten ersten letzten ein eine einen einem einer nächste nächsten""".split()
)
_ORDINAL_RIGHT = re.compile(
    r"(?:Jahrhundert|Jahrtausend|Jh\.|Bundesliga|Liga|Minute|Spielminute|FC|FSV|SC|SV|VfB|TSV|"
    r"Spieltag|Weltkrieg|Lebensjahr|Geburtstag|Todestag|Jahrestag|Etage|Stock|Obergeschoss|Klasse|"
    r"Platz|Auflage|Runde|Kapitel|Mal|Jan\.|Jän\.|Feb\.|Apr\.|Aug\.|Sept?\.|Okt\.|Nov\.|Dez\.|"
    rf"{_MONTHS})"
)


def sentence_spans(text: str, language: str = "und") -> list[tuple[int, int]]:
    """Return the sentences of a text as character offsets (start, end), in order.

    Between them they hold every character but blanks, and none begins or ends with one.
    `language` is an ISO 639-1 code; what is not known is read like English.

    >>> text = "Dr. Müller kam am 3. Oktober. Es regnete, z. B. in Köln."
    >>> [text[start:end] for start, end in sentence_spans(text, "de")]
    ['Dr. Müller kam am 3. Oktober.', 'Es regnete, z. B. in Köln.']
    """
    borders = _propose_borders(text, language)
    if language in ("de", "en", "und", ""):
        kept = {border for border in borders if not _wrong(text, border)}
        gaps = {match.end() for match in _GAP.finditer(text)} - borders
        borders = kept | {gap for gap in gaps if _begins_sentence(text, gap)}
    borders = {border for border in borders if not _FOOTNOTE.match(text, border)} | {
        match.end() for match in _LIST_BREAK.finditer(text)
    }
    return _spans(text, sorted(borders))


def _propose_borders(text: str, language: str) -> set[int]:
    from sentencex import get_sentence_boundaries

    code = language if language and language != "und" else "en"
    return {int(item["start_index"]) for item in get_sentence_boundaries(code, text)}


def _sides(text: str, border: int) -> tuple[str, str, str]:
    """Return the word before a border, the one before that, and the word after."""
    left = text[max(0, border - 60) : border].rstrip()
    last = _LAST_WORD.search(left)
    word = last[1] if last else ""
    before = left[: last.start()].split() if last else []
    right = text[border : border + 40].lstrip(_OPENING).split()
    return word, before[-1] if before else "", right[0] if right else ""


def _wrong(text: str, border: int) -> bool:
    """Say whether a proposed border stands within a sentence."""
    word, before, after = _sides(text, border)
    if not word or not after or not text[max(0, border - 60) : border].rstrip().endswith("."):
        return False
    if word.isdigit() and len(word) <= 3:
        if before.rstrip(".").lower() in _NEVER_LAST and before.endswith("."):
            return after[0].islower()  # "Nr. 5. Danach": a number, not an ordinal
        return (
            not before
            or after[0].islower()
            or bool(_ORDINAL_RIGHT.match(after))
            or (_plain(before) in _ORDINAL_LEFT and _plain(after) not in _OPENERS)
            or bool(re.fullmatch(r"\d+\.,?", before))
        )
    key = word.lower()
    if key in _SOMETIMES_LAST:
        return _plain(after) not in _OPENERS and key in _NEVER_LAST
    return key in _NEVER_LAST or (
        len(word) == 1
        and word.isupper()
        and after[:1].isupper()
        and before[:1].isupper()
        and _plain(after) not in _OPENERS
    )


def _begins_sentence(text: str, border: int) -> bool:
    """Say whether a sentence begins at this gap though none was proposed."""
    word, _, after = _sides(text, border)
    if not after:
        return False
    left = text[max(0, border - 60) : border].rstrip().rstrip(_CLOSING)
    opener = after[0].isupper() and _plain(after) in _OPENERS
    if not word or left.endswith(("!", "?", "…", "...")):
        return opener
    key = word.lower()
    if key in _SOMETIMES_LAST:
        return opener
    if key in _NEVER_LAST or "." in word or len(word) < 3 or word.isdigit():
        return False
    return after[0].isupper() or bool(re.match(r"\d{4}\b|\d{2,3}[.\d]*\b", after))


def _plain(word: str) -> str:
    return re.sub(r"[^\w].*", "", word).lower()


def _spans(text: str, borders: list[int]) -> list[tuple[int, int]]:
    spans = []
    for start, end in zip([0, *borders], [*borders, len(text)], strict=True):
        piece = text[start:end]
        stripped = piece.strip()
        if stripped:
            first = start + len(piece) - len(piece.lstrip())
            spans.append((first, first + len(stripped)))
    return spans
