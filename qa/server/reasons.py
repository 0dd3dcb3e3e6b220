"""Why an input was not read or a question not asked, in German: below, it is said in English.

`GERMAN` has a reason's template and its German; {0}, {1} … stand for what is filled in. A test
holds it against every reason for which the readers and the web refuse an input.
"""

import re
from collections.abc import Mapping
from functools import cache

KINDS: Mapping[str, str] = {
    "the archive": "das Archiv",
    "the Word document": "das Word-Dokument",
    "the e-book": "das E-Book",
    "the feed": "der Feed",
    "the sitemap": "die Sitemap",
    "a sitemap": "eine Sitemap",
    "a list of addresses": "eine Liste von Adressen",
    "an Excel workbook; save its sheet as CSV": "eine Excel-Mappe; speichern Sie das Blatt als CSV",
    "a PowerPoint presentation; save it as PDF": "eine PowerPoint-Präsentation; speichern Sie sie "
    "als PDF",
    "an OpenDocument file; save it as DOCX or PDF": "eine OpenDocument-Datei; speichern Sie sie "
    "als DOCX oder PDF",
    "a PNG picture": "ein PNG-Bild",
    "a JPEG picture": "ein JPEG-Bild",
    "a GIF picture": "ein GIF-Bild",
    "a BMP picture": "ein BMP-Bild",
    "a TIFF picture": "ein TIFF-Bild",
    "a WebP picture": "ein WebP-Bild",
    "an icon": "ein Symbolbild",
    "a PDF file": "eine PDF-Datei",
    "a ZIP archive or an Office file": "ein ZIP-Archiv oder eine Office-Datei",
    "an empty ZIP archive": "ein leeres ZIP-Archiv",
    "a gzip archive": "ein gzip-Archiv",
    "a bzip2 archive": "ein bzip2-Archiv",
    "an xz archive": "ein xz-Archiv",
    "a 7-Zip archive": "ein 7-Zip-Archiv",
    "a RAR archive": "ein RAR-Archiv",
    "a Zstandard archive": "ein Zstandard-Archiv",
    "an old Office file; save it as DOCX or PDF": "eine alte Office-Datei; speichern Sie sie als "
    "DOCX oder PDF",
    "an RTF file; save it as DOCX or PDF": "eine RTF-Datei; speichern Sie sie als DOCX oder PDF",
    "an SQLite database": "eine SQLite-Datenbank",
    "a Parquet file": "eine Parquet-Datei",
    "a program": "ein Programm",
    "an Ogg recording": "eine Ogg-Aufnahme",
    "an MP3 recording": "eine MP3-Aufnahme",
    "a recording": "eine Aufnahme",
    "a video or audio file": "eine Video- oder Tondatei",
}
"""Nouns within reasons."""

