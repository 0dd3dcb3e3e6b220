"""Pages that stand in an article's place: consent walls, "not found", log-ins, checks, refreshes.

A page is one of them only where its text, but for a small part, is what such pages say to
their reader, and, except for consent walls, its headline or form says so too. A site's banner
above a short article does not make the article one. tests/data/pages has the measure.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from corpus.blocks import Block
from corpus.errors import ErrorText
from corpus.structure.phrases import pattern
from corpus.text.sentences import sentence_spans

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SHARE = 0.6
"""Of the page's characters, what has to be said to the reader of such a page."""
_LONGEST = 1200
_LONGEST_CONSENT = 6000
"""Characters of text; consent walls list what they want to do."""
_LITTLE = 300
"""Characters of text that a page that sends on may have."""
_SOON = 15
"""Seconds."""

_BANNER = re.compile(r"cookie|consent|gdpr|dsgvo|\bcmp\b", re.I)
_SENTENCE = re.compile(r"\w{2,}[.!?…]")
_REPORTED = re.compile(
    r"\b(?:sagt|sagte|sagten|teilte\w*|erklärte\w*|rät|raten|hieß es|laut|berichtet\w*|"
    r"said|says|told|according|reported)\b",
    re.I,
)
_CONSENT = pattern(
    r"""
    \bcookies?\b
    \b(ein|zu)willig\w+
    \bzustimm\w+|stimmen sie .* zu\b|\beinverstanden\b
    \bconsent\w*
    \btracking\b|\btracked\b
    (\d+|unsere\w*|our) (partner\w*|vendors?|anbieter\w*|drittanbieter\w*)
    \bpersonenbezogene\w*|\bpersonal data\b
    \bpersonali[sz]\w+
    \b(daten|privacy|privatsphäre|nutzungsverhalten|gerät\w*|device)\b.*
    alle akzeptieren|accept all|allow all
    \b(pur-?abo|werbefrei\w*|ad-free)\b
    \b(auswahl|einstellungen|choices?|preferences)\b.*\b(ändern|verwalten|change|manage)\b
    \b(einstellungen|cookies|choices) verwalten|mit werbung (weiter)?lesen
    """
)
_CONSENT_SPEAKER = pattern(
    r"""
    \b(wir|uns|unser\w*|we|our|us)\b.{0,160}\b(cookies?|partner\w*|einwilligung|zustimmung|\
      tracking|vendors?|drittanbieter\w*|nutzungsverhalten|personal data|privacy|privatsphäre)\b
    \b(privacy|privatsphäre)\b.{0,40}\b(wir|uns|unser\w*|we|our|us)\b
    \bthis (web)?site uses cookies\b
    \bdiese (web)?s(e)?ite (verwendet|nutzt|benutzt|setzt) cookies\b
    """
)
_SPOKEN_TO = re.compile(
    r"\b(?:wir|uns|unser\w*|Sie|Ihre?\w*|du|dich|dir|dein\w*|we|our|us|your?|this (?:web)?site)\b"
    r"|^[^.!?]{0,60}$"
)
_MISSING_TITLE = pattern(
    r"""
    (oops|ups|hoppla|huch|sorry|whoops)\b.{0,60}
    (fehler|error|http)?[ :–—-]*404\b[ :–—-]*(fehler|error|not found|\(not found\)|\
      (seite |page )?(nicht gefunden|not found))?[!.]?
    ((die|diese) )?(seite|artikel|beitrag|inhalt|dokument) (wurde |ist |konnte )?(leider )?nicht\
      ( mehr)? (gefunden|verfügbar|vorhanden|gefunden werden|erreichbar)[!.]?
    diese[rs]? (seite|artikel|beitrag|inhalt) (existiert|ist|gibt es|wurde).{0,40}
    (the |this |that )?(page|article|content|story|file)?[ ]?(was |is |could )?(not|no longer|\
      not be) (found|available|be found|exist)[!.]?
    nothing (here|found|to see here)
    nicht gefunden
    """
)
_MISSING = pattern(
    r"""
    \b(seite|artikel|beitrag|inhalt|adresse|url|link|dokument|page|article|content|story|file|\
      resource|address|that|this)\b.*\b(nicht|not|no longer|nie|kein\w*)\b.*\b(gefunden|finden|\
      existier\w*|gibt|verfügbar|vorhanden|abrufbar|erreichbar|verfügung|found|exists?|\
      available)\b
    \b(existiert|gibt es|finden wir|finden) .*\b(nicht|nichts)\b.*
    \b(seite|artikel|beitrag|inhalt|page|article|content|story|link|it)\b.*\b(gelöscht|\
      verschoben|entfernt|abgelaufen|genommen|moved|removed|deleted|expired|broken)\b
    \b(can'?t|cannot|can not|couldn'?t|could not) (find|be found)\b
    \bnichts zu finden\b|\bnothing (was |is )?(here|found)\b
    ^\W*(404|not found|(fehler|error) 404)\W*$
    ^(hoppla|oops|ups|sorry|huch)\b
    zurück zur (startseite|übersicht)|(back|return) to (the )?home|\bhome[ ]?page\b|startseite
    (nutzen|verwenden|versuchen|probieren) sie .*\bsuche\b|try (a )?search\w*
    \b(check|prüfen sie) (the|die) (address|adresse|url|spelling|schreibweise)\b|\bvertippt\b
    that.s all we know
    hier finden sie die (neuesten|aktuellen)
    für begrenzte zeit
    """
)
_LOGIN_TITLE = pattern(
    r"""
    ((bitte|jetzt|hier) )?(anmelden|anmeldung|einloggen|registrieren|login|log[ -]?in|sign[ -]?in|\
      register|sign up)( (für|für unsere) (abonnenten|leser\w*|mitglieder|nutzer)|\
      [ ](to|to your) (continue|account|read on)| required| erforderlich)?
    (mein|ihr|dein|my|your) (konto|account|profil|profile)
    (subscriber|member|kunden|abonnenten|leser)s?[ -]?(login|log-in|anmeldung|sign in)
    """
)
_LOGIN = pattern(
    r"""
    \b(melden|loggen) sie sich\b.*\b(an|ein)\b|\b(melde|logg) dich\b
    ^.{0,40}\b(einloggen|anmelden|login|registrieren|registriere dich|konto anlegen)\W*$
    ^(bitte )?(loggen|melden) sie sich
    \b(log|sign)[ -](in|on|into|up)\b
    \benter your (e-?mail|password|user)
    (passwort|kennwort|password|zugangsdaten)\b.*(vergessen|forgot\w*|\?)
    \bforgot\w* (your )?password
    (angemeldet|eingeloggt) bleiben|remember me|keep me (logged|signed) in
    (noch )?(kein\w*|neu\w*) (konto|zugang|account|hier)|(don'?t|do not) have an account
    create (an|your) (free )?account|welcome back|willkommen zurück
    ^\W*(e-?mail(-?adresse| address)?|passwort|kennwort|password|user[ ]?name|\
      benutzername)\b.{0,40}$
    """
)
_CHECK_TITLE = pattern(
    r"""
    just a moment[. …]*
    (access|zugriff|zugang) (denied|verweigert|forbidden)
    (403|error 403|fehler 403)?[ :–—-]*(forbidden|403)
    attention required!?
    pardon our interruption\W*
    (are you|sind sie|bist du) (a |ein |kein )?(robot|human|mensch|roboter)\??
    (security|sicherheits)[ ]?(check|verification|überprüfung|abfrage|prüfung)
    (verify|verifying|checking) .{0,40}(human|browser)
    captcha
    """
)
_CHECK = pattern(
    r"""
    checking (your browser|if the site)|process is automatic|redirect to your requested
    \b(verify|confirm|prove|make sure|checking)\b.*\b(human|not a robot|not a bot)\b
    \b(human|robot|bot|roboter|captcha|security check|sicherheits(prüfung|abfrage))\b
    (permission|authori[sz]ed|berechtigung|erlaubnis)\b
    \b(reference|ray id|incident|vorgangs-?(nr|nummer))\b
    (unusual|suspicious|ungewöhnliche\w*) (traffic|activity|zugriffe|anfragen|aktivität\w*)
    """
)
_SCRIPT = pattern(
    r"""
    \b(enable|activate|turn on|requires?|needs?)\b.*\bjava[ ]?script\b
    \bjava[ ]?script\b.*\b(aktivier\w+|einschalten|deaktiviert|ausgeschaltet|enabled?|disabled|\
      required|turned off|erforderlich|benötigt)\b
    \b(aktivieren|schalten) sie\b.*\bjava[ ]?script\b
    """
)
_REFRESH = re.compile(
    r"\s*(?P<delay>\d+)(?:\.\d*)?\s*[;,]\s*(?:url\s*=)?\s*['\"]?(?P<url>[^'\"]+)", re.I
)


