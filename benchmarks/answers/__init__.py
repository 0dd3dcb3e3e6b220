"""Questions in, answers out of a whole pool: systems side by side on the same questions.

    python -m benchmarks.answers DATA_FOLDER… [--questions N] [--out results.json]
    python -m benchmarks.answers.check DATA_FOLDER… [--answers 1000] [--out check.json]

A language model is asked too where the settings name an endpoint: --systems
"article-qa,language model,bm25 sentence".

What is answered is kept below --cache with a fingerprint of the source code, so a run that was
stopped goes on where it was, and one of other code begins anew.
"""
