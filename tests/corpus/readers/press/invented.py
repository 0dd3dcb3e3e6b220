"""Invented articles, and the exports that press databases would make of them.

The forms follow the databases' own descriptions and public parsers of them; the texts are ours.
"""

from dataclasses import dataclass
from datetime import date
from textwrap import fill


@dataclass(frozen=True)
class Story:
    title: str
    source: str
    day: date
    page: int
    section: str
    author: str
    language: str
    text: tuple[str, ...]


STORIES = (
    Story(
        "Ellerbrücke öffnet drei Wochen früher als geplant",
        "Rodener Landbote", date(2024, 7, 1), 5, "Lokales", "Mira Tannert", "de",
        ("Die Ellerbrücke zwischen Roden und Kaltenmoor wird schon am 8. Juli für den Verkehr "
         "freigegeben. Das teilte das Straßenbauamt am Sonntag mit.",
         "Die Sanierung hat nach Angaben der Behörde 4,2 Millionen Euro gekostet, rund 300.000 "
         "Euro weniger als veranschlagt. Der milde Winter habe den Arbeiten geholfen.",
         "Gesperrt bleibt bis zum Herbst nur der Radweg auf der Nordseite. Fußgänger können die "
         "Brücke auf der Südseite überqueren, sagte Bauleiter Holger Petzold."),
    ),
    Story(
        "Stadtrat von Wiedenau stimmt für neues Freibad",
        "Wiedenauer Tageblatt", date(2024, 7, 2), 1, "Politik", "Henrike Plath", "de",
        ("Wiedenau bekommt ein neues Freibad. Mit 19 gegen 12 Stimmen beschloss der Stadtrat am "
         "Montagabend den Bau an der Mühlenwiese.",
         "Die Kosten schätzt die Verwaltung auf 7,8 Millionen Euro. Das Land hat einen Zuschuss "
         "von zwei Millionen Euro zugesagt, den Rest trägt die Stadt.",
         "Die Opposition hatte verlangt, zuerst das Hallenbad zu erneuern. „Beides zugleich "
         "schaffen wir nicht“, sagte Bürgermeisterin Karla Behnke."),
    ),
    Story(
        "Harbour ferry to run on battery power from October",
        "Corvane Gazette", date(2024, 7, 4), 12, "News", "Priya Nand", "en",
        ("The Corvane harbour ferry will switch to battery power on 14 October, the port company "
         "said on Wednesday.",
         "The two batteries weigh 31 tonnes and can be charged in eleven minutes at the new quay. "
         "Fares will stay at 3.40 pounds for a single trip.",
         "Residents had complained about the noise of the old diesel engines for years, and a "
         "petition gathered 2,150 signatures last winter."),
    ),
)  # fmt: skip

MONTHS = {
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
}
DAYS = {
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag",
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
}


def long_date(day: date, language: str) -> str:
    """Return a date as Nexis writes it, with the day of the week."""
    month = MONTHS[language].split()[day.month - 1]
    weekday = DAYS[language].split()[day.weekday()]
    if language == "de":
        return f"{day.day}. {month} {day.year} {weekday}"
    return f"{month} {day.day}, {day.year} {weekday}"


def words(story: Story) -> int:
    return sum(len(part.split()) for part in story.text)


def nexis_uni(stories: tuple[Story, ...] = STORIES, *, stated: int | None = None) -> list[str]:
    """Return the paragraphs of an export of Nexis Uni, cover and classification included."""
    lines = [
        "User Name: Bibliothek Roden",
        "Date and Time: Friday, 5. July 2024 09:31:00 CEST",
        "Job Number: 204512345",
        f"Documents ({len(stories) if stated is None else stated})",
    ]
    for number, story in enumerate(stories, start=1):
        lines += [
            f"{number}. {story.title}", "Client/Matter: -None-", "Search Terms: Brücke OR ferry",
            "Search Type: Natural Language", "Narrowed by: ", "Content Type", "Narrowed by", "News",
        ]  # fmt: skip
    for story in stories:
        lines += [
            story.title,
            story.source,
            long_date(story.day, story.language),
            f"Copyright 2024 {story.source} Alle Rechte vorbehalten",
            f"Section:\u00a0{story.section}; S. {story.page}; Version:2",
            f"Length:\u00a0{words(story)} words",
            f"Byline:\u00a0{story.author}",
            "Body",
            *story.text,
            "Classification",
            f"Language:\u00a0{'GERMAN; DEUTSCH' if story.language == 'de' else 'ENGLISH'}",
            "Publication-Type:\u00a0Zeitung",
            "Subject:\u00a0BRIDGES & TUNNELS (90%); CITY GOVERNMENT (78%)",
            "Load-Date:\u00a0July 5, 2024",
            "End of Document",
        ]
    return lines


