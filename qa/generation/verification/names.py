"""Names in a German or English sentence that its passage does not have.

English writes names with capitals and other words without, so every capitalised word within
a sentence is looked up. German writes all nouns so: there only words that follow another
capitalised word ("Pfarrerin Almut Voigt"), abbreviations in capitals and known places are
taken for names. A single unknown name in German ("Thormann") is missed, and left to the
comparison of meanings.
"""

import re
import unicodedata
from functools import lru_cache

from corpus.text.quantities import blank_quantities

_TOKEN = re.compile(r"[^\W\d_][\w'’]*")
_CITIES = (
    "wien/vienna münchen/munich köln/cologne rom/rome mailand/milan venedig/venice "
    "florenz/florence neapel/naples genf/geneva zürich/zurich brüssel/brussels lüttich/liège "
    "antwerpen/antwerp kopenhagen/copenhagen warschau/warsaw krakau/krakow prag/prague "
    "moskau/moscow lissabon/lisbon athen/athens nürnberg/nuremberg hannover/hanover "
    "straßburg/strasbourg peking/beijing tokio/tokyo kiew/kyiv/kiev bukarest/bucharest "
    "belgrad/belgrade bayern/bavaria sachsen/saxony niedersachsen/lower-saxony hessen/hesse "
    "thüringen/thuringia preußen/prussia rhein/rhine donau/danube mosel/moselle alpen/alps "
    "nordsee/north-sea ostsee/baltic europa/europe afrika/africa asien/asia eu/european-union "
    "uno/un/uno-nations nato/nato usa/us/u.s./america großbritannien/britain"
)
# Words that English writes with a capital in names that German translates.
_GENERIC = frozenset(
    """art association bank bay bridge castle cathedral chancellor church city club college company
    corporation council county court department director district duke east federal festival
    foundation gallery government hall harbour hill hospital house institute island king lake
    library lord mayor minister ministry moor mount mountain museum national north office palace
    parliament park party police president prince princess professor prize project queen railway
    republic river road royal saint school sea society south square state station street theatre
    tower town treaty union university valley village war west world dr mr mrs ms i english german
    germans french british american dutch polish danish italian spanish austrian swiss european
    russian chinese""".split()
)
# Words that open German sentences and stand before a noun there.
_OPENERS = frozenset(
    """aber alle allein als also am an angesichts auch auf aufgrund aus außerdem bei beim bereits
    bis da dabei dadurch dafür damit danach dank das dazu dem den denn dennoch der deren des
    deshalb dessen die dies diese diesem diesen dieser dieses doch dort durch ein eine einem einen
    einer eines einige er erst es etwa für gegen gemäß hier hinter ihr ihre im in infolge innerhalb
    insgesamt ist jede jeder jedes jährlich kein keine laut man mehr mehrere mit mitte nach nachdem
    neben nicht noch nun nur ob obwohl ohne rund sein seine seit sie so sogar sollte soll statt
    trotz um und unter viele vom von vor war waren wegen weil weitere wenn wie wird wurde wurden
    zu zudem zufolge zum zur zwischen laufend jüngst künftig später früher zunächst""".split()
)


def unknown_names(sentence: str, language: str, source: str, source_language: str) -> list[str]:
    """Return the names in a sentence that a source does not have.

    Args:
        sentence: what is checked.
        language: the sentence's.
        source: the passage, with title, heading and what else names the article.
        source_language: the passage's.

    >>> unknown_names("Laut Chefin Petra Lindner eilt es.", "de", "Gesa Lindner sagt es.", "de")
    ['Petra']
    >>> unknown_names("Tom of Vienna said so.", "en", "Tom aus Wien sagt es.", "de")
    []
    """
    plain = blank_quantities(sentence, language)
    known = {form for match in _TOKEN.finditer(source) for form in _forms(match[0])}
    places = {_places()[word] for word in known if word in _places()}
    found = []
    for token in (_english_names if language == "en" else _german_names)(plain):
        forms = _forms(token)
        place = next((_places()[form] for form in forms if form in _places()), None)
        if forms & known or (place is not None and place in places):
            continue
        if language == "en" and source_language != "en" and token.lower() in _GENERIC:
            continue
        found.append(token)
    # In German a place may be named without anything else that shows a name.
    if language != "en":
        found += [
            match[0]
            for match in _TOKEN.finditer(plain)
            if match[0][0].isupper()
            and match[0] not in found
            and not _forms(match[0]) & known
            and (place := _places().get(_fold(match[0]))) is not None
            and place not in places
        ]
    return found


def _english_names(text: str) -> list[str]:
    found = []
    for match in _TOKEN.finditer(text):
        token = match[0]
        opens = not text[: match.start()].strip(" \"'“”„‘(")
        following = _TOKEN.match(text, match.end() + 1)
        if not token[0].isupper() or token in ("I", "The", "A"):
            continue
        if not opens or (following and following[0][0].isupper()):
            found.append(token)
    return found


def _german_names(text: str) -> list[str]:
    """Return words that follow a capitalised word, and abbreviations in capitals."""
    found = []
    before: re.Match[str] | None = None
    for match in _TOKEN.finditer(text):
        token = match[0]
        beside = before is not None and text[before.end() : match.start()] in (" ", "-")
        if (len(token) > 1 and token.isupper()) or (
            before is not None and beside and token[0].isupper() and _is_capital(before)
        ):
            found.append(token)
        before = match
    return found


def _is_capital(match: re.Match[str]) -> bool:
    token = match[0]
    # At the start of a sentence an adjective has a capital, too: "Neue Boote".
    opens = not match.string[: match.start()].strip(" \"'“„‘(")
    adjective = opens and token.endswith(("e", "en", "er", "es", "em"))
    return token[0].isupper() and token.lower() not in _OPENERS and not adjective


def _forms(token: str) -> set[str]:
    """Return a word without and with the endings that names take.

    >>> sorted(_forms("Brandts"))
    ['brandt', 'brandts']
    """
    word = _fold(token)
    forms = {word}
    for ending in ("'s", "’s", "s", "'", "er", "ern"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            forms.add(word.removesuffix(ending))
    return forms


def _fold(token: str) -> str:
    folded = unicodedata.normalize("NFKD", token.casefold())
    return "".join(char for char in folded if not unicodedata.combining(char))


@lru_cache(maxsize=1)
def _places() -> dict[str, str]:
    """Return place names in both languages, folded -> one name for both."""
    from babel import Locale

    german, english = Locale("de").territories, Locale("en").territories
    found = {}
    for code, name in english.items():
        if code.isalpha():
            for term in (name, german.get(code, name)):
                if re.fullmatch(r"[\w-]+", term):
                    found[_fold(term)] = code
    for group in _CITIES.split():
        names = group.split("/")
        found.update({_fold(name): names[0] for name in names})
    found["usa"] = found["us"] = found["america"] = found["vereinigten"] = "US"
    return found
