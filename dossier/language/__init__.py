"""Dates, countries, collation, folding, directions, words: what depends on language and script alone."""
