"""What makes `corpus.structure.line_model`: pages of our own, and how it is fitted to them."""
