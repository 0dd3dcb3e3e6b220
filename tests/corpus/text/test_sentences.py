"""Borders of sentences: a table made by hand, and properties."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.text.sentences import sentence_spans

# "|" stands where one sentence ends and the next begins.
TABLE = [
    ("de", "Viele Städte, z. B. Köln, planen das.|Andere nicht."),
    ("de", "Er war z.B. in Rom, d.h. in Italien.|Dort, u.a. im Vatikan, betete er."),
    ("de", "Am 3. Oktober wird gefeiert.|Danach nicht mehr."),
    ("de", "Dr. Müller kam am 12. Mai 2024 an.|Sie blieb."),
    ("de", "Er traf Prof. Dr. h. c. Meier.|Danach aß er."),
    ("de", "Das gilt u. a. für Schulen, d. h. für alle Lehrer.|Es gilt ab sofort."),
    ("de", "Das steht in Nr. 5 auf S. 12 der Akte.|Mehr nicht."),
    ("de", "Der 1. FC Köln gewann.|Der FC St. Pauli verlor."),
    ("de", "Das kostet 3 Mio. Euro.|Die Stadt zahlt 1,5 Mrd. Euro."),
    ("de", "Die Partei hat ca. 5 Mio.|Die anderen haben mehr."),
    ("de", "„Wir kommen.“|Das sagte er.|„Wann?“, fragte sie."),
    ("de", "„Ich gehe jetzt.|Du bleibst hier.“|Er ging."),
    ("de", "Er zögerte … und ging.|Sie wartete...|Dann kam er."),
    ("de", "Es gab Äpfel, Birnen usw.|Danach gab es Kuchen."),
    ("de", "Er lebte im 19. Jahrhundert.|König Ludwig XIV. baute Schlösser."),
    ("de", "Im 16. und 17. Jahrhundert war das so.|Im 18. nicht mehr."),
    ("de", "J. K. Rowling schrieb das Buch.|Es wurde bekannt."),
    ("de", "Sie kam um 14.30 Uhr an.|Es regnete."),
    ("de", "Das kostet 1.000.000 Euro.|Zu viel!"),
    ("de", "Die Müller GmbH & Co. KG baut.|Sie sitzt in Ulm."),
    ("de", "Siehe www.example.org.|Dort steht alles."),
    ("de", "Geboren wurde er 1950.|Er starb 2020."),
    ("de", "Er geriet in Vergessenheit.|1960 benannte man eine Einheit nach ihm."),
    ("de", "Am Dienstag, 25. 10. 2024, war es so weit.|Alle kamen."),
    ("de", "Laut Art. 5 Abs. 1 GG ist das frei.|Punkt."),
    ("de", "Was nun?|Niemand weiß es!|Alle schweigen."),
    ("de", "Rund 20 Prozent (ca. 300 Personen) kamen.|Der Rest blieb fern."),
    ("de", "Max Muster (geb. 1950) und Eva Muster, geb. Beispiel, kamen.|Sie blieben."),
    ("de", "Das Treffen findet am 3. und 4. Juni statt.|Es beginnt um 9 Uhr."),
    ("de", "Max-Planck-Str. 5 ist die Adresse.|Die Goethestr. ist gesperrt."),
    ("de", "Sie spielt in der 2. Bundesliga.|In der 90. Minute fiel das Tor."),
    ("de", "In der Nacht zum 4. kam der Regen.|Am 5. war er weg."),
    ("de", "ein satz ohne ende"),
    ("en", "Mr. Smith met Mrs. Jones in the U.S. Senate.|They talked."),
    ("en", "He lives in the U.S.|She lives in France."),
    ("en", "Chanel No. 10 is not No. 5.|It is newer."),
    ("en", "J. K. Rowling wrote it.|It sold well."),
    ("en", "It costs $3.50.|That is cheap."),
    ("en", "“We came,” he said.|“We saw.”|Then they left."),
    ("en", "They met at 5 p.m. on Monday.|Nobody came at 6 p.m.|The hall was empty."),
    ("en", "Apple Inc. bought it.|Acme Ltd. sold it."),
    ("en", "He waited... and left.|She stayed."),
    ("en", "Prof. Lee, Ph.D., spoke on Jan. 5.|Everyone listened."),
    ("en", "See Fig. 3 and pp. 4-5.|It is clear."),
    ("en", "St. Louis won vs. Boston.|Gov. Ray cheered."),
    ("en", "George W. Bush spoke.|John F. Kennedy did not."),
    ("en", "The river fell.[3]|It rose again."),
    ("zh", "今天天气很好。|我们去公园吧！|你来吗？"),
    ("ja", "今日は晴れです。|散歩に行きます。"),
    ("ar", "كيف حالك؟|أنا بخير.|شكرا."),
    ("hi", "यह एक वाक्य है।|यह दूसरा वाक्य है।"),
    ("es", "¿Dónde está?|No lo sé.|El Sr. Pérez sabe."),
    ("ru", "Это было в 1990 г. в Москве.|Потом он уехал."),
    ("und", "Ein Gedicht\nin zwei Zeilen"),
    ("de", "Zutaten:|- 2 Eier|- 1 Prise Salz"),
]


@pytest.mark.parametrize(("language", "marked"), TABLE, ids=[row[1][:40] for row in TABLE])
def test_table(language: str, marked: str) -> None:
    wanted = marked.split("|")
    joint = "" if language in ("zh", "ja") else "\n" if "- " in marked else " "
    text = joint.join(wanted)
    assert [text[start:end] for start, end in sentence_spans(text, language)] == wanted


@given(st.text(), st.sampled_from(["de", "en", "zh", "und", ""]))
def test_spans_cover_everything_but_blanks(text: str, language: str) -> None:
    spans = sentence_spans(text, language)
    kept = [text[start:end] for start, end in spans]
    assert all(piece and piece == piece.strip() for piece in kept)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert "".join("".join(kept).split()) == "".join(text.split())
