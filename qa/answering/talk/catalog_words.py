"""The words of questions about a collection, German and English, as patterns.

All are matched against text in plain letters (`plain`): lower case, umlauts written out.
"""

import re
from collections.abc import Mapping
from typing import Literal, cast

from corpus.text.quantities.names import ENGLISH_WORDS, GERMAN_WORDS
from index.analysis import question_words
from qa.i18n import LANGUAGES

Subject = Literal[
    "number", "paragraphs", "sources", "period", "newest", "oldest", "authors", "dates",
    "languages", "topics", "articles",
]  # fmt: skip

ARTICLE = (
    r"(?:artikeln?|bericht(?:e|en|s)?|beitr(?:ag|aege)\w*|texte?n?|meldung(?:en)?|dokumente?n?|"
    r"articles?|reports?|stories|story|documents?)\b"
)
_HELD = r"(?:archivs?|sammlung|datenbank|bestand|collection|archive|database)\b"
_SOURCE = r"(?:zeitung(?:en)?|blaettern?|quellen?|medien|newspapers?|papers?|sources?|outlets?)\b"
_MANY = r"(?:wie\s?viele?|anzahl|zahl der|how many|number of)\b"
_ASKED = (
    r"\b(?:welche\w*|zeig\w*|list\w*|alle|gibt'?s?|habt|hast|haben|hat|nenn\w*|such\w*|find\w*|"
    r"wo|kenn\w*|which|what|show|any|all|have|is there|are there)\b[^:]*?"
)
MANY = re.compile(rf"\b{_MANY}")
HERE = re.compile(
    rf"\b(?:gibts?|habt|hast|haben|handeln|berichten|geschrieben|hier|are there|have|hold|about|"
    rf"zu[mr]?|ueber|{_HELD})\b"
)
"""What a question holds that counts articles and papers here, and not in what they report."""
PATTERNS: Mapping[Subject, re.Pattern[str]] = {
    # The first one that matches is what is asked for.
    cast(Subject, name): re.compile(pattern)
    for name, pattern in (
        ("paragraphs", rf"\b{_MANY}.*\b(?:absaetze|paragraphs?)\b"),
        (
            "period",
            r"\b(?:von wann bis wann|from when to when|zeitraum|zeitspanne|time ?span|period|"
            r"date range|how far back|wie weit\b.*\bzurueck)\b",
        ),
        (
            "oldest",
            rf"\b(?:aelteste\w*|frueheste\w*|oldest|earliest|(?:erste[rnsm]?|first) {ARTICLE})",
        ),
        (
            "newest",
            rf"\b(?:neue?ste\w*|juengste\w*|aktuellste\w*|zuletzt|als letzte[rs]?|newest|latest|"
            rf"most recent|(?:letzte[rns]?|last) {ARTICLE})",
        ),
        ("languages", r"\b(?:welche\w* sprache\w*|(?:which|what) languages?)\b"),
        (
            "authors",
            r"\b(?:wer (?:hat|schrieb)\b|von wem (?:ist|sind|stammt|stammen)|verfasser\w*|"
            r"autor(?:en|in|innen)?\b|journalist\w*|redakteur\w*|who wrote|authors?\b|"
            r"reporters?\b)",
        ),
        (
            "dates",
            rf"\b(?:von wann (?:ist|sind|stamm\w+)|(?:wann|when)\b.*\b{ARTICLE}.*\b"
            r"(?:erschien\w*|veroeffentlicht|publiziert|gedruckt|published|printed|appear\w*))",
        ),
        ("sources", rf"\b(?:welche\w*|which|what|{_MANY}|aus)\b.*\b{_SOURCE}"),
        ("topics", r"\b(?:themen|topics|worueber (?:wird|schreib\w*|berichte\w*))\b"),
        (
            "number",
            rf"\b{_MANY}.*\b(?:{ARTICLE}|{_HELD})|"
            rf"\b(?:wie (?:gross|umfangreich)|how (?:big|large))\b.*\b{_HELD}",
        ),
        (
            "articles",
            rf"{_ASKED}\b{ARTICLE}|^{ARTICLE}|"
            r"\b(?:habt ihr|hast du|haben sie|gibt es|gibt'?s)\b.*\b(?:et)?was\b|"
            r"\bwas (?:habt|hast|haben|gibt|liegt|steht)\b|"
            r"\bwhat (?:do you have|have you got|is there)\b|"
            r"\b(?:is there|do you have) anything\b",
        ),
    )
}
SEVERAL = re.compile(
    r"\b(?P<plural>die (?:neue?sten|juengsten|aktuellsten|aeltesten)|"
    r"(?:newest|latest|oldest|recent) (?:articles|stories|reports))\b|"
    r"\b(?P<number>\w+) (?:neue?ste|juengste|aktuellste|aelteste|newest|latest|oldest)"
)
WORD = re.compile(r"\w[\w'’-]*")
SMALL = frozenset(
    """ab aber alle allen aller alles als am an auch auf aus bei bin bis bitte bloss da dabei
    damit dann darueber das dass davon dazu deckt dein dem den denn der des dich die dies
    diese diesem diesen dieser dir doch drin du eigentlich ein eine einem einen einer eines er
    es etwa etwas euch euer eure eurem euren eurer fuer ganz ganze ganzen gar gegen genau
    gerade gern hab habe haben habt hast hat hier ich ihm ihn ihr ihre im in ins irgendwas
    irgendwo ist ja jede jeder jedes jetzt kam kamen kann kannst kein koennt koennte komme
    kommt liegen liegt mal man mehr mein meiste meisten mich mir mit nach nicht noch nur ob
    oder pro schon sein seine seit sich sie sind so soll sonst ueber ueberhaupt uebers um ums
    und uns unser unter vom von vor war waren was wegen wenn wer werden wie wieder wird wo
    wurde wurden zu zum zur zusammen
    a about all also am an and any anything are at be been by can contain could cover do does
    each else ever far for from get give go goes got had has have he here how i if in into is
    it its just list many me more most my of on one only or our out over per please s she show
    so some tell that the their them there these they this those to up us was we were what
    when where which who will with would you your""".split()
)
"""Words that name nothing."""
OF_CATALOG = frozenset(
    """absaetze absatz aelteste aeltesten aeltester aktuell anzahl archiv archivs auflisten autor
    autoren autorin befasst berichtet berichtete berichteten bestand blaetter datenbank datum
    dazugekommen derzeit dokument dokumente dreht eingelesen enthaelt enthalten erfasst erschien
    erschienen erste ersten erster finde finden findet gedruckt gehen geht gesamt geschrieben
    gespeichert gibt gibts handeln handelt hinzugekommen insgesamt irgendeinem journalist
    journalisten journalistin kennt letzte letzten letzter liste medien meldet mitteilung nenn
    nenne nennen neueste neuesten neuester publiziert quelle quellen redakteur redakteurin sagen
    redaktor redaktorin reichen reicht sammlung schreiben schreibt schrieb sprache sprachen
    stammen stammt stehen steht such suche thema themen titel ueberschriften uebersicht umfang
    umfasst verfasser verfasserin verfasst veroeffentlicht vertreten viele vielen vorhanden
    vorhandenen vorliegen webseite welche welchen welcher wieviel wieviele zahl zeig zeige
    zeigen zeitraum zeitspanne zeitung zeitungen zuletzt
    added appear appeared archive author authors back collection contain contains covered
    database date dates deal earliest find first headlines hold included language languages last
    latest mention newest newspaper newspapers number oldest originally outlet outlets overview
    paper papers paragraph paragraphs period piece pieces printed publication published range
    recent reported reporter reporters say says source sources stored topic topics total write
    written wrote""".split()
)
"""Words of which the question is made, and not its topic."""
_NAMING_NOTHING = SMALL.union(
    OF_CATALOG, GERMAN_WORDS, ENGLISH_WORDS, *map(question_words, LANGUAGES)
)
_IS_ARTICLE = re.compile(ARTICLE)
_PLAIN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "’": "'"})


def plain(text: str) -> str:
    """Return a text in plain letters.

    >>> plain("Älteste Größe")
    'aelteste groesse'
    """
    return text.casefold().translate(_PLAIN)


def names_nothing(word: str) -> bool:
    """Tell whether a word of a question about the collection says nothing of the topic.

    >>> [word for word in "Welche Artikel gibt es zur Mühle".split() if not names_nothing(word)]
    ['Mühle']
    """
    bare = plain(word).partition("'")[0]
    return bare in _NAMING_NOTHING or _IS_ARTICLE.fullmatch(bare) is not None
