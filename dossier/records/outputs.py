"""The names and suffixes of a packet's outputs."""

CHOSEN = ("html", "csv", "csl", "cmif", "docx", "epub")
"""The outputs that ``outputs`` may name."""
SUFFIXES = {
    "html": ".html", "csv": ".csv", "csl": ".csl.json", "cmif": ".cmif.xml", "docx": ".docx",
    "epub": ".epub",
    "booklet": ".booklet.pdf", "press": ".press.pdf",
}  # fmt: skip
"""The suffixes of the outputs that a packet may have besides its PDF and its listing."""
LISTING_SUFFIX = ".json"
CHECKSUMS_SUFFIX = ".sha256"
"""The suffix of the file with the checksums of all others."""
