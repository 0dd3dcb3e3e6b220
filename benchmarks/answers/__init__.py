"""Answering, end to end and step by step."""
