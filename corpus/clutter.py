"""Lines around an article that are not the article: what they say, in German and English.

Patterns on one line at a time, for any format. They are about who speaks to whom: a page
that asks its reader to subscribe ("Abonnieren Sie unseren Newsletter") is clutter, an
article that reports on a newsletter is not. So a pattern must open the line, quotations
are left out, and a long paragraph is never clutter by its words alone. What takes its
neighbours to decide is in `corpus.structure`.
"""

import re

from corpus.article import Role
from corpus.bylines import read_line

LONGEST = 450
"""Characters: a paragraph longer than this is never clutter by its words."""

_LEADING = re.compile(r"^[\s>»›→▶►•·*+|–—\-➤☞✉📧🔔❤️#]+")
_QUOTED = re.compile('„[^“”"]*[“”"]|“[^”]*”|»[^«]*«|«[^»]*»|"[^"]*"')
_SPEECH = re.compile(
    r",\s+(?:\w+\s+){0,3}(?:said|says|told|cried|asked|added|warned|wrote)\b|"
    r",\s+(?:so\s+(?:der|die|das)|sagte?n?|rief(?:en)?|rät|rieten?|erklärten?|meinten?|betonten?|"
    r"forderte?n?|hieß|schrieb(?:en)?|fragten?|warnten?|sagen|heißt)\b",
    re.I,
)


def _any(*forms: str) -> re.Pattern[str]:
    """Compile alternatives; blanks in them match any run of blanks."""
    return re.compile("|".join(f"(?:{form})".replace(" ", r"\s+") for form in forms), re.I)


