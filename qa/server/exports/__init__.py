"""Conversations and quotes to take away."""
