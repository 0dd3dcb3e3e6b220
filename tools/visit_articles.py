"""Sixteen short articles of two invented towns, and forty questions about them."""

ARTICLES = (
    ("Marnitz sperrt die Elsterbrücke", "Marnitzer Anzeiger", "2025-02-03",
     "Die Elsterbrücke in Marnitz ist seit Montag für Autos gesperrt. Prüfer fanden Risse in zwei "
     "Trägern, sagte Baudezernentin Ilka Reents. Fußgänger dürfen weiter über die Brücke. Die "
     "Umleitung über Kahlau ist neun Kilometer lang."),
    ("Elsterbrücke: Sanierung kostet drei Millionen Euro", "Marnitzer Anzeiger", "2025-03-11",
     "Die Sanierung der Elsterbrücke in Marnitz kostet drei Millionen Euro. Das Land zahlt die "
     "Hälfte. Die Arbeiten beginnen am 5. Mai 2025 und dauern sieben Monate."),
    ("Elsterbrücke in Marnitz wird teurer", "Kahlauer Kurier", "2025-06-20",
     "Die Sanierung der Elsterbrücke in Marnitz kostet vier Millionen Euro, eine Million mehr als "
     "geplant. Grund sind Schäden an einem dritten Träger, sagte Baudezernentin Ilka Reents."),
    ("Elsterbrücke wieder frei", "Marnitzer Anzeiger", "2025-12-08",
     "Die Elsterbrücke in Marnitz ist seit Sonntag wieder für Autos frei. Bürgermeister Till Voss "
     "durchschnitt das Band. Am ersten Tag fuhren 6.200 Fahrzeuge über die Brücke."),
    ("Freibad Kahlau öffnet am 1. Juni", "Kahlauer Kurier", "2025-05-09",
     "Das Freibad in Kahlau öffnet am 1. Juni 2025. Eine Tageskarte kostet 4,50 Euro, Kinder unter "
     "sechs Jahren zahlen nichts. Neu ist eine Rutsche von 42 Metern."),
    ("Freibad Kahlau schließt früher", "Kahlauer Kurier", "2025-08-14",
     "Das Freibad in Kahlau schließt schon am 31. August 2025, zwei Wochen früher als geplant. "
     "Es fehlen Rettungsschwimmer, sagte Badleiter Oke Harms."),
    ("Korrektur: Freibad Kahlau", "Kahlauer Kurier", "2025-05-12",
     "In unserem Bericht über das Freibad in Kahlau stand ein falscher Preis. Eine Tageskarte "
     "kostet nicht 4,50 Euro, sondern 5,50 Euro. Wir bitten um Entschuldigung."),
    ("Bücherei Marnitz leiht jetzt Werkzeug", "Marnitzer Anzeiger", "2025-01-22",
     "Die Bücherei in Marnitz verleiht seit Januar auch Werkzeug. Zwölf Bohrmaschinen und drei "
     "Nähmaschinen stehen bereit. Ein Ausweis kostet 15 Euro im Jahr, sagte Leiterin Wiebke Lund."),
    ("Grundschule Kahlau bekommt Solardach", "Kahlauer Kurier", "2025-04-02",
     "Die Grundschule in Kahlau bekommt ein Solardach mit 180 Modulen. Es soll 60.000 "
     "Kilowattstunden im Jahr liefern. Die Stadtwerke bezahlen die Anlage."),
    ("Straßenbahn Linie 3 fährt bis Kahlau", "Marnitzer Anzeiger", "2025-09-30",
     "Die Straßenbahn der Linie 3 fährt ab dem 14. Dezember 2025 bis Kahlau. Die Fahrt von Marnitz "
     "dauert 22 Minuten. Der Rat stimmte mit 21 gegen 14 Stimmen dafür."),
    ("Stadtfest Marnitz ohne Feuerwerk", "Marnitzer Anzeiger", "2025-07-18",
     "Das Stadtfest in Marnitz findet vom 22. bis 24. August 2025 statt. Ein Feuerwerk gibt es "
     "wegen der Trockenheit nicht. Die Veranstalter erwarten 30.000 Gäste."),
    ("Störche kehren nach Kahlau zurück", "Kahlauer Kurier", "2025-03-28",
     "Zum ersten Mal seit 1987 brüten wieder Störche in Kahlau. Das Nest steht auf dem Schornstein "
     "der alten Ziegelei. Vogelschützerin Enna Dirks zählte drei Eier."),
    ("Harbour ferry at Penwick gets a new captain", "Penwick Gazette", "2025-02-17",
     "Captain Mairi Boyle takes over the harbour ferry at Penwick on 1 March 2025. She follows "
     "Angus Reid, who retires after 31 years. The crossing takes eighteen minutes."),
    ("Penwick lighthouse opens to visitors", "Penwick Gazette", "2025-05-26",
     "The lighthouse at Penwick opens to visitors on Saturdays from June. Tickets cost six pounds. "
     "Visitors climb 143 steps to the lamp, said keeper Rory Flett."),
    ("Storm damages Penwick pier", "Penwick Gazette", "2025-10-06",
     "A storm damaged the pier at Penwick on Friday night. Forty metres of decking are gone. "
     "Repairs will cost about 250,000 pounds, the harbour board said."),
    ("Penwick pier repair begins", "Penwick Gazette", "2025-11-15",
     "Work on the pier at Penwick began on Monday. It will be closed until April 2026. The harbour "
     "board pays 200,000 pounds, and donations cover the rest."),
)  # fmt: skip
"""Title, source, day and text."""

