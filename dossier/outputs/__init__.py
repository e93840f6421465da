"""Makes the outputs besides the PDF, one module each."""
