"""Dates, countries, collation, directions: what depends on a language alone."""