_SECTION = _any(
    r"(?:veröffentlicht|erschienen|abgelegt|publiziert|einsortiert|eingeordnet)(?: am .{6,30})?"
    r" (?:in|unter)(?: (?:der )?(?:kategorie|rubrik|ressort))?:? [^.!?\d]{2,60}$",
    r"(?:published|posted|filed|listed|appeared)(?: on .{6,30})? (?:in|under):? [^.!?\d]{2,60}$",
    r"(?:dieser (?:artikel|text|beitrag)|der (?:artikel|text|beitrag)) (?:erschien|ist"
    r" (?:zuerst |zunächst )?erschienen|stammt aus|wurde (?:zuerst |zunächst )?veröffentlicht)\b",
    r"this (?:article|story|piece|post) (?:was )?(?:first |originally )?"
    r"(?:appeared|published|ran)\b",
    r"(?:kategorien?|rubrik|ressort|schlagw(?:ort|örter|orte)|stichw(?:ort|orte|örter)|tags?|"
    r"themen|category|categories|topics?|section|keywords?|labels?)\s*:[^.!?]{1,200}$",
    r"(?:mit material (?:von|der)|with (?:reporting|material) (?:by|from)|additional reporting by|"
    r"reporting by|editing by|(?:redaktionelle )?(?:bearbeitung|mitarbeit)\s*:)",
    r"(?:über (?:den|die) autor(?:in|en)?|about the authors?)\s*:?",
    r"(?:©|\(c\)|copyright)\s*(?:\d{4}|by|[A-ZÄÖÜ])",
    r"(?:alle rechte vorbehalten|all rights reserved)",
    r"artikel-?(?:id|nummer|nr)\b",
)
_NAME = r"(?-i:[A-ZÄÖÜ][\w'’-]+(?: [A-ZÄÖÜ][\w'’.-]+){1,3})"
_CREDIT = (
    r"(?:symbol|archiv|titel|vorschau|beispiel|stock|teaser)?-?(?:fotos?|bild(?:er)?|grafik(?:en)?|"
    r"illustration(?:en)?|aufnahme|infografik|collage|montage|fotomontage|screenshot|"
    r"photos?|photographs?|pictures?|images?|credits?|image credit|photo credit|picture credit|"
    r"graphics?|map|fotograf(?:in)?|bildquelle|bildnachweis|fotonachweis|fotocredit|bildrechte|"
    r"foto/bild|symbolfoto|courtesy)"
)
_CREDIT_LINE = _any(
    rf"\W{{0,2}}{_CREDIT}\s*(?::|©|\(c\)|\||/)\s*[^\d\s][^!?\d]{{1,100}}$",
    rf"\W{{0,2}}{_CREDIT}\s+(?:von|by)\s+(?:{_NAME})[^.!?]{{0,40}}$",
    r"\W{0,2}(?:©|\(c\))\s*\S.{1,90}$",
    r"\W{0,2}(?:picture alliance|imago(?: images)?|getty images|shutterstock|dpa|afp|reuters|"
    r"ap photo|istockphoto|adobe stock|pixabay|unsplash|pexels)"
    r"\s*(?:[/|,–-].{0,80})?\W?$",
)
_CREDIT_TAIL = re.compile(
    rf"[\s(\[|–-](?:{_CREDIT}\s*(?::|©|\(c\)|\bby\b)|©)\s*[^.!?]{{2,60}}[)\]]?\.?$", re.I
)
_CAPTION = _any(
    r"(?:bildunterschrift|bildtext|caption|bildbeschreibung|zum bild)\s*:",
)
_READ_MORE = _any(
    r"(?:unser |mein )?(?:lese|hör|video|podcast|buch|link|film|tv)[- ]?tipps?(?: der redaktion)?\s*(?::|–|-|$|\|)",
    r"(?:lesen|hören|sehen|schauen|erfahren) sie (?:hier |dazu |hierzu |jetzt |in .{2,40} )?"
    r"(?:auch|mehr|weiter|dazu|hierzu|hier|alles|außerdem|den|die|das|unser\w*)\b",
    r"(?:lies|lest|hör|hört|erfahre) (?:auch|mehr|dazu|hier|weiter|außerdem)\b",
    r"(?:hier|jetzt) (?:weiterlesen|mehr lesen|nachlesen|geht es|geht's|lesen sie|erfahren sie)\b",
    r"(?:weiterlesen|weiter lesen|mehr lesen|artikel lesen|zum artikel|zur übersicht|mehr anzeigen"
    r"|mehr erfahren|mehr laden|zum thema|auch interessant|dazu passend|passend dazu|"
    r"passend zum thema|empfohlene (?:artikel|beiträge|inhalte)|ähnliche (?:artikel|beiträge|themen)"
    r"|verwandte (?:artikel|themen|beiträge)|weitere (?:artikel|nachrichten|meldungen|beiträge|"
    r"themen|informationen zum thema)|aktuelle (?:artikel|nachrichten|meldungen)|meistgelesen\w*|"
    r"am meisten gelesen|meist gelesen|top[- ]?(?:themen|artikel|nachrichten)|neueste (?:artikel|"
    r"nachrichten|beiträge)|aus dem (?:ressort|archiv)|das könnte (?:sie|dich|euch)|"
    r"das interessiert (?:sie|andere|dich)|empfehlungen?(?: der redaktion| für sie)?|"
    r"vorheriger (?:artikel|beitrag)|nächster (?:artikel|beitrag)|read (?:more|also|next|on|the full"
    r" story|the full article|our|this next)|also read|related(?: articles?| stor(?:y|ies)| posts?|"
    r" content| topics| coverage| reading)?|see also|more (?:on this|on the|stories|from|about this|"
    r"in this|top stories|news|like this|to read)(?: .{0,40})?|you (?:may|might|could) (?:also )?"
    r"(?:like|be interested|enjoy|want)|recommended(?: for you| reading| stories| articles)?|"
    r"don'?t miss|continue reading|keep reading|most (?:read|popular|viewed)|top stories|"
    r"trending(?: now)?|latest (?:news|stories|articles)|editors?'?s?'? (?:picks?|choice)|up next|"
    r"previous (?:article|post|story)|next (?:article|post|story)|read full (?:article|story)|"
    r"learn more|show more|load more|view all|see all|further reading|what to read next)"
    r"(?=\s*(?:[:|…→»›>+–-]|[.!]?$)|[^.!?,]{0,50}$|\b(?:auch|also)\b.{0,30}$)",
    r"mehr (?:zum thema|zu diesem thema|dazu|hierzu|über|aus|von|zu|nachrichten|artikel|infos?|"
    r"informationen|news|themen)\b(?:\s*:.{0,90}|[^.!?,:]{0,60}|.{0,80}\blesen sie\b.{0,80})$",
    r"(?:siehe|vgl\.?) (?:auch|dazu|hierzu)\b(?:\s*:.{0,90}|[^.!?,]{0,60})$",
    r"alle (?:artikel|nachrichten|beiträge|folgen|infos)\b[^.!?,]{0,50}$",
)
_ADS = _any(
    r"(?:anzeige|werbung|advertisement|advert|sponsored(?: content| by.*)?|ad|gesponsert\w*|"
    r"promoted(?: content)?|partner-?(?:inhalt|angebot)e?|paid content|advertorial)\s*[:.]?$",
    r"(?:scroll to continue|story continues below|article continues (?:below|after)|"
    r"der artikel geht (?:nach|unter)|nach der anzeige|weiter nach der|text geht)\b.{0,60}$",
)
_US = r"(?:uns|unser\w*|our|us|we|wir)"
_YOU = r"(?:sie|ihnen|ihr\w*|du|dein\w*|dir|dich|euch|euer|you|your)"
_PRODUCT = (
    r"(?:newsletter\w*|rundbrief\w*|morning briefing|briefing|push-?(?:nachricht\w*|mitteilung\w*)|"
    r"whats-?app-?(?:kanal|newsletter|channel|gruppe)|telegram-?(?:kanal|channel|gruppe)|"
    r"app|podcasts?|e-?paper|digital-?(?:abo\w*|zugang)|probe-?abo\w*|abo(?:nnement)?s?|plus-?abo|"
    r"subscription|membership|mitgliedschaft|e-?mail(?:s|-update\w*)?|inbox|postfach|rss(?:-feed)?|"
    r"social media|facebook|instagram|twitter|tiktok|youtube|linkedin|mastodon|bluesky|threads|"
    r"telegram|whats-?app|xing|google news|apple news)"
)
_NEWSLETTER = _any(
    r"(?:jetzt |hier |gleich |einfach |noch heute |kostenlos )*(?:abonnier\w*|bestell\w*|meld\w*|"
    r"registrier\w*|trag\w*|hol\w*|sicher\w*|erhalt\w*|bekomm\w*|test\w*|les\w*|lad\w*|wähl\w*)"
    r"\b(?=.{0,120}\b" + _PRODUCT + r"\b).{0,260}$",
    r"(?:jetzt |hier |noch mehr |every (?:morning|day|week).{0,30}|jeden (?:morgen|tag|abend).{0,30})"
    r"(?=.{0,140}\b"
    + _PRODUCT
    + rf"\b)(?=.{{0,160}}\b(?:{_US}|{_YOU}|testen|abonnieren|kostenlos)\b)"
    r".{0,200}$",
    rf"(?:{_YOU}|{_US}) (?:können|kannst|can|may)\b(?=.{{0,80}}\b(?:newsletter|abo|app|podcast)\b)"
    r".{0,30}\b(?:uns|unser\w*|our|us|hier|here)\b.{0,120}$",
    r"unser\w* (?:newsletter|podcast|app|abo)\b.{0,60}\b(?:abonnieren|bestellen|hören|laden)\b.{0,80}$",
    r"(?:enjoy|enjoying|like|liked|loving) (?:this|our|what)\b.{0,160}\b(?:subscribe|sign up|donat\w*|"
    r"support|share|join)\b.{0,120}$",
    r"(?:get|sign up|subscribe|join|receive|register|download|try|start|want|never miss|stay|enter)"
    r"\b(?=.{0,140}\b" + _PRODUCT + r"\b).{0,260}$",
    r"(?:subscribe|sign up|abonnieren|jetzt abonnieren|anmelden|newsletter|unser newsletter|"
    r"der newsletter|newsletter abonnieren|newsletter-anmeldung|jetzt testen|jetzt anmelden|"
    r"subscribe now|sign up now|subscribe here|kostenlos testen|zum newsletter|zum abo|abo|"
    r"abo bestellen|jetzt bestellen|jetzt registrieren|e-?mail-?adresse|your email(?: address)?)"
    r"\s*[!:.→»]?$",
    r"(?:der|die|das|ihr|dein|unser\w*|the|our)\b(?=.{0,60}\b(?:newsletter|briefing|rundbrief|"
    r"e-?mail-?update)\w*\b)(?=.{0,160}\b(?:postfach|inbox|abonnier\w*|anmeld\w*|subscribe|sign up|"
    r"jeden (?:morgen|abend|freitag|tag)|kostenlos|every (?:morning|day|week|friday))\b)"
    rf"(?=.{{0,200}}\b(?:{_YOU}|{_US}|abonnieren|subscribe)\b).{{0,260}}$",
    r"(?:keine|nichts|kein) (?:nachricht\w*|news|artikel|wichtig\w*|ausgabe|update)?\b.{0,40}"
    r"(?:mehr )?(?:verpassen|versäumen)\b.{0,160}$",
    r"(?:sie|du|you)\b.{0,25}\b(?:möchten|wollen|möchtest|willst|want|would like)\b(?=.{0,160}\b"
    + _PRODUCT
    + r"\b).{0,260}$",
    r"(?:wichtige |alle |die wichtigsten |die besten |aktuelle )+(?:nachrichten|news|meldungen|"
    r"artikel|geschichten|infos|themen)\b(?=.{0,120}\b(?:newsletter|whats-?app|app|postfach|"
    r"push-nachricht\w*|e-?mail)\b).{0,200}$",
    r"(?:the |our |all |top |biggest |best )+(?:news|stories|headlines|reporting)\b"
    r"(?=.{0,120}\b(?:newsletter|inbox|app|email)\b).{0,200}$",
    r"(?:this|dieser|dieses) (?:article|story|artikel|text|beitrag|inhalt) (?:is|ist)\b.{0,30}\b"
    r"(?:subscribers?|abonnent\w*|plus|members?|exklusiv|premium|kostenpflichtig)\b.{0,160}$",
    r"(?:sie|du|you)\b.{0,20}\b(?:haben|hast|sind|bist|have|are)\b.{0,30}\b(?:bereits|schon|noch kein"
    r"\w*|already)\b.{0,40}\b(?:abo\w*|account|konto|registriert|angemeldet|subscriber|subscription|"
    r"kundenkonto)\b.{0,160}$",
    r"(?:already )?(?:a )?(?:subscriber|registered|member)\? (?:log|sign) in\b.{0,60}$",
)
_DONATION = _any(
    r"(?:jetzt |hier |bitte |gleich )*(?:spenden(?: sie| für|!|$)|unterstützen(?: sie)? (?:uns|unser|die"
    r" arbeit|unabhängig)|unterstütze (?:uns|unser)|unterstützt (?:uns|unser)|helfen sie uns(?: mit|,? unser| dabei)|"
    r"werden sie (?:mitglied|förder|unterstütz|abonnent)|werde (?:mitglied|förder|unterstütz)|"
    r"mitglied werden)(?:.{0,300})$",
    r"(?:please )?(?:donate(?: now| today| here| to|!|$)|support (?:us|our|independent|local|quality)|"
    r"help us (?:keep|continue|stay|fund|report)|become a (?:member|supporter|subscriber|patron)|make a (?:donation|contribution|gift)|"
    r"chip in|give today|contribute (?:now|today|to our))\b.{0,300}$",
    r"(?:unser\w*|dies\w*|guter|unabhängiger|kritischer) (?:journalismus|berichterstattung|recherchen?|"
    r"arbeit|artikel|redaktion|angebot|website|text)\b(?=.{0,160}\b(?:spende\w*|kostenlos|"
    r"kostet|finanzier\w*|unterstütz\w*|frei zugänglich)\b)"
    rf"(?=.{{0,200}}\b(?:{_US}|{_YOU})\b).{{0,320}}$",
    r"(?:our|this|independent|quality|good) (?:journalism|reporting|newsroom|work|website|coverage)\b"
    r"(?=.{0,160}\b(?:donat\w*|support\w*|free|funded|contribut\w*|readers)\b)"
    rf"(?=.{{0,200}}\b(?:{_US}|{_YOU})\b).{{0,320}}$",
    r"(?:wenn|falls) (?:ihnen|dir|euch|sie|du)\b.{0,60}\b(?:artikel|text|beitrag|arbeit|recherche\w*|"
    r"journalismus)\b.{0,120}\b(?:spende\w*|unterstütz\w*|freuen wir|teilen|abonnier\w*)\b.{0,120}$",
    r"(?:if you)\b.{0,60}\b(?:article|story|reporting|work|journalism|reading)\b.{0,120}\b(?:donat\w*|"
    r"support\w*|consider|subscrib\w*|contribut\w*)\b.{0,120}$",
    r"(?:ihnen|dir|euch) gefällt\b.{0,160}\b(?:unterstütz\w*|spende\w*|abonnier\w*|teilen)\b.{0,120}$",
    r"(?:mit|dank|with) (?:ihrer|deiner|eurer|your) (?:spende|hilfe|unterstützung|donation|support|"
    r"help|gift)\b.{0,300}$",
    r"(?:spendenkonto|spendenaufruf|donation account)\b.{0,200}$",
)
_FOLLOW = _any(
    r"(?:folgen sie|folge|folgt|follow|find|finden sie|like|besuchen sie|join|connect with|abonnieren"
    r" sie|abonniere|subscribe to) (?:uns|us|our|unser\w*|the \w+|dem \w+|\w+) ?(?:auch |jetzt )?"
    r"(?:auf|bei|on|at|in|via)\b.{0,160}$",
    r"(?:folgen sie|folge|folgt|follow) (?:uns|us|@|unser|our)\b.{0,160}$",
    r"(?:(?:artikel|beitrag|seite|diesen artikel|this article|this story|article|story|page) )?"
    r"(?:teilen|share|shared?|weitersagen|empfehlen|tweeten|tweet|drucken|print|merken|save|speichern|"
    r"e-?mail|mail|versenden|verschicken|kopieren|link kopieren|copy link|vorlesen|anhören|listen)"
    r"(?: (?:auf|on|via|per|this|diesen|dieses|den|using|with|bei|als pdf|sie diesen|sie den)\b.{0,60})?"
    r"\s*[:!]?$",
    r"(?:teilen sie|share) (?:diesen|den|this|the)\b.{0,80}$",
    r"(?:(?:facebook|twitter|x|whats-?app|e-?mail|mail|linkedin|xing|instagram|telegram|pinterest|"
    r"reddit|threads|bluesky|mastodon|youtube|tiktok|rss|flipboard|pocket|teilen|share|drucken|print|"
    r"kopieren|link|copy|messenger|feedback|merken|save|sms|signal|threema|tumblr|print this|snapchat)"
    r"(?:\s*[|·,•/&+–-]?\s*)){1,14}$",
    r"(?:gefällt (?:ihnen|dir) (?:dieser|der)|hat (?:ihnen|dir) (?:dieser|der)|war dieser artikel|"
    r"was this (?:article|page)|did you (?:like|enjoy|find)|wie hat (?:ihnen|dir))\b.{0,120}$",
)
_COOKIE = _any(
    r"(?:wir|diese (?:web)?site|diese webseite|unsere (?:web)?(?:site|seite)|we|this (?:web)?site|"
    r"our (?:web)?site|to (?:give|provide|improve)|um ihnen)\b(?=.{0,160}\bcookies?\b).{0,400}$",
    r"(?:(?:alle )?cookies? ?(?:akzeptieren|ablehnen|zulassen|einstellungen|-einstellungen|-hinweis|"
    r"settings|policy|notice|preferences)?|(?:accept|reject|allow)(?: all)?(?: cookies)?|"
    r"alle (?:akzeptieren|ablehnen)|akzeptieren|ablehnen|zustimmen|einverstanden|i agree|"
    r"datenschutz-?einstellungen|privacy settings|manage (?:cookies|preferences|consent))\s*[.!]?$",
    r"(?:an dieser stelle (?:finden|befindet)|hier (?:finden sie )?(?:einen )?externe\w* inhalt|"
    r"externer inhalt|empfohlener (?:redaktioneller|externer) inhalt|ich bin damit einverstanden|"
    r"mit (?:dem )?klick auf|with your consent|this content is (?:hosted|provided)|dieser inhalt "
    r"stammt von|zum anzeigen)\b.{0,300}$",
    r"(?:please )?(?:enable|activate|turn on|aktivieren sie|bitte aktivieren sie) (?:java-?script|"
    r"cookies)\b.{0,160}$",
)
_COMMENT = _any(
    r"(?:\d{1,5} |keine |no |alle |all |zu den |zum |view |show |read )*(?:kommentare?n?|comments?|"
    r"leserkommentare?|diskussion|leserbriefe?)(?: \(?\d{1,5}\)?| schreiben| anzeigen| lesen| closed|"
    r" geschlossen| verfassen| abgeben| section| zu diesem artikel| on this (?:story|article))?\s*[:.!]?$",
    r"(?:schreiben sie|verfassen sie|hinterlasse|hinterlassen sie|leave|write|post|add|join|diskutieren"
    r" sie|diskutier|diskutiere|kommentieren sie|schreib uns|schreibe uns|reden sie)\b"
    r"(?=.{0,60}\b(?:kommentar\w*|comment\w*|reply|discussion|conversation|mit|uns|debat\w*|meinung)\b)"
    r".{0,120}$",
    r"(?:was (?:meinen|denken) sie|ihre meinung|deine meinung|what do you think|have your say|"
    r"sagen sie uns|tell us what|let us know)\b.{0,100}$",
    r"(?:haben sie|hast du|have you|did you|do you have|got a|kennen sie)\b.{0,20}\b(?:fehler|hinweis\w*|"
    r"anregung\w*|fragen|tipps?|error|mistake|story|question\w*|feedback|spotted)\b.{0,160}$",
    r"(?:antworten|reply|report|melden|beitrag melden|kommentar melden|log ?in to (?:comment|reply))$",
    r"(?:zuschriften|leserbriefe|hinweise|fragen|feedback|letters|send (?:tips|letters|us))\b"
    r".{0,40}\b(?:an|to|bitte)\b.{0,30}@.{0,60}$",
)
_NAVIGATION = _any(
    r"(?:zurück )?(?:zum |zur |nach |back to |skip to |direkt zum |jump to |go to )(?:haupt)?(?:inhalt|startseite|"
    r"hauptnavigation|navigation|oben|seitenanfang|homepage|home ?page|main content|content|top|"
    r"übersicht|suche|footer|menü|menu)\s*[.!]?$",
    r"(?:startseite|home|menü|menu|suche|suchen|search|login|log in|log out|logout|anmelden|abmelden|"
    r"sign in|my account|mein konto|konto|registrieren|register|impressum|imprint|datenschutz"
    r"(?:erklärung)?|privacy(?: policy)?|agb|nutzungsbedingungen|terms(?: of (?:use|service))?|kontakt|"
    r"contact(?: us)?|über uns|about(?: us)?|hilfe|help|sitemap|mediadaten|karriere|jobs|careers|"
    r"schließen|close|öffnen|e-?paper|shop|faq|barrierefreiheit|accessibility|leichte sprache|"
    r"push-nachrichten|zurück|back|weiter|next|previous|bildergalerie|galerie|gallery|mehr|more|"
    r"nach oben|alle ressorts|alle rubriken|wetter|weather|abo|rss|newsticker|live-?ticker|startseite"
    r" lesen|artikel anhören|artikel merken|schriftgröße|font size|dark mode|kurz erklärt)\s*[.!>»›]?$",
    r"(?:sie sind hier|you are here|pfad|breadcrumb)\s*:",
    r"(?:startseite|home|homepage|news|nachrichten)(?:\s*[>»›/|→·]\s*[^>»›/|→·.!?]{2,50}){1,6}$",
)

