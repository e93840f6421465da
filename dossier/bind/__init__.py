"""Galleys in, one PDF out: pages, tags, links, bookmarks, folios, metadata. Knows pikepdf."""
