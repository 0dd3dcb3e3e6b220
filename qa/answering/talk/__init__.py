"""Answers that quote nothing: of the collection itself, of the program, and what else to ask."""
