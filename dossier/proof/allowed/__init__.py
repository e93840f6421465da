"""The allow-list of a finished PDF: what each kind of object may be, and nothing else.

The program writes every object of the file, so the proof need not search for bad things: an object, a key,
an operator or a value that is not listed here is a finding. References are to ISO 32000-1 (PDF 1.7).
"""
