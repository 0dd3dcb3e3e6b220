"""Pages, saved pages, feeds, sitemaps and lists of links."""
