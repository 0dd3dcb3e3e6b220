"""The catalog: the SQLite file that holds the articles, and everything that reads or writes it."""
