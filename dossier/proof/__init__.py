"""Reads the finished file back and compares it with the corpus. Knows pdfium; distrusts all others."""
