"""Is the right paragraph found? Systems side by side over the same pools of paragraphs.

    python -m benchmarks.retrieval DATA_FOLDER… [--out results.json] [--cache FOLDER]

Leaves out generation and answer spans: only the rank of the paragraph that holds
the answer counts, over the questions that have one.
"""
