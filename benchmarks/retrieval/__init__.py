r"""Is the right paragraph found? Systems side by side over the same pools of paragraphs.

    python -m benchmarks.retrieval DATA_FOLDER… [--out results.json] [--cache FOLDER]
    python -m benchmarks.retrieval DATA_FOLDER… --systems fused,lancedb --out results.json --add
    python -m benchmarks.retrieval DATA_FOLDER… --systems fused,dense,lexical,bm25s \
        --distractors 40000 --distractor-folder OTHER_FOLDER

Vectors are kept below --cache as they are made, and results after each set: a run that was
stopped goes on where it was with --resume.

Leaves out generation and answer spans: only the rank of the paragraph that holds
the answer counts, over the questions that have one.
"""
