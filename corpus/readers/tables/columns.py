"""What tables call the columns that an article is made of, in German and English."""

import re
from collections.abc import Iterable, Mapping

_NAMES = {
    "text": "text|volltext|full text|fulltext|body|body text|artikeltext|article text|haupttext|"
    "main text|maintext|inhalt|content|story text|article body|text content|plain text|artikel|"
    "article|nachrichtentext|beitragstext|meldung|texte|highlight",
    "title": "title|titel|überschrift|ueberschrift|headline|schlagzeile|artikeltitel|article title|"
    "hauptüberschrift|hauptzeile|titre|heading 1|subject|betreff|book title",
    "published": "published|datum|date|publication date|publish date|published at|published date|"
    "pub date|pubdate|erscheinungsdatum|erscheinungstag|veröffentlichungsdatum|veröffentlicht|"
    "veröffentlicht am|erschienen|erschienen am|date published|date publish|published on|"
    "publication day|tag|day|publikationsdatum|sendedatum",
    "modified": "modified|modified at|updated|updated at|aktualisiert|aktualisiert am|geändert|"
    "date modified|last modified",
    "source": "source|quelle|medium|zeitung|publikation|publication|publication name|"
    "publication title|media name|outlet|newspaper|source name|medienname|journal|zeitschrift|"
    "site name|domain name|publisher|herausgeber|sender",
    "authors": "authors|author|autor|autoren|autorin|autor in|autor innen|author s|verfasser|"
    "verfasserin|verfasser in|byline|by|von|creator|auteur|published by|book author|"
    "journalist|redakteur",
    "url": "url|link|adresse|webadresse|web adresse|permalink|href|resolved url|given url|"
    "article url|artikel url|internetadresse",
    "language": "language|sprache|lang|langue",
    "section": "section|ressort|rubrik|kategorie|category|desk",
    "heading": "heading|zwischenüberschrift|zwischentitel",
    "uri": "uri",
}
_FIELDS = {ours: names.split("|") for ours, names in _NAMES.items()}


def guess_columns(present: Iterable[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return our column's name -> the file's, for those whose names are usual.

    What is `given` stays, and its columns are taken for nothing else.

    >>> guess_columns(["Überschrift", "Publication_Date", "Volltext"], {})
    {'text': 'Volltext', 'title': 'Überschrift', 'published': 'Publication_Date'}
    >>> guess_columns(["title", "body", "note"], {"text": "note"})
    {'text': 'note', 'title': 'title'}
    """
    names: dict[str, str] = {}
    for name in present:
        names.setdefault(_key(name), name)
    found = dict(given)
    used = set(given.values())
    for ours, usual in _FIELDS.items():
        if ours in found:
            continue
        chosen = next((names[key] for key in usual if names.get(key, "") not in ("", *used)), None)
        if chosen is not None:
            found[ours] = chosen
            used.add(chosen)
    return found


def _key(name: str) -> str:
    return " ".join(re.split(r"[\W_]+", name.lower())).strip()
