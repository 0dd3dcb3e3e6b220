"""Small words that turn a sentence around: negation, hearsay, and pairs of opposites.

German and English alike, and by lists: "sie bestritt, dass …" and irony are beyond them.
"""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

_NEGATION = re.compile(
    r"\b(nicht|kein\w*|nie|niemals|niemand\w*|nichts|nirgends|weder|ohne|not|no|never|nobody|none|"
    r"nothing|neither|nor|without|cannot)\b|n['’]t\b",
    re.IGNORECASE,
)
# Said by somebody, or not certain: what a sentence may not turn into a fact.
_HEARSAY = re.compile(
    r"\b(laut|angeblich\w*|mutmaßlich\w*|zufolge|nach (?:eigenen )?(?:angaben|einschätzung|"
    r"ansicht|auskunft)|vermutlich|möglicherweise|soll|sollen|allegedly|alleged|reportedly|"
    r"according to|apparently|presumably|supposedly|(?:is|are) said to|may have|might)\b",
    re.IGNORECASE,
)
# What a sentence may say in its place.
_HEDGED = re.compile(
    _HEARSAY.pattern[:-3]
    + r"|solle|sollten|sollte|könnte\w*|dürfte\w*|wird|werden|will|wollen|plan\w*|geplant\w*|"
    r"erwart\w*|offenbar|wohl|vielleicht|sagt\w*|sagen|erklärt\w*|glaub\w*|meint\w*|may|would|"
    r"could|should|expect\w*|(?:is|are|was|were) to|likely|possibl[ey]|probabl[ey]|believe\w*|"
    r"said|says|say|claim\w*|think\w*|seem\w*|estimat\w*|berichte\w*|report\w*)\b",
    re.IGNORECASE,
)
_CIRCLES = 3
"""How often four words in a row may not stand in one sentence."""
_PAIRS = """
steig|stieg|gestiegen|zunehm|rise|rose|increas|grew
    sink|sank|gesunken|fiel\\b|abnehm|fell\\b|drop|decreas|declin
öffn|eröffn|geöffnet|open
    schließ|schloss|geschlossen|clos|shut
früher|earlier
    später|later
mehr als|more than
    weniger als|less than|fewer than
erlaub|genehmig|zugelassen|allow|permit|approv
    verb[io]|verboten|untersag|stopp|forbid|forbade|bann|prohibit|block
befürwort|unterstütz|begrüßt|support|back(?:s|ed)\\b|welcom
    lehn\\w* .*\\bab\\b|abgelehnt|ablehn|bekämpf|oppos|reject
gewann|gewonnen|gewinn|won\\b|win\\b
    verlor|verlier|lost\\b|lose\\b
gebaut|baut|errichte|built|build|erect
    abgerissen|abriss|abgebaut|demolish|remov|tore down
bestätig|confirm
    bestr[ei]|bestritt|dementier|den(?:y|ie)
angenommen|annahm|accept
    zurückgewiesen|abgelehnt|reject|refus
erhöh|rais
    senk|gesenkt|cut\\b|lower
teurer|more expensive
    billiger|cheaper
beginn|begann|start
    ende[nt]|endete|finish
""".strip().split("\n")
_OPPOSITES = tuple(
    tuple(re.compile(rf"\b(?:{words.strip()})", re.IGNORECASE) for words in pair)
    for pair in zip(_PAIRS[::2], _PAIRS[1::2], strict=True)
)
_CLAUSE = re.compile(r"[,;:–—]\s|\s(?:und|aber|doch|and|but|while|während)\s")


def denies(sentence: str, clauses: Sequence[str]) -> bool:
    """Tell whether a sentence affirms what clauses deny, or the other way round.

    Args:
        sentence: what is checked.
        clauses: those of its quote that it is about.

    >>> denies("Die Noten sind besser.", ["Die Noten sind nicht besser."])
    True
    """
    negative = bool(_NEGATION.search(sentence))
    return all(bool(_NEGATION.search(clause)) != negative for clause in clauses)


def opposes(sentence: str, quote: str) -> bool:
    """Tell whether one word of a pair of opposites is in a sentence, the other in its quote.

    >>> opposes("Der Preis stieg.", "Der Preis sank im Mai.")
    True
    """
    return any(
        (one.search(sentence) and two.search(quote) and not one.search(quote))
        or (two.search(sentence) and one.search(quote) and not two.search(quote))
        for one, two in _OPPOSITES
    )


def hides_hearsay(sentence: str, quote: str) -> bool:
    """Tell whether a sentence states as a fact what its quote only reports or plans.

    >>> hides_hearsay("Er zahlte wenig.", "Er soll wenig gezahlt haben.")
    True
    >>> hides_hearsay("He allegedly paid little.", "Er soll wenig gezahlt haben.")
    False
    """
    return bool(_HEARSAY.search(quote)) and not _HEDGED.search(sentence)


def clauses(text: str) -> list[str]:
    """Cut a text at commas and conjunctions.

    >>> clauses("Sie kam, aber er blieb.")
    ['Sie kam', 'aber er blieb.']
    """
    borders = [0, *(match.start() for match in _CLAUSE.finditer(text)), len(text)]
    pieces = [text[a:b].strip(" ,;:–—") for a, b in pairwise(borders)]
    return [piece for piece in pieces if piece]


def repeats_itself(text: str) -> bool:
    """Tell whether a text goes round in circles, as small language models do.

    >>> repeats_itself("Die Fähre der Fähre der Fähre der Fähre der Fähre der Fähre fährt.")
    True
    >>> repeats_itself("Je ein Bus fährt für den Sport, für den Garten und für den Hof.")
    False
    """
    words = re.findall(r"\w+", text.casefold())
    fours = Counter(zip(words, words[1:], words[2:], words[3:], strict=False))
    return any(count >= _CIRCLES for count in fours.values())