def nexis_counted(stories: tuple[Story, ...] = STORIES) -> str:
    """Return an export of the older LexisNexis, wrapped at 78 characters."""
    parts = [f"Download Request: Selected Items: 1-{len(stories)}\nTime Of Request: July 5, 2024\n"]
    for number, story in enumerate(stories, start=1):
        german = story.language == "de"
        counted = f"{number} von {len(stories)} DOKUMENTEN" if german else ""
        counted = counted or f"{number} of {len(stories)} DOCUMENTS"
        head = [counted, "", "", story.source, "", long_date(story.day, story.language)]
        parts.append("\n".join(line.center(78).rstrip() for line in head) + "\n")
        parts.append(fill(story.title, 78) + "\n")
        labels = ("AUTOR", "RUBRIK", "LÄNGE") if german else ("BYLINE", "SECTION", "LENGTH")
        parts.append(f"{labels[0]}: {story.author}\n")
        parts.append(f"{labels[1]}: {story.section}; {'S.' if german else 'Pg.'} {story.page}\n")
        parts.append(f"{labels[2]}: {words(story)} {'Wörter' if german else 'words'}\n")
        parts += [fill(text, 78) + "\n" for text in story.text]
        parts.append("LOAD-DATE: July 5, 2024\n")
        parts.append(f"LANGUAGE: {'GERMAN; DEUTSCH' if german else 'ENGLISH'}\n")
        parts.append("PUBLICATION-TYPE: Newspaper\n\n")
        parts.append(f"Copyright 2024 {story.source}".center(78).rstrip())
        parts.append("Alle Rechte Vorbehalten".center(78).rstrip() + "\n")
    return "\n".join(parts)


def factiva_key(number: int, day: date) -> str:
    return f"ROLABO0{number}{day:%Y%m%d}ek71{number:05d}"


def factiva_coded(stories: tuple[Story, ...] = STORIES, *, separator: str = "          ") -> str:
    """Return an export of Factiva with its field codes."""
    parts = []
    for number, story in enumerate(stories):
        german = story.language == "de"
        fields = [
            ("SE", story.section), ("HD", story.title), ("BY", f"Von {story.author}"),
            ("WC", f"{words(story)} {'Wörter' if german else 'words'}"),
            ("PD", long_date(story.day, story.language).rpartition(" ")[0]), ("ET", "09:20"),
            ("SN", story.source), ("SC", "ROLABO"), ("PG", str(story.page)),
            ("LA", "Deutsch" if german else "English"), ("CY", f"(c) 2024 {story.source}"),
            ("LP", story.text[0]), ("TD", "\n\n".join(story.text[1:])),
            ("NS", "gcat : Political/General News | gtrans : Transport"), ("RE", "gfr : Germany"),
            ("PUB", "Rodener Verlag GmbH"), ("AN", f"Document {factiva_key(number, story.day)}"),
        ]  # fmt: skip
        parts.append("\n\n".join(f"{code}{separator}{value}" for code, value in fields) + "\n\n")
    return "\n".join(parts) + f"\nSearch Summary\n\nResults Found {len(stories)}\n"


def factiva_plain(stories: tuple[Story, ...] = STORIES) -> str:
    """Return an export of Factiva without codes."""
    parts = []
    for number, story in enumerate(stories):
        german = story.language == "de"
        lines = [
            story.section, story.title, story.author,
            f"{words(story)} {'Wörter' if german else 'words'}",
            long_date(story.day, story.language).rpartition(" ")[0], "09:20", story.source,
            "ROLABO", str(story.page), "Deutsch" if german else "English",
            f"(c) 2024 {story.source}", *story.text,
            f"{'Dokument' if german else 'Document'} {factiva_key(number, story.day)}",
        ]  # fmt: skip
        parts.append("\n\n".join(lines))
    return "\n\n".join(parts) + "\n"


def factiva_html(stories: tuple[Story, ...] = STORIES) -> str:
    """Return an export of Factiva as a page, with tables of codes."""
    articles = []
    for part, story in zip(factiva_coded(stories).split("\n\n\n"), stories, strict=False):
        rows: list[tuple[str, list[str]]] = []
        for line in part.strip().split("\n\n"):
            code, _, value = line.partition("          ")
            if value:
                rows.append((code, [value]))
            else:
                rows[-1][1].append(code)
        cells = "".join(
            f"<tr><td><b>{code}</b>&nbsp;</td><td>"
            + "".join(f'<p class="articleParagraph">{text}</p>' for text in texts)
            + "</td></tr>"
            for code, texts in rows
        )
        articles.append(
            f'<div class="article {story.language}Article"><table>{cells}</table></div>'
        )
    return (
        '<html><head><meta charset="utf-8"><title>Factiva</title></head><body>'
        + "".join(articles)
        + "</body></html>"
    )


FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"


