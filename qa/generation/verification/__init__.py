"""Whether a passage supports a sentence that a language model wrote."""
