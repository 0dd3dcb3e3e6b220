"""What pages say to their readers around an article, in German and English.

One expression a line, continued after a backslash; a blank stands for any run of blanks,
and case does not matter. Which of them must fill a line, open it or open a sentence is
said in `corpus.structure.boilerplate`.
"""

import re


def expression(lines: str) -> str:
    """Return one regular expression that matches any of the lines."""
    whole = re.sub(r"\\\n {6}", "", lines)
    kept = (line.strip() for line in whole.strip().splitlines())
    return "|".join(line.replace(" ", r"\s+") for line in kept if line and line[0] != "#")


def pattern(lines: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """Return the compiled expression that matches any of the lines."""
    return re.compile(rf"(?:{expression(lines)})", flags)


READ_MORE = expression(
    r"""
    (unser |mein |der )?(lese|hör|video|podcast|link|film|tv|buch|surf)[- ]?tipps?( der redaktion)?
    tipps? der redaktion
    (lesen|hören|sehen|schauen) sie( \w+)? (auch|mehr|weiter|dazu|hierzu|hier|außerdem)
    (noch )?mehr .{0,60} (lesen|finden|hören) sie (hier|in unser\w*|auf unser\w*)
    (lies|lest|hör|hört) (auch|mehr|dazu|hier|weiter|außerdem)
    (hier )?weiter ?lesen
    zum weiterlesen
    (ebenfalls|auch|ebenso) (interessant|lesenswert|spannend)
    das könnte (sie|dich|euch)( auch)?( noch)? (interessieren|gefallen)
    das interessiert (sie|andere|dich)( auch)?( leser)?
    (passend|mehr) (dazu|hierzu)
    dazu passend
    (passend )?zum thema
    (noch )?mehr (zum thema|zu diesem thema|zu|aus|von|über|vom|zur)
    mehr (nachrichten|artikel|infos?|informationen|meldungen|themen|beiträge|geschichten)
    weitere (artikel|nachrichten|meldungen|beiträge|themen|infos?|berichte|links)
    (ähnliche|verwandte|empfohlene|beliebte|neueste|aktuelle|letzte|andere|\
      meistgelesene) (artikel|beiträge|themen|nachrichten|meldungen|inhalte|berichte)
    (meist|viel)gelesen\w*
    (am )?(meist(en)?|häufigsten) (gelesen|geklickt|kommentiert|geteilt)
    top[- ]?(themen|artikel|nachrichten|meldungen)
    aus (dem|unserem) (ressort|archiv)
    (unsere )?empfehlungen?( der redaktion| für sie)?
    (unsere?|our) [\w-]{0,20}(empfehlung|tipp|recommendation|pick)(en|s)?
    (vorheriger|nächster|voriger) (artikel|beitrag)
    siehe (auch|dazu|hierzu)
    alle (artikel|nachrichten|beiträge|folgen|meldungen)
    (zum|zur|ganzen|vollständigen) (artikel|übersicht|themenseite|dossier)( lesen)?
    mehr (lesen|erfahren|anzeigen|laden)
    (jetzt|artikel) (weiter)?lesen
    read (more|also|next|on|this next|the full (story|article)|full (story|article))
    also (read|see|on|in)
    (related|recommended|suggested|similar) (articles?|stor(y|ies)|posts?|content|topics?|\
      coverage|reading|news|links|for you|reads)
    related
    recommended
    see also
    more (on this|on the|on|from|about|in|like) (this|the|these|our|\w+)
    more (stories|news|top stories|headlines|articles|coverage|to read|like this)
    you (may|might|could) (also )?(like|be interested|enjoy|want)( in| to)?
    don'?t miss
    (continue|keep) reading
    (most|more) (read|popular|viewed|shared|commented)
    (top|latest|trending|other|popular) (stories|news|headlines|articles|posts)
    trending( now)?
    editor'?s'? (picks?|choice)
    up next
    what to read next
    further reading
    in case you missed it
    (previous|next) (article|post|story)
    (learn|show|load|view|see|discover|explore) (more|all)
    (watch|listen)( now| to this| here)?
    """
)

READ_ON = pattern(
    r"""
    # A whole line, with or without a full stop, that sends the reader elsewhere.
    (lesen|hören|sehen|schauen|erfahren) sie( hier| dazu| auch| hierzu| jetzt)* (noch )?mehr\
      ( dazu| hierzu)? (über|zu|zum|zur|von|vom|aus|im|in|auf|hier)\b[^.!?]{0,140}[.!]?$
    (mehr(?! als)|alles|weiteres|näheres|(weitere )?(informationen|infos|details|hintergründe)|\
      alle \w+)\b[^.!?]{0,120}\b(lesen|finden|hören|erfahren|sehen) sie\b[^.!?]{0,40}\b(hier|\
      unser\w*|themenseite|dossier)\b[^.!?]{0,40}[.!]?$
    (mehr(?! als)|alles|weiteres|(weitere )?(informationen|infos|details))\b[^.!?]{0,120}\b\
      (gibt es|gibt's|steht)\b[^.!?]{0,20}\b(in|auf) unser\w* [^.!?]{3,40}[.!]?$
    (im |das )?(video|podcast|audio|bildergalerie|fotostrecke|in pictures|gallery)( …)?\
      \s*: ?[^.!]{3,110}$
    (noch )?mehr (termine|tipps|bilder|fotos|videos|rezepte|hintergründe)\s*:[^.!?]{3,80}$
    (umfrage|poll|quiz)\s*:[^.!]{3,120}\?$
    (dieser|der) (artikel|text|beitrag) (ist teil|gehört|ist bestandteil)\b.{0,20}\b(unser\w*|\
      serie|reihe)\b[^.!?]{0,80}( …)?[.!]?$
    this (article|story|piece) is part of (our|a|the)\b.{0,30}\b(series|special|project|\
      coverage)\b[^.!?]{0,80}[.!]?$
    (einige|some|manche|die|the|our)\b.{0,20}\blinks?\b[^.!?]{0,80}\b(provision|commission|\
      affiliate)\b[^.!?]{0,40}[.!]?$
    read more (about|on|in|from|at|here)\b[^.!?]{0,140}[.!]?$
    ((find|see|read|get) )?(more|all|everything)(?! than)\b[^.!?]{0,60}\b(on|in) our \w+ ?(page|\
      archive|section|app|special|blog)[.!]?$
    """
)

ADVERTISEMENT = expression(
    r"""
    anzeigen?
    werbung
    (advertisement|advert|ad)
    (sponsored|promoted|paid|branded)( content| post| by.{0,40})?
    (gesponsert|gesponserter|bezahlter) ?(inhalt|beitrag|artikel)?
    advertorial
    (scroll|keep scrolling) to continue( .{0,30})?
    (story|article|text) continues (below|after|under)( .{0,30})?
    (der (artikel|text|beitrag) geht|weiter) (nach|unter) der (anzeige|werbung)( weiter)?
    nach der (anzeige|werbung)( geht es weiter)?
    """
)

SECTION_LINE = pattern(
    r"""
    (veröffentlicht|erschienen|abgelegt|publiziert|einsortiert|eingeordnet|\
      gespeichert)( am [^,]{6,30})? (in|unter)( der (kategorie|rubrik))?:? [^.!?\d]{2,60}$
    (published|posted|filed|listed|appeared)( on [^,]{6,30})? (in|under):? [^.!?\d,]{2,60}$
    (kategorien?|rubriken?|ressorts?|schlagw(ort|örter|orte)|stichw(ort|orte|örter)|tags?|themen|\
      category|categories|topics?|section|keywords?|labels?)\s*:[^.!?]{1,200}$
    (dieser|der) (artikel|text|beitrag) (erschien|ist (zuerst |zunächst )?(erschienen|am|im|in)|\
      stammt (aus|von)|wurde (zuerst |zunächst |ursprünglich )?(veröffentlicht|verfasst))\b
    this (article|story|piece|post) ((first|originally) )?(was )?((first|originally) )?(appeared|\
      published|ran|is from)\b
    mit (material|informationen|inhalten) (von|der|des) [\w/, -]{2,40}$
    (with )?(additional )?(reporting|writing|editing|material|files) (by|from) [A-Z]
    (redaktionelle )?(bearbeitung|mitarbeit|redaktion|verantwortlich)\s*: [^.]{3,60}$
    (zum|zur|(über|zu) (den|die|der|unseren?)) autor(in|en)?(\s*:.*)?$
    about the authors?(\s*:.*)?$
    (©|\(c\)|copyright)\s*(by\s)?(19|20)\d\d\b
    (presse(mitteilung|information|meldung)|medien(mitteilung|information)|\
      (press|media|news) release|for immediate release|sperrfrist\b.{3,60}|embargo\b.{3,60})$
    \S+@\S+\.\w{2,10}$
    www\.\S+$
    alle rechte vorbehalten
    all rights reserved
    (artikel|beitrags|dokument)-?(id|nummer|nr)\b
    """
)

CONTACT = pattern(
    r"""
    (presse|medien)?-?kontakt(e|person)?\s*:?$
    (ihre?|unsere?)? ?ansprechpartner(in|innen)?\s*:?$
    (presse-?)?rückfragen\b.{0,40}$
    (media|press|editorial)? ?(contacts?|enquiries|inquiries)\s*:?$
    (for )?(more|further) information( please)?( contact)?\b.{0,30}$
    (notes? (to|for) editors?)\s*:?$
    """
)
"""Opens the lines below a press release that say whom to ask."""

BIO = pattern(
    r"""
    (redakt\w+|reporter\w*|korrespondent\w*|ressort|autor(in)?|kolumnist\w*|volontär\w*|schreibt|\
      berichtet|journalist\w*|writes?|writer|columnist|correspondent|editor|covers?|covered|author|\
      reports)\b
    """
)
"""What a line below the text says of its author."""

CREDIT_WORD = expression(
    r"""
    (symbol|archiv|titel|vorschau|beispiel|stock|teaser|aufmacher)?-?(fotos?|bild(er)?)
    foto/bild
    (grafik|illustration|infografik|aufnahme|collage|montage|fotomontage|screenshot|\
      fotostrecke)(en)?
    (bild|foto)(quelle|nachweis|credit|rechte|autor)
    fotograf(in)?
    (file |stock |main |cover )?(photo|photograph|picture|image|pic)s?( credit)?
    credits?
    (graphic|artwork|illustration)s?
    courtesy( of)?
    """
)

AGENCIES = (
    r"(?:picture[- ]alliance|imago(?: images)?|getty(?: images)?|shutterstock|dpa(?:[-/]\w+)?|afp|"
    r"reuters|ap(?: photo)?|epa|istock(?:photo)?|adobe stock|pixabay|unsplash|pexels|alamy|"
    r"action press|ddp|epd-bild|kna(?:-bild)?|wikimedia(?: commons)?|pa media|press association)"
)

OWN_MEDIA = (
    r"(?:newsletter\w*|rundbriefe?|(?:morning |daily |weekly )?briefing|morgenpost-mail|"
    r"push-?(?:nachricht|mitteilung|meldung)\w*|push notifications?|\w*-?abos?|abonnements?|"
    r"digital-?(?:angebot|abo|zugang|ausgabe|pass|access|subscription)\w*|subscriptions?|e-?papers?|"
    r"probe(?:woche|monat)\w*|free trial|unlimited (?:access|articles)|mitgliedschaft|membership|"
    r"plus-?(?:artikel|zugang|inhalte)|subscribers?|supporters?|abonnent\w*)"
)
CHANNELS = (
    r"(?:app|podcasts?|kan[aä]len?|channels?|whats-?app\w*|telegram\w*|instagram|facebook|twitter|"
    r"tiktok|you-?tube|linked-?in|mastodon|bluesky|threads|xing|google news|apple news|"
    r"social media|sozialen (?:medien|netzwerken)|rss(?:-feed)?|feed|"
    r"e-?mails?|inbox|postfach|mailbox)"
)
OURS = r"(?:uns|unser(?:e[mnrs]?|s)?|our|us)"
SUPPORT = (
    r"(?:journalis\w+|reporting|newsroom|redaktion|recherchen?|berichterstattung|spende[n]?|"
    r"donations?|donate|contribution|mitglied|member|förder\w*|supporter|patron|paypal|"
    r"(?:im|pro|per|a|je|jeden) (?:monat|woche|month|week|jahr|year))"
)

CALL = pattern(
    rf"""
    # An imperative that opens a sentence, and what the page wants.
    (jetzt |hier |bitte |einfach |gleich |noch heute |kostenlos |dann |please |\
      just )*(abonnier(e|t|en sie)|bestell(e|t|en sie)?|meld(e|et|en sie)|registrier(e|t|en sie)|\
      trag(e|t|en sie)|hol(e|t|en sie)|sicher(e|t|n sie)|erhalt(e|et|en sie)|test(e|et|en sie)|\
      les(t|en sie)|lies|hör(t|en sie)|entdeck(e|t|en sie)|nutz(e|t|en sie)|verpass(e|t|en sie)|\
      bleib(e|t|en sie)|schließ(e|t|en sie)|buch(e|t|en sie))\b(?=.{{0,160}}\b{OWN_MEDIA}\b)
    (jetzt |hier |bitte |einfach |gleich |dann |auch |please |just )*(abonnier(e|t|en sie)|\
      folg(e|t|en sie)|lad(e|t|en sie)|besuch(e|t|en sie)|find(e|et|en sie)|trag(e|t|en sie)|\
      schreib(e|t|en sie)?|diskutier(e|t|en sie)|like[nt]?( sie)?|hör(t|en sie)?|meld(e|et|\
      en sie)|verpass(e|t|en sie)|teil(e|t|en sie))\b(?=.{{0,160}}\b({OURS}|\
      @\w+)\b)(?=.{{0,160}}\b({CHANNELS}|{OURS} (auf|bei|an|per)|unser\w* (seite|kommentar\w*|\
      forum|leser\w*|redaktion)|an uns|@)\b)
    folg(e|t|en sie) (uns|unser\w*|@\w+|dem \w+|der \w+)\b
    (jetzt |bitte |dann )*(unterstütz(e|t|en sie)|helf(t|en sie)|hilf|werd(e|et|en sie)|spend(e|\
      et|en sie)|förder(e|t|n sie))\b(?=.{{0,160}}\b({SUPPORT}|unser\w*|\
      uns)\b)(?!.{{0,30}}\bblut\b)
    (jetzt|hier|einfach|kostenlos|gleich|direkt|noch heute|ganz einfach)\b.{{0,60}}\b(abonnieren|\
      anmelden|bestellen|testen|registrieren|herunterladen|downloaden|spenden|unterstützen|\
      einloggen|mitdiskutieren|kommentieren|mitglied werden|freischalten|weiterlesen|eintragen|\
      sichern|lesen)\b[^.,]{{0,30}}$
    ({OURS}|den|zum|newsletter|briefing)\b.{{0,50}}\b(newsletter|briefing|podcast|\
      whats-?app-?kanal|app|e-?paper)\w* (hier |jetzt |kostenlos |gratis )*(abonnieren|bestellen|\
      lesen|hören|laden|anmelden)\b[^.,]{{0,30}}$
    ((sie|du|you) )?(können|kannst|can|may) (sie |du )?{OURS} (newsletter|podcast|\
      briefing)\b.{{0,60}}$
    {OURS}\b.{{0,20}}\b(newsletter|briefing|podcast|whats-?app-?kanal|kanal)\b.{{0,80}}\b(sie|\
      ihnen|ihr|ihre[mnr]?|alle|hier|jeden|täglich|wöchentlich|kostenlos|you|your|every|daily|\
      weekly|free)\b
    (der|das|the|ein|eine|a) \w*[- ]?(newsletter|briefing)\b.{{0,40}}\b(für sie|für alle|for you|\
      to your inbox|in ihrem|in dein)\b
    (wollen|möchten|willst|möchtest|want|would you like)( sie| du|\
       to)?\b(?=.{{0,160}}\b({OWN_MEDIA}|{OURS} {CHANNELS}|inbox|postfach)\b)
    (keine|nie|nichts|never|don'?t)\b(?!.*\bchance).{{0,50}}\b(verpassen|versäumen|miss)\b.{{0,60}}$
    (subscribe|sign up|sign me up|register|join)( now| here| today| for free| free| below)?$
    (subscribe|sign up|register)\b(?=.{{0,160}}\b({OWN_MEDIA}|{OURS}|updates?|(per|a|\
      every) (week|month|year|day)|inbox|free|never miss|more (stories|news))\b)
    (get|receive|join|try|start|download|read|unlock|enjoy|stay|\
      take)\b(?=.{{0,160}}\b({OWN_MEDIA}|{OURS} (\w+ )?{CHANNELS}|(to|in) your (inbox|email|phone)|\
      {OURS} (free )?(news|newspaper|community))\b)
    (follow|find|like|join|connect with|watch|tag|message) (us|our \w+|@\w+|the \w+)( \w+)? (on|\
      at|via|in|for)\b
    follow (us|@\w+|our)\b
    (please |now )*(support|fund|help|back|become|donate|give|make|chip in|contribute|\
      consider)\b(?=.{{0,160}}\b({SUPPORT}|{OURS} (work|journalism|reporting|readers|newsroom|\
      paper)|local news|independent)\b)(?=.{{0,160}}\b({OURS}|you|your|today|now|here|donat\w*|\
      (a|per) (month|week|year)|member|supporter|journalism|reporting)\b)(?!.{{0,40}}\bblood\b)
    (jetzt |bitte )*spenden( sie)?( jetzt| hier| online)?$
    (hier|jetzt) (geht es|geht's|gibt es|finden sie|kommen sie|klicken|\
      entlang)\b.{{0,30}}\b(newsletter|podcast|whats-?app|kanal|app|abo|artikel|spende)
    (kennen|haben|lesen|hören|nutzen|folgen) sie\b.{{0,30}}\b(unser\w*|uns)\b.{{0,60}}\?
    (please )?donate( now| today| here| online| to (us|our|the \w+ fund))?\s*$
    (share|teilen|teile|teilen sie) (this|the|diesen|den|ihre|deine|your)\b.{{0,60}}$
    (tell|let|email|e-mail|write to|contact|send|schreiben sie|schreib|schreibt|mailen sie)( (us|\
      our|your|uns|unser\w*|ihre|deine|an)\b).{{0,100}}$
    (join|start|leave|post|write|add|have) (the|a|your) (conversation|discussion|comment|reply|\
      say|debate)\b
    (diskutieren|reden|kommentieren|debattieren) sie( \w+)? mit\b
    (hinterlasse|hinterlassen sie|schreiben sie|verfassen sie|schreib)\b.{{0,20}}\bkommentar\b
    (sign up|anmelden|anmeldung) (to|for|zum|zu|für)\b[^.]{{2,60}}$
    (unser|our) (newsletter|briefing)\b.{{0,120}}$
    (free|weekly|daily|kostenloser|täglicher|wöchentlicher|jede woche)( \w+)? (newsletter|\
      briefing|email)$
    (kostenlos|gratis|unverbindlich|free)\b.{{0,20}}\b(jederzeit|monatlich|\
      any ?time)\b.{{0,20}}\b(kündbar|abbestellbar|cancel|unsubscribe)\b
    like (this|loading|it)\b.{{0,15}}$
    (your|ihre|deine) e-?mail(-adresse| address)? (will not be|wird nicht)\b.{{0,40}}
    (required fields|erforderliche felder|pflichtfelder)\b.{{0,60}}
    (privacy notice|datenschutzhinweis)\s*:?.{{0,120}}
    (after|skip past|nach|ende) (the )?newsletter[- ]?(promotion|anmeldung|werbung)?$
    (dieses thema im programm|das thema im programm|über dieses thema berichtete?|\
      dieser beitrag lief|on this programme|as heard on)\b.{{0,120}}
    (accept|reject|allow|akzeptieren)( all| alle)?( cookies)?$
    """
)

ASIDE = pattern(
    r"""
    # Anywhere in a sentence.
    \b(on|via|at|auf|bei|in) (our|unser\w*) (instagram|facebook|twitter|tiktok|youtube|whatsapp|\
      telegram|linkedin|social)\b
    \bmit (dem|unserem|einem|ihrem) [\w-]*(abo|digitalpass|newsletter)\b.{0,80}\b(sie|ihnen|ihr)\b
    \b(in|direkt in|straight to|to|im) (ihr|ihrem|dein|deinem|your)( \w+)? (e-?mail-?)?(postfach|\
      inbox|mailbox|posteingang)\b
    \b(in|im|at|from) (unser\w*|our) (\w+[ -]?)?(shop|store)\b
    \b(already|bereits|schon|noch kein\w*) (a |an |ein |einen )?(subscriber|registered|\
      abonnent\w*|registriert|abo|konto|account|kunde)\b
    """
)

ABOUT_US = pattern(
    r"""
    (hat|haben|gefällt|gefiel|war|enjoy|enjoyed|did|was|do|like|liked|is) (ihnen|dir|euch|sie|\
      you|this|dieser|der|our)\b.{0,40}\b(artikel|beitrag|text|story|article|page|piece|\
      journalism|arbeit)\b.{0,80}\?
    (haben sie|hast du|habt ihr|have you|do you have|got|did you|spotted)\b.{0,25}\b(fehler|\
      hinweis\w*|anregung\w*|themenvorschl\w*|tipps?|feedback|mistake|error|a story|a tip|\
      a question)\b.{0,80}\?
    (was (meinen|denken|halten)|ihre meinung|deine meinung|what do you think|have your say|\
      wie ist ihre meinung)\b.{0,80}$
    (ein |a )?(angebot|service|produkt) (von|der|of|by) (unser|our)\w*
    (wir|we|diese (web)?(seite|site)|unsere (web)?(seite|site)|this (web)?site|our (web)?site|\
      auf dieser (web)?seite|um ihnen|to give you|\
      by using)\b(?=.{0,200}\bcookies?\b)(?!.{0,60}\b(backen|bake|essen|eat)\b)
    (cookie|datenschutz|privacy)-?(hinweis|einstellungen|settings|notice|policy|erklärung|\
      zustimmung)\b.{0,40}$
    (an dieser stelle|hier) (finden sie|befindet sich|steht|würde)\b.{0,60}\b(extern\w*|inhalt|\
      video|tweet|post)\b
    (empfohlener|externer) (redaktioneller |externer )?inhalt\b
    (ich bin damit einverstanden|mit (dem|einem|ihrem) klick|this content is (hosted|\
      provided) by|with your consent)\b
    (bitte |please )?(aktivieren sie|enable|activate|turn on) (java-?script|cookies)\b
    (unabhängiger|guter|unser|kritischer|lokaler|freier|our|independent|good|quality|\
      local)\b ?(journalis\w+|news|reporting|newspaper)\b.{0,80}\b(braucht|kostet|needs|costs|\
      matters|relies|depends|lebt|möglich)\b.{0,60}\b(sie|dich|ihre?r?|geld|you|your|money|\
      support|readers|unterstützung|leser\w*)\b
    (mit|dank|with|thanks to) (ihrer|deiner|eurer|your) (spende|hilfe|unterstützung|donation|\
      support|gift|mitgliedschaft)\b
    (wenn|falls|if) (ihnen|dir|euch|sie|du|you)\b.{0,50}\b(artikel|text|beitrag|arbeit|\
      recherche\w*|journalismus|article|story|reporting|work|journalism)\b.{0,100}\b(spende\w*|\
      unterstütz\w*|teilen|abonnier\w*|donat\w*|support\w*|consider|subscrib\w*|contribut\w*|\
      share)\b
    (dieser|dieses|diese|this) (artikel|text|beitrag|inhalt|article|story|content) (ist|\
      is)\b.{0,40}\b(abonnent\w*|plus|exklusiv|premium|kostenpflichtig|subscribers?|members?|\
      exclusive)\b
    spendenkonto\s*:
    (exklusiv|exclusive|only)\b.{0,10}\b(für|for|to) (abonnent\w*|mitglieder|plus\w*|\
      subscribers|members)\b.{0,20}$
    (wir|we)\b.{0,20}\b(ihnen|dir|euch|you)\b.{0,20}\b(hier|here|an dieser stelle)\b.{0,30}\b\
      (video|inhalt\w*|tweet|post|karte|grafik|content|map|chart)\b
    (dieser|this) (inhalt|content|video)\b.{0,10}\b(wird|kommt|stammt|is|comes)\b.{0,60}\b\
      (plattform|anbieter|dritt\w*|extern\w*|geladen|platform|provider|third part\w+|loaded)\b
    (einen )?(fehler|error|mistake|typo)\b.{0,40}\b(gefunden|entdeckt|bemerkt|spotted|found)\s*\?
    (sie haben|haben sie|have you( got)?|got|any)\b.{0,20}\b(fragen?|questions?)\b.{0,40}\b\
      (abo\w*|artikel|newsletter|subscription|article)\b.{0,40}\?
    (unser\w*|our) (kundenservice|leserservice|redaktion|newsroom|customer service|\
      support team)\b.{0,60}\b(erreichen|hilft|helps?|contact|hier|here)\b
    (we|wir)( will| werden)? (never|not|nie|niemals)\b.{0,20}\b(share|pass on|sell|weitergeben|\
      teilen)\b.{0,40}
    this (page|article|story) was (last )?(reviewed|checked)\b.{0,60}$
    (was|is|war|fanden sie)\b.{0,12}\b(this|das|dies\w*|der|page|article|artikel|seite)\b\
      .{0,15}\b(helpful|useful|hilfreich|nützlich)\b
    """
)

COMMENTS_HEAD = pattern(
    r"""
    (leave|write|post) a (reply|comment)$
    (schreibe|schreiben sie|hinterlasse) einen kommentar$
    \d{1,4} (gedanken|thoughts|antworten|responses|replies) (zu|on|to)\b.{0,120}$
    (die |alle |all |view |show |read |zu den |top )*(\d{1,5} )?(leser)?(kommentare?|comments?|\
      leserbriefe|diskussion|reader comments|leserstimmen|responses)( \(?\d{1,5}\)?|\
       zu diesem artikel| der leser| on this (story|article)| zum artikel| closed| geschlossen|\
       anzeigen)?\s*:?$
    (keine|no) (kommentare|comments)( yet)?\s*[.!]?$
    """
)

COMMAND = pattern(
    r"""
    (diesen |den |die )?(artikel|beitrag|seite|text|anzeige|link|kommentar|newsletter|meldung|\
      bild|fotos?|video) ((weiter)?empfehlen|vorlesen( lassen)?|(an)?hören|aufgeben|teilen|\
      drucken|merken|speichern|versenden|melden|schreiben|bewerten|\
      kommentieren|abonnieren|öffnen|kopieren|anzeigen|schließen|ausblenden|vergrößern|ansehen)
    (print|share|save|e-?mail|rate|recommend|report|bookmark|copy|reuse)( this)? \
      (article|page|story|link|post|content|recipe|image)
    (cookies?|inhalte?) (zulassen|akzeptieren|ablehnen|laden|anzeigen|verwalten)
    zum (angebot|shop|abo|newsletter|podcast|video)
    skip (to [\w ]{3,20}|adverts?|ads?|advertisement)
    (enter )?your e-?mail( address)?
    (ihre )?e-?mail-?adresse( eingeben)?
    be the first to comment
    """
)
"""What buttons say, as an object and a verb; it fills the line."""

COMMANDS = frozenset(
    """
    abmelden, abo, abo kündigen, abonnieren, about, about us, accept, accept all,
    accessibility, account, advertise, advertise with us, agb, akzeptieren, alle akzeptieren,
    alle ressorts, ablehnen, als pdf, anhören, anmelden, antworten, anzeigen, artikel anhören,
    artikel drucken, artikel merken, artikel teilen, artikel versenden, back, back to top,
    back to homepage, barrierefreiheit, bild vergrößern, bildergalerie, bluesky, bookmark,
    careers, close, complaints, contact, contact us, cookie policy, cookie settings, cookies,
    copy, copy link, crosswords, datenschutz, datenschutzerklärung, drucken, e-mail, e-paper,
    einstellungen, email, einloggen, epaper, facebook, faq, feedback, flipboard, front page,
    galerie, gallery, games, gift this article, help, hilfe, home, homepage, horoskop,
    impressum, imprint, instagram, jobs, karriere, kleinanzeigen, kommentare, kommentieren,
    konto, kontakt, kopieren, leichte sprache, leserbriefe, like, link, link kopieren,
    linkedin, listen, live, live-ticker, liveblog, log in, log out, login, logout, mail,
    mailen, manage consent, mastodon, mediadaten, mehr, mehr erfahren, mein account, mein
    konto, menu, menü, merken, messenger, more, my account, nach oben, navigation, newsletter,
    newsletters, newsticker, next, nutzungsbedingungen, obits, obituaries, ok, pdf, per
    e-mail, per mail, pinterest, play, pocket, podcast, podcasts, previous,
    poll, vote here, vote now, umfrage, abstimmen, jetzt abstimmen,
    printer friendly version, email this article, email this, print, print this,
    privacy, privacy policy, puzzles, rätsel, register, registrieren, reject all, reply,
    report, reddit, rss, save, save article, schließen, schriftgröße, search, senden,
    settings, share, share article, share by email, share on facebook, share on twitter, share
    on x, share this, share this article, auf facebook teilen, auf x teilen, auf whatsapp
    teilen, shop, sign in, sign out, sign up, sitemap, skip to content, skip to main content,
    skip to navigation, spenden, donate, start, startseite, subscribe, suche, suchen, teilen,
    telegram, terms, terms and conditions, terms of use, threads, threema, tickets, tiktok,
    tipp senden, top, trauer, tv-programm, tweet, twittern, twitter, versenden, vollbild,
    vorlesen, weather, weiter, weiterleiten, weitersagen, wetter, whatsapp, what's on, x,
    xing, youtube, zum anfang, zum hauptinhalt, zum inhalt, zum seitenanfang, zur startseite,
    zur übersicht, zurück, zurück zur startseite, zurück zur übersicht, über uns,
    widerrufsrecht, kundenservice, leserservice, stellenmarkt, immobilienmarkt,
    veranstaltungen
    """.replace("\n    ", " ")
    .strip()
    .split(", ")
)
"""What buttons and the links of menus and footers say."""

TAG_HEADS = frozenset("schlagworte schlagwörter stichworte stichwörter tags topics themen".split())
"""Words that open a page's tags, alone in their line."""

SECTIONS = frozenset(
    """analyse analysis essay glosse interview kolumne kommentar leitartikel medienmitteilung
    pressemeldung pressemitteilung porträt reportage rezension gastbeitrag
    aktuelles amerika arbeit asien ausland auto berlin bildung blaulicht börse bundesliga
    business celebrity chronik climate culture arts deutschland digital economy education
    entertainment environment europa europe familie fashion feuilleton film finance finanzen fitness
    drink food football forschung fußball geld geschichte gesellschaft gesundheit health
    immobilien inland international internet karriere klima kreis kultur kunst landkreis law
    leben leserbriefe
    letters lifestyle literatur local lokales lokalsport magazin markets media medien meinung money
    motor music musik nachrichten nation national natur netzwelt news obituaries opinion panorama
    people politics politik polizei property ratgeber recht region regional regionales reise reisen
    ressorts schule science serien society sport sports stadt stil style tech technik
    technology television theater tourismus travel umwelt us verkehr vermischtes video videos wahlen
    welt wirtschaft wissen wissenschaft world""".split()
)
"""The names of newspapers' sections, as menus have them."""
