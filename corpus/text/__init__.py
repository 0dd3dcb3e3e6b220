"""Text itself: clean Unicode, languages, sentences, near duplicates."""
