"""The library's pages: the articles, one of them, adding and removing."""