def europresse(stories: tuple[Story, ...] = STORIES) -> str:
    """Return an export of Europresse, its surface in French."""
    articles = []
    for number, story in enumerate(stories):
        day = f"{story.day.day} {FRENCH.split()[story.day.month - 1]} {story.day.year}"
        body = "".join(f"<p>{text}</p>" for text in story.text)
        articles.append(
            '<article><header><div class="rdp__DocPublicationName">'
            '<span class="DocPublicationName">'
            f"{story.source}, no. 43018</span></div>"
            f'<div class="rdp__DocHeader"><span class="DocHeader">{story.section}, lundi {day} '
            f"{words(story)} mots, p. {story.page}</span></div>"
            f'<div class="titreArticle"><p class="titreArticleVisu rdp__articletitle">{story.title}'
            f'</p></div><div class="docAuthors">{story.author}</div></header>'
            f'<section><div class="DocText clearfix"><div class="docOcurrContainer">{body}</div>'
            '</div></section><footer><div class="publiC-lblNodoc">'
            f"news·{story.day:%Y%m%d}·RL·{number}</div>"
            f'<div class="Doc-LegalInfo"><small>© 2024 {story.source}. Tous droits réservés.'
            "</small></div></footer></article>"
        )
    count = f"<h1>{len(stories)} documents</h1>"
    return (
        f'<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>{count}'
        + "".join(articles)
        + "</body></html>"
    )


def genios_below(stories: tuple[Story, ...] = STORIES) -> list[str]:
    """Return the paragraphs of an export of WISO, with fields below each text."""
    lines = ["Dokumente", "Inhaltsverzeichnis"]
    lines += [f"{n}. {s.title} ........ {n + 1}" for n, s in enumerate(stories, start=1)]
    for number, story in enumerate(stories, start=1):
        lines += [
            story.title,
            *story.text,
            f"Quelle: {story.source} Nr. 15{number} vom {story.day:%d.%m.%Y}, S. {story.page}",
            f"Ressort: {story.section}",
            f"Autor: {story.author}",
            f"Dokumentnummer: RL_2024070{number}_11{number}",
            f"Dauerhafte Adresse des Dokuments: https://www.wiso-net.de/document/RL__2024070{number}",
            f"Alle Rechte vorbehalten: (c) {story.source}",
            "© GBI-Genios Deutsche Wirtschaftsdatenbank GmbH",
        ]
    return lines


def genios_front(stories: tuple[Story, ...] = STORIES) -> str:
    """Return an export of GENIOS as text, with labels above each text."""
    parts = [f"Anzahl der Dokumente: {len(stories)}\n"]
    parts += [
        f"Titel: {story.title}\nQuelle: {story.source}\nDatum: {story.day:%d.%m.%Y}\n"
        f"Seite: {story.page}\nRessort: {story.section}\nAutor: {story.author}\n"
        f"Dokumentnummer: RL{number}\nText: " + "\n\n".join(story.text) + "\n"
        f"Alle Rechte vorbehalten: {story.source}\n"
        for number, story in enumerate(stories)
    ]
    return "\n".join(parts)


def pmg_xml(stories: tuple[Story, ...] = STORIES) -> str:
    """Return an export of PMG Presse-Monitor as XML."""
    articles = [
        f"<artikel><metadaten><artikel-id>P{number}</artikel-id><quelle><name>{story.source}</name>"
        f"<quelle-id>RL</quelle-id><datum>{story.day:%d.%m.%Y}</datum>"
        f"<seite-start>{story.page}</seite-start><ressort>{story.section}</ressort></quelle>"
        f"<autor>{story.author}</autor></metadaten><inhalt><titel-liste><titel>{story.title}</titel>"
        "</titel-liste><text>"
        + "".join(f"<p>{text}</p>" for text in story.text)
        + "</text></inhalt>"
        "</artikel>"
        for number, story in enumerate(stories)
    ]
    return (
        f'<?xml version="1.0" encoding="utf-8"?><artikel-liste>{"".join(articles)}</artikel-liste>'
    )


RULE = "_" * 60


