"""Compiles corpus and packet into the dossier: numbers, index headings, bibliography entries."""
