"""Pages and pasted text, measured: their paragraphs' roles and their metadata."""
