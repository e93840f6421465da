"""The files that are made beside the PDF."""
