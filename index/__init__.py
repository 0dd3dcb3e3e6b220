"""How a passage is found: embeddings in FAISS, terms in tantivy, their scores fused."""