_PROMO = (_READ_MORE, _ADS, _NEWSLETTER, _DONATION, _FOLLOW, _COOKIE, _COMMENT, _NAVIGATION)

_SECTION_NAMES = frozenset(
    """aktuelles ausland auto auto & mobil berlin bildung business climate culture deutschland
    digital economy education entertainment environment europa europe familie feuilleton film
    finance finanzen fitness food football fußball geld gesellschaft gesundheit health immobilien
    inland international karriere klima kommentare kultur kultur & leben leben lifestyle lokales
    markets media medien meinung money music musik nachrichten netzwelt news opinion panorama
    podcasts politics politik ratgeber regional region reise reisen ressorts science society sport
    sports stadt stil style tech technik technology themen travel uk umwelt us us news verkehr
    video videos war welt wirtschaft wissen wissenschaft world""".replace("&", "& ").split()
)


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
    if read_line(line):
        return Role.SOURCE
    bare = _LEADING.sub("", _QUOTED.sub(" … ", line)) or line
    if _SPEECH.search(bare):
        return None
    if _CREDIT_LINE.match(bare) or _CAPTION.match(bare):
        return Role.CAPTION if len(line) <= 160 else None
    if _SECTION.match(bare):
        return Role.SOURCE
    if any(pattern.match(bare) for pattern in _PROMO):
        return Role.PROMO
    if len(line) <= 320 and _CREDIT_TAIL.search(line):
        return Role.CAPTION
    return None


def is_credit(text: str) -> bool:
    """Say whether a line is a picture's credit and nothing else."""
    line = " ".join(text.split())
    return len(line) <= 120 and bool(_CREDIT_LINE.match(_LEADING.sub("", line)))


def opens_promo(text: str) -> bool:
    """Say whether a line announces further reading, so that what hangs under it is no article."""
    line = _LEADING.sub("", " ".join(text.split()))
    return len(line) <= 80 and bool(_READ_MORE.match(line) or _ADS.match(line))


def is_section_name(text: str) -> bool:
    """Say whether a line is the name of a newspaper's section, as menus and kickers have it."""
    return " ".join(text.split()).strip(" >»›|").lower() in _SECTION_NAMES
