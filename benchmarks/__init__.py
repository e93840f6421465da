"""Measures builds of synthetic corpora; not part of the tests."""
