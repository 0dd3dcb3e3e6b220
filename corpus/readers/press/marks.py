"""What is in every export of a press database as text, and in few other texts."""

_MARKS = (
    "End of Document", "Ende des Dokuments", "Fin du document", "DOCUMENTS", "DOKUMENTE",
    "Dokumentnummer", "Quelle:", "Full text:", "Volltext:", "Document ", "Dokument ",
    "Client/Matter", "\nAN",
)  # fmt: skip


def may_be_export(text: str) -> bool:
    """Say whether it is worth while to look at a text line by line."""
    return any(mark in text for mark in _MARKS)