NEWS = (
    "Elsterbrücke: Tempo 30",
    "Auf der Elsterbrücke in Marnitz gilt seit Januar 2026 Tempo 30. Das soll die neuen Träger "
    "schonen, sagte Baudezernentin Ilka Reents.",
)
"""What comes later on a story that is followed."""

STORIES = ("Wie steht es um die Elsterbrücke in Marnitz?", "What is the state of Penwick pier?")

QUESTIONS = (
    ("Seit wann ist die Elsterbrücke gesperrt?", "Montag"),
    ("Warum ist die Elsterbrücke gesperrt?", "Risse"),
    ("Wie lang ist die Umleitung über Kahlau?", "neun Kilometer"),
    ("Wer ist Ilka Reents?", "Baudezernentin"),
    ("Was kostet die Sanierung der Elsterbrücke?", "Millionen"),
    ("Und wer zahlt das?", "Land"),
    ("Wann begann die Sanierung?", "5. Mai"),
    ("Zeitlicher Verlauf: Elsterbrücke Marnitz", "gesperrt"),
    ("Was gibt es Neues zur Elsterbrücke?", "frei"),
    ("Vergleiche die Berichte über die Kosten der Elsterbrücke", "Millionen"),
    ("Worum geht es in dem Artikel „Elsterbrücke wieder frei“?", "Till Voss"),
    ("Wie viele Fahrzeuge fuhren am ersten Tag über die Brücke?", "6.200"),
    ("Was sagt Oke Harms?", "Rettungsschwimmer"),
    ("Was kostet eine Tageskarte im Freibad Kahlau?", "5,50"),
    ("Wann öffnet das Freibad in Kahlau?", "1. Juni"),
    ("Warum schließt das Freibad früher?", "Rettungsschwimmer"),
    ("Gibt es im Freibad eine Rutsche?", "42 Metern"),
    ("Zahlen Kinder im Freibad Kahlau Eintritt?", "nichts"),
    ("Was verleiht die Bücherei Marnitz?", "Werkzeug"),
    ("Was kostet ein Ausweis der Bücherei?", "15 Euro"),
    ("Wer leitet die Bücherei in Marnitz?", "Wiebke Lund"),
    ("Wie viele Module hat das Solardach der Grundschule?", "180"),
    ("Wie viel Strom soll das Solardach liefern?", "60.000"),
    ("Wie lange dauert die Fahrt mit der Linie 3?", "22 Minuten"),
    ("Wie stimmte der Rat über die Straßenbahn ab?", "21"),
    ("Wann ist das Stadtfest in Marnitz?", "22. bis 24. August"),
    ("Warum gibt es kein Feuerwerk?", "Trockenheit"),
    ("Seit wann brüten wieder Störche in Kahlau?", "1987"),
    ("Wo steht das Nest der Störche?", "Schornstein"),
    ("Wie viele Artikel gibt es?", "1"),
    ("Welche Artikel sind vom Kahlauer Kurier?", "Kahlau"),
    ("Hallo", ""),
    ("Was kannst du?", ""),
    ("Wer gewann die Wahl in Neuseeland?", None),
    ("Who is the new captain of the Penwick ferry?", "Mairi Boyle"),
    ("How long does the crossing take?", "eighteen minutes"),
    ("What do tickets for the lighthouse cost?", "six pounds"),
    ("How many steps are there to the lamp?", "143"),
    ("Timeline: Penwick pier", "storm"),
    ("When will the pier at Penwick open again?", "April 2026"),
)
"""Question, and what the answer has to hold: "" anything, None that it is refused."""