def proquest(stories: tuple[Story, ...] = STORIES) -> str:
    """Return an export of ProQuest as text."""
    parts = [RULE, "Report Information from ProQuest", "05 July 2024 09:31", RULE, ""]
    for number, story in enumerate(stories, start=1):
        day = f"{MONTHS['en'].split()[story.day.month - 1][:3]} {story.day.day}, {story.day.year}"
        last, first = story.author.split()[1], story.author.split()[0]
        parts += [
            f"Document {number} of {len(stories)}", "", f"Title: {story.title}", "",
            f"Author: {last}, {first}", "",
            f"Publication info: {story.source} ; Roden [Roden]{story.day:%d} July 2024: "
            f"{story.page}.",
            "", "Abstract: None available.", "", "Links: ", "", "Full text: " + story.text[0], "",
            *(line for text in story.text[1:] for line in (text, "")),
            "Subject: Bridges; Municipal government", "", f"Title: {story.title}", "",
            f"Publication title: {story.source}; Roden", "", f"Pages: {story.page}", "",
            "Publication year: 2024", "", f"Publication date: {day}", "",
            f"Section: {story.section}", "", "Publisher: Rodener Verlag", "",
            f"Language of publication: {'German' if story.language == 'de' else 'English'}", "",
            f"ProQuest document ID: 30001{number}", "",
            f"Document URL: https://www.proquest.com/docview/30001{number}", "",
            f"Copyright: Copyright {story.source} 2024", "", "Database: Newsstream", "", RULE, "",
        ]  # fmt: skip
    return "\n".join(parts)


def newsml(stories: tuple[Story, ...] = STORIES) -> str:
    """Return a NewsML-G2 message of several items, one of them a picture."""
    items = [
        f'<newsItem guid="urn:newsml:bote.example:{n}" version="1" xml:lang="{s.language}">'
        f'<itemMeta><itemClass qcode="ninat:text"/><provider><name>{s.source}</name></provider>'
        f"<versionCreated>{s.day}T06:00:00+02:00</versionCreated></itemMeta>"
        f"<contentMeta><contentCreated>{s.day}T05:30:00+02:00</contentCreated>"
        f"<by>Von {s.author}</by><headline>{s.title}</headline></contentMeta><contentSet>"
        '<inlineXML contenttype="application/xhtml+xml"><html xmlns="http://www.w3.org/1999/xhtml">'
        f"<head><title>{s.title}</title></head><body>"
        + "".join(f"<p>{text}</p>" for text in s.text)
        + "</body></html></inlineXML></contentSet></newsItem>"
        for n, s in enumerate(stories)
    ]
    picture = (
        '<newsItem guid="urn:bild"><itemMeta><itemClass qcode="ninat:picture"/></itemMeta>'
        "<contentMeta><headline>Die Ellerbrücke</headline></contentMeta><contentSet>"
        '<remoteContent href="bild.jpg"/></contentSet></newsItem>'
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>'
        + "".join(items)
        + picture
        + "</itemSet></newsMessage>"
    )


def nitf(story: Story = STORIES[0]) -> str:
    """Return one article as NITF."""
    return (
        f'<?xml version="1.0"?><nitf><head><title>{story.title}</title><docdata>'
        f'<doc-id id-string="nitf-1"/><date.issue norm="{story.day:%Y%m%d}T060000Z"/>'
        f'<doc.copyright holder="{story.source}" year="2024"/></docdata>'
        f'<pubdata name="{story.source}" position.section="{story.section}" '
        f'position.sequence="{story.page}"/></head><body><body.head><hedline><hl1>{story.title}</hl1>'
        f"</hedline><byline>Von <person>{story.author}</person></byline></body.head><body.content>"
        + "".join(f"<p>{text}</p>" for text in story.text)
        + '<media media-type="image"><media-caption>Foto: Archiv</media-caption></media>'
        "</body.content></body></nitf>"
    )


def ninjs(stories: tuple[Story, ...] = STORIES) -> list[dict[str, object]]:
    """Return items of ninjs, the last one in the form of its second version."""
    items: list[dict[str, object]] = [
        {
            "uri": f"urn:bote.example:{n}", "type": "text", "language": s.language,
            "versioncreated": f"{s.day}T06:00:00+02:00", "headline": s.title,
            "byline": f"Von {s.author}", "copyrightholder": s.source,
            "body_xhtml": "".join(f"<p>{text}</p>" for text in s.text),
        }
        for n, s in enumerate(stories[:-1])
    ]  # fmt: skip
    last = stories[-1]
    items.append(
        {
            "uri": "urn:bote.example:z", "language": last.language, "by": f"By {last.author}",
            "firstcreated": f"{last.day}T06:00:00Z", "provider": {"literal": last.source},
            "headlines": [{"role": "main", "value": last.title}],
            "bodies": [{"contenttype": "text/plain", "value": "\n".join(last.text)}],
        }
    )  # fmt: skip
    return items


def dpa(story: Story = STORIES[0]) -> dict[str, object]:
    """Return an item in the form of dpa's digital wires."""
    return {
        "urn": "urn:newsml:dpa.example:20090101:1", "version": 2, "language": "de",
        "version_created": f"{story.day}T05:00:00+02:00", "headline": story.title,
        "kicker": "Verkehr", "byline": f"Von {story.author}", "pubstatus": "usable",
        "rubrics": [{"name": story.section}], "source": story.source,
        "article_html": "<section class='main'><h2>" + story.title + "</h2>"
        + "".join(f"<p>{text}</p>" for text in story.text) + "</section>",
    }  # fmt: skip
