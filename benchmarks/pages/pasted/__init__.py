"""Pages as a browser selects them, and how their text is read."""
