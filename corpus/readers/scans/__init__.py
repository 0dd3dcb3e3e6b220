"""Scans: pictures of pages, read by text recognition where that is installed."""
