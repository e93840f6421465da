"""Leaves in, one PDF out: pages, tags, links, bookmarks, furniture, metadata. Uses pikepdf."""
