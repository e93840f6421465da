"""Makes ``NAME.docx``, a Word file (ECMA-376, WordprocessingML), from the HTML edition."""
