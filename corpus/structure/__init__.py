"""From a reader's blocks to an article: its paragraphs, their roles, its metadata."""