class _Text:
    """What a page says, without what is a link."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self._paragraphs = paragraphs
        self.size = sum(map(len, paragraphs))

    @cached_property
    def sentences(self) -> list[str]:
        return [
            " ".join(paragraph[start:end].split())
            for paragraph in self._paragraphs
            for start, end in sentence_spans(paragraph)
        ]

    def share(self, *patterns: re.Pattern[str]) -> float:
        """Return which part of the characters stands in sentences that match and report nothing."""
        said = sum(
            len(sentence)
            for sentence in self.sentences
            if any(each.search(sentence) for each in patterns) and not _REPORTED.search(sentence)
        )
        return said / max(self.size, 1)


def reason_for_none(
    root: "HtmlElement", blocks: Sequence[Block], titles: Iterable[str], *, dated: bool
) -> str:
    """Return why a page is no article but something in its place, or "".

    `titles` are its headlines, without the site's name; `dated` says whether the page names a
    day of publication.
    """
    named = [" ".join(title.split()) for title in titles if title.strip()]
    text = _text(root, blocks, named)
    if text.size > _LONGEST_CONSENT:
        return ""
    target = _sends_on(root)
    if target and text.size <= _LITTLE:
        return ErrorText(
            "this page only sends on to {target}; add that address", target=target[:200]
        )
    if _is_consent(text, named):
        return (
            "this page asks for consent to cookies and is no article; "
            "answer it in your browser and save the page from there"
        )
    if dated or text.size > _LONGEST:
        return ""
    if _speaks(text, named, _MISSING_TITLE, _MISSING):
        return "this page says that there is nothing at its address; check the address"
    form = root.xpath("boolean(//input[@type='password'])")
    if _speaks(text, named, _LOGIN_TITLE, _LOGIN) or (form and text.share(_LOGIN) >= 0.9):
        return (
            "this is a page to log in, not an article; "
            "log in with your browser and save the article from there"
        )
    if _speaks(text, named, _CHECK_TITLE, _CHECK, _SCRIPT) or text.share(_SCRIPT) >= 0.8:
        return (
            "this page checks who asks for it and holds no article; "
            "save the article from your browser"
        )
    return ""


def _text(root: "HtmlElement", blocks: Sequence[Block], titles: Sequence[str]) -> _Text:
    """Return what the page says: outside of banners and in its main part, where that is prose."""
    own = [
        block
        for block in blocks
        if not block.linked and block.kind != "title" and " ".join(block.text.split()) not in titles
    ]
    boxes = (box for box in root.iter("div", "section", "aside", "dialog") if _is_banner(box))
    banners = " ".join("".join(box.text_content().split()) for box in boxes)
    outside = [block for block in own if "".join(block.text.split()) not in banners]
    chosen = outside if _has_prose(outside) else own
    main = [block for block in chosen if block.suspicion < 0.9]
    return _Text([block.text for block in (main if _has_prose(main) else chosen)])


def _is_banner(element: "HtmlElement") -> bool:
    return bool(_BANNER.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _has_prose(blocks: Iterable[Block]) -> bool:
    return any(_SENTENCE.search(block.text) for block in blocks)


def _is_consent(text: _Text, titles: Sequence[str]) -> bool:
    if not any(_CONSENT_SPEAKER.search(item) for item in [*text.sentences, *titles]):
        return False
    said = [
        sentence
        for sentence in text.sentences
        if _CONSENT.search(sentence)
        and _SPOKEN_TO.search(sentence)
        and not _REPORTED.search(sentence)
    ]
    return sum(map(len, said)) >= _SHARE * max(text.size, 1)


def _speaks(
    text: _Text, titles: Sequence[str], title: re.Pattern[str], *said: re.Pattern[str]
) -> bool:
    """Say whether a headline is such a page's, whole, and most of the text too."""
    headed = any(title.fullmatch(item) for item in titles)
    return headed and (text.size == 0 or text.share(*said) >= _SHARE)


def _sends_on(root: "HtmlElement") -> str:
    """Return the address to which a page sends its reader at once, or ""."""
    for element in root.iter("meta"):
        if (element.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        hit = _REFRESH.match(element.get("content") or "")
        if hit and int(hit["delay"][:6]) <= _SOON:
            return hit["url"].strip()
    return ""