GERMAN: Mapping[str, str] = {
    # Questions
    "The question is empty. Write what you want to know.": "Die Frage ist leer. Schreiben Sie, was "
    "Sie wissen möchten.",
    "The question has {0} characters; at most {1} are read. Shorten it to what you want to know.": (
        "Die Frage hat {0} Zeichen; höchstens {1} werden gelesen. Kürzen Sie sie auf das, was Sie "
        "wissen möchten."
    ),
    "No date lies between since={0} and until={1}. Swap the two.": "Zwischen {0} und {1} liegt "
    "kein Tag. Tauschen Sie die beiden.",
    "{0}={1} is no date. Write year, month and day: 2024-10-25": "{1} ist kein Datum. Schreiben "
    "Sie Jahr, Monat und Tag: 2024-10-25",
    # Any file
    "the file is empty": "die Datei ist leer",
    "it is a part of a collection, not an article": "sie ist ein Teil einer Sammlung, kein Artikel",
    "the file holds only blanks": "die Datei enthält nur Leerzeichen",
    "there is no text in it": "es steht kein Text darin",
    "there is no text in it but front matter": "außer Metadaten steht kein Text darin",
    "this is a pipe or a device; save its content as a file": "das ist keine gewöhnliche Datei; "
    "speichern Sie den Inhalt als Datei",
    "the file has {0} MB; the limit is {1}. Split it, or raise the limit (--max-mb)": "die Datei "
    "hat {0} MB, erlaubt sind {1}; teilen Sie sie, oder heben Sie im Terminal die Grenze an "
    "(--max-mb)",
    "no reader for {0} files; known are {1}. If it is plain text, rename it to end in .txt": "mit "
    "der Endung {0} ist nichts anzufangen, bekannt sind {1}; ist es reiner Text, lassen Sie den "
    "Namen auf .txt enden",
    "the name says {0}, but the content is something else": "nach dem Namen ist es {0}, nach dem "
    "Inhalt etwas anderes",
    "this is {0}, which holds no article that can be read": "darin steht kein Artikel, der sich "
    "lesen ließe ({0})",
    "this is {0}": "das ist {0}",
    "this is {0}, not text; give the article as text, HTML or JSONL": "das ist kein Text ({0}); "
    "geben Sie den Artikel als Text, HTML oder JSONL",
    "this is {0}: it names articles and holds none": "das ist {0}: sie nennt Artikel und enthält "
    "keine",
    "these {0} bytes are no text; give the article as text, HTML or JSONL": "diese {0} Bytes sind "
    "kein Text; geben Sie den Artikel als Text, HTML oder JSONL",
    "there is no such file or folder; check the spelling": "eine solche Datei gibt es nicht",
    "cannot be read: {0}": "lässt sich nicht lesen: {0}",
    # Reading in a process of its own
    "the reader gave no answer": "das Leseprogramm gab keine Antwort",
    "the reader's answer makes no sense; the file is left out": "die Antwort des Leseprogramms "
    "ergibt keinen Sinn; die Datei bleibt weg",
    "the reader's answer makes no sense: {0}": "die Antwort des Leseprogramms ergibt keinen Sinn: "
    "{0}",
    "its reader crashed ({0}); the file is damaged, made to harm, or needs more than {1} GiB of "
    "memory": "das Leseprogramm stürzte ab ({0}); die Datei ist beschädigt, soll schaden oder "
    "braucht mehr als {1} GiB Speicher",
    "its reader was killed; the system may be out of memory": "das Leseprogramm wurde beendet; "
    "vielleicht fehlt dem Rechner Speicher",
    "reading it needs more than {0} GiB of memory": "das Lesen braucht mehr als {0} GiB Speicher",
    "reading it takes more than {0} seconds of computing": "das Lesen braucht mehr als {0} "
    "Sekunden Rechenzeit",
    "reading it takes longer than {0} seconds": "das Lesen dauert länger als {0} Sekunden",
    "its text is larger than 1 GiB": "der Text ist größer als 1 GiB",
    "the reader failed ({0})": "das Leseprogramm scheiterte ({0})",
    "no process to read it in can be started: {0}": "zum Lesen ließ sich kein Prozess starten: {0}",
    # Archives and documents
    "{0} has too many entries; at most {1} are read": "{0} hat zu viele Einträge; höchstens {1} "
    "werden gelesen",
    "{0} is empty": "{0} ist leer",
    "{0} is incomplete: there is no {1} in it": "{0} ist unvollständig: {1} fehlt",
    "{0} is damaged or cut off: {1}": "{0} ist beschädigt oder abgeschnitten: {1}",
    "{0} is damaged: {1}": "{0} ist beschädigt: {1}",
    "{0} holds nothing": "{0} enthält nichts",
    "{0} declares entities of its own, which are not followed": "{0} erklärt eigene Entitäten, "
    "denen nicht gefolgt wird",
    "{0} is no XML that can be read: {1}": "{0} ist kein lesbares XML: {1}",
    "it is damaged: {0}": "die Datei ist beschädigt: {0}",
    "it is encrypted; unpack it and add the files": "das Archiv ist verschlüsselt; entpacken Sie "
    "es, und fügen Sie die Dateien hinzu",
    "unpacked, it grows beyond {0} MB": "entpackt wächst die Datei über {0} MB",
    "unpacked, {0} grows beyond 4 GiB": "entpackt wächst {0} über 4 GiB",
    "archives are nested more than {0} deep; unpack the outer ones": "Archive sind mehr als "
    "{0}-fach verschachtelt; entpacken Sie die äußeren",
    "the archive holds no files": "das Archiv enthält keine Dateien",
    "its name leads outside the archive": "der Name führt aus dem Archiv hinaus",
    "this is a link, which is not followed": "das ist ein Verweis, dem nicht gefolgt wird",
    "there is no text in the document": "im Dokument steht kein Text",
    "there is no text in the e-book": "im E-Book steht kein Text",
    "the e-book is copy-protected (DRM); its text cannot be read": "das E-Book ist kopiergeschützt "
    "(DRM); sein Text lässt sich nicht lesen",
    "the e-book is damaged: it does not say where its contents are": "das E-Book ist beschädigt: "
    "es sagt nicht, wo sein Inhalt steht",
    "the e-book is damaged: it has no list of its pages": "das E-Book ist beschädigt: die Liste "
    "der Seiten fehlt",
    # PDF
    "the PDF is damaged or cut off": "die PDF-Datei ist beschädigt oder abgeschnitten",
    "the PDF is encrypted; save a copy without its password": "die PDF-Datei ist verschlüsselt; "
    "speichern Sie eine Kopie ohne Kennwort",
    "the PDF has {0} pages; at most {1} are read": "die PDF-Datei hat {0} Seiten; höchstens {1} "
    "werden gelesen",
    "nothing but page numbers stands on the pages": "auf den Seiten stehen nur Seitenzahlen",
    "none of the PDF's pages can be read; it is damaged or cut off": "keine Seite der PDF-Datei "
    "lässt sich lesen; sie ist beschädigt oder abgeschnitten",
    "the pages are pictures without text (a scan); run it through text recognition (OCR) and add "
    "the result": "die Seiten sind Bilder ohne Text; lassen Sie eine Texterkennung (OCR) darüber "
    "laufen, und fügen Sie deren Ergebnis hinzu",
    "there is no text on the PDF's pages": "auf den Seiten der PDF-Datei steht kein Text",
    "its fonts do not say which letters they show; run it through text recognition (OCR)": "die "
    "Schriften verraten ihre Buchstaben nicht; lassen Sie eine Texterkennung (OCR) darüber laufen",
    # Tables
    "the first line names no columns": "die erste Zeile nennt keine Spalten",
    "the first line names no columns: {0}": "die erste Zeile nennt keine Spalten: {0}",
    "it has {0} columns; at most {1} are read": "die Tabelle hat {0} Spalten; höchstens {1} werden "
    "gelesen",
    "there is no row in it that can be read": "keine Zeile lässt sich lesen",
    "there is no column 'text'; columns are {0}. Say which one it is with --map text=COLUMN": "die "
    "Spalte „text“ fehlt, vorhanden sind {0}; nennen Sie im Terminal die richtige mit --map "
    "text=SPALTE",
    "there is no column {0}; columns are {1}": "die Spalte {0} fehlt, vorhanden sind {1}",
    "there is no field {0} to map to; fields are {1}": "das Feld {0} gibt es nicht, vorhanden sind "
    "{1}",
    "the JSON array cannot be read: its encoding is not clear": "die JSON-Liste lässt sich nicht "
    "lesen: ihre Zeichenkodierung ist unklar",
    "the JSON array cannot be read: {0}": "die JSON-Liste lässt sich nicht lesen: {0}",
    "the Parquet file cannot be read: {0}": "die Parquet-Datei lässt sich nicht lesen: {0}",
    "the Parquet file is damaged after row {0}: {1}": "die Parquet-Datei ist nach Zeile {0} "
    "beschädigt: {1}",
    "its row groups are too large to be grouped; write it in smaller ones": "die Zeilengruppen der "
    "Parquet-Datei sind zu groß; schreiben Sie sie in kleineren",
    # Pages, feeds and sitemaps
    "there is no text on this page; if a script builds it, save it from the browser again": "auf "
    "der Seite steht kein Text; entsteht sie erst durch ein Skript, speichern Sie sie noch einmal "
    "aus dem Browser",
    "this page only sends on to {0}; add that address": "die Seite leitet nur weiter zu {0}; fügen "
    "Sie diese Adresse hinzu",
    "this page asks for consent to cookies and is no article; answer it in your browser and save "
    "the page from there": "die Seite fragt nach der Einwilligung in Cookies und ist kein Artikel; "
    "antworten Sie im Browser, und speichern Sie die Seite dort",
    "this page says that there is nothing at its address; check the address": "laut der Seite ist "
    "unter der Adresse nichts zu finden; prüfen Sie die Adresse",
    "this is a page to log in, not an article; log in with your browser and save the article from "
    "there": "das ist eine Anmeldeseite, kein Artikel; melden Sie sich im Browser an, und "
    "speichern Sie den Artikel dort",
    "this page checks who asks for it and holds no article; save the article from your browser": (
        "die Seite prüft nur, wer sie abruft; speichern Sie den Artikel aus dem Browser"
    ),
    "there is no page in it; save it from the browser again": "es ist keine Seite darin; speichern "
    "Sie sie noch einmal aus dem Browser",
    "the saved page is empty; save it from the browser again": "die gespeicherte Seite ist leer; "
    "speichern Sie sie noch einmal aus dem Browser",
    "the saved page is damaged: {0}": "die gespeicherte Seite ist beschädigt: {0}",
    "the web archive is damaged: {0}": "das Webarchiv ist beschädigt: {0}",
    "the web archive holds no page": "das Webarchiv enthält keine Seite",
    "the feed has no entries": "der Feed hat keine Einträge",
    "the entry holds no text": "der Eintrag enthält keinen Text",
    "the feed's {0} entries are teasers; their articles are on the pages it names": "{0} Einträge "
    "des Feeds sind Anrisse; ihre Artikel stehen auf den Seiten, die er nennt",
    "the entry has no address, and its text is a teaser or missing": "der Eintrag nennt keine "
    "Adresse, und sein Text ist ein Anriss oder fehlt",
    "the entry's address, {0}, is no http or https address, and its text is a teaser or missing": (
        "die Adresse des Eintrags, {0}, beginnt nicht mit http oder https, und sein Text ist ein "
        "Anriss oder fehlt"
    ),
    "the entry before it has the same address, {0}": "der Eintrag davor hat dieselbe Adresse, {0}",
    "this line of the list is no http or https address": "diese Zeile der Liste ist keine Adresse "
    "mit http oder https",
    "this entry of the sitemap is no http or https address": "dieser Eintrag der Sitemap ist keine "
    "Adresse mit http oder https",
    "these lines of the list are no http or https addresses": "diese Zeilen der Liste sind keine "
    "Adressen mit http oder https",
    "this is no feed: its first element is <{0}>": "das ist kein Feed: er beginnt mit <{0}>",
    "this is no JSON feed: it has no list of items": "das ist kein JSON-Feed: die Liste der "
    "Einträge fehlt",
    "the JSON feed cannot be read: {0}": "der JSON-Feed lässt sich nicht lesen: {0}",
    "this is no sitemap: its first element is <{0}>": "das ist keine Sitemap: "
    "sie beginnt mit <{0}>",
    "the sitemap lists no address": "die Sitemap nennt keine Adresse",
    "a sitemap may have {0} MiB, unpacked": "eine Sitemap darf entpackt {0} MiB haben",
    "the packed sitemap is damaged: {0}": "die gepackte Sitemap ist beschädigt: {0}",
    "there are more than {0} sitemaps inside one another": "mehr als {0} Sitemaps liegen "
    "ineinander",
    "a sitemap names only pages of its own site": "eine Sitemap nennt nur Seiten ihrer eigenen "
    "Website",
    "there is no http or https address in it": "es steht keine Adresse mit http oder https darin",
    "this is a {0}, not a page; name it itself": "das ist keine Seite ({0}); geben Sie ihre eigene "
    "Adresse an",
    "one run takes {0} pages; add it again to go on": "ein Durchgang nimmt {0} Seiten; fügen Sie "
    "die Adresse noch einmal hinzu, dann geht es weiter",
    # Addresses and connections
    "the address is longer than {0} characters": "die Adresse ist länger als {0} Zeichen",
    "there is a blank, a backslash or another character in the address that none has; copy it from "
    "the browser's address line": "in der Adresse steht ein Zeichen, das keine hat; kopieren Sie "
    "sie aus der Adresszeile des Browsers",
    "only addresses that begin with http:// or https:// are fetched": "abgerufen werden nur "
    "Adressen, die mit http:// oder https:// beginnen",
    "there is a user name or password in the address; leave it out": "in der Adresse steht ein "
    "Benutzername oder Kennwort; lassen Sie es weg",
    "there is no port 0": "einen Port 0 gibt es nicht",
    "there is no host in the address": "in der Adresse fehlt der Rechnername",
    "this is no address: {0}": "das ist keine Adresse: {0}",
    "{0} is no address": "{0} ist keine Adresse",
    "{0} is no host name": "{0} ist kein Rechnername",
    "{0} is no host name: {1}": "{0} ist kein Rechnername: {1}",
    "{0} is no IP address": "{0} ist keine IP-Adresse",
    "{0} is no IPv6 address": "{0} ist keine IPv6-Adresse",
    "{0} is an IP address in an unusual form; write four decimal numbers": "{0} ist eine "
    "IP-Adresse in ungewöhnlicher Form; schreiben Sie vier Dezimalzahlen",
    "the address names a network interface (%); leave it out": "die Adresse nennt eine "
    "Netzwerkschnittstelle (%); lassen Sie sie weg",
    "{0} resolves to no address": "{0} führt zu keiner Adresse",
    "{0} resolves to {1}, which is no address": "{0} führt zu {1}, und das ist keine Adresse",
    "{0} is not on the public internet ({1}); if you mean it, add it with --allow-private": "{0} "
    "liegt nicht im öffentlichen Internet; ist das gewollt, fügen Sie die Adresse im Terminal mit "
    "--allow-private hinzu",
    "{0} cannot be found ({1}); check the spelling": "{0} ist nicht zu finden ({1}); prüfen Sie "
    "die Schreibweise",
    "looking up {0} took too long; try again later": "die Suche nach {0} dauerte zu lange; "
    "versuchen Sie es später noch einmal",
    "the connection to {0} failed: {1}": "die Verbindung zu {0} kam nicht zustande: {1}",
    "{0} did not answer within {1} seconds; try again later": "{0} antwortete nicht in {1} "
    "Sekunden; versuchen Sie es später noch einmal",
    "{0} failed {1} times in a row; its other pages wait for another run": "{0} versagte {1}-mal "
    "nacheinander; die anderen Seiten dort warten auf einen neuen Durchgang",
    "the server answers {0} ({1}); it asks for a password": "der Server antwortet {0} ({1}); er "
    "verlangt ein Kennwort",
    "the server answers {0} ({1}); save the page from your browser": "der Server antwortet {0} "
    "({1}); speichern Sie die Seite aus dem Browser",
    "the server answers {0} ({1}); check the address": "der Server antwortet {0} ({1}); prüfen Sie "
    "die Adresse",
    "the server answers {0} ({1}); try again later": "der Server antwortet {0} ({1}); versuchen "
    "Sie es später noch einmal",
    "the server answers {0} ({1})": "der Server antwortet {0} ({1})",
    "the address holds no text but {0}": "unter der Adresse steht kein Text, sondern {0}",
    "the page is packed with {0}, which was not asked for": "die Seite ist mit {0} gepackt, was "
    "nicht verlangt war",
    "the page cannot be unpacked: {0}": "die Seite lässt sich nicht entpacken: {0}",
    "the page has more than {0} MB; raise the limit (--max-mb) if you mean it": "die Seite hat "
    "mehr als {0} MB; ist das gewollt, heben Sie im Terminal die Grenze an (--max-mb)",
    "the redirects go in circles ({0})": "die Weiterleitungen gehen im Kreis ({0})",
    "there are more than {0} redirects": "es sind mehr als {0} Weiterleitungen",
    "it redirects to {0}: {1}": "die Adresse leitet weiter zu {0}: {1}",
    "robots.txt of {0} asks programs not to fetch it; save the page from your browser and add the "
    "file": "die robots.txt von {0} bittet Programme, die Seite nicht abzurufen; speichern Sie sie "
    "aus dem Browser, und fügen Sie die Datei hinzu",
}


def in_german(reason: str) -> str:
    """Return a reason in German, or as it is where it is not known.

    >>> in_german("the archive is empty")
    'das Archiv ist leer'
    """
    for pattern, german in _patterns():
        found = pattern.fullmatch(reason)
        if found:
            return german.format(*map(_filled, found.groups()))
    return reason


def _filled(part: str) -> str:
    """Return what is filled in: a known noun, a number, or anything else as it is.

    >>> _filled("1,000.5"), _filled("a.txt")
    ('1.000,5', 'a.txt')
    """
    if re.fullmatch(r"[\d,]*\d(\.\d+)?", part):
        return part.translate(str.maketrans(",.", ".,"))
    return KINDS.get(part, part)


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Return what matches each template, those with the most fixed words first."""
    made = []
    for english, german in GERMAN.items():
        parts = re.split(r"\{\d\}", english)
        pattern = re.compile("(.+?)".join(map(re.escape, parts)), re.DOTALL)
        made.append((sum(map(len, parts)), pattern, german))
    return [(pattern, german) for _, pattern, german in sorted(made, key=lambda item: -item[0])]
