"""Proofs that take longer than a test may: commands that can be stopped and run again."""
