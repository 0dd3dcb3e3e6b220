"""Word documents, PDF and e-books."""
