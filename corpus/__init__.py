"""What an article is, how it gets in, and the catalog that keeps it."""
