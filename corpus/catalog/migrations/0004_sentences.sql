-- Sentences of paragraphs that have several: what a paragraph is measured by beside the whole.

CREATE TABLE sentences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    paragraph_id INTEGER NOT NULL REFERENCES paragraphs ON DELETE CASCADE,
    start INTEGER NOT NULL,         -- in the paragraph
    "end" INTEGER NOT NULL,
    text_hash BLOB NOT NULL         -- of what is embedded, as for windows
) STRICT;

CREATE INDEX sentences_paragraph ON sentences (paragraph_id);

ALTER TABLE paragraphs ADD COLUMN in_sentences INTEGER NOT NULL DEFAULT 0;

CREATE INDEX paragraphs_not_in_sentences ON paragraphs (id) WHERE in_sentences = 0;
