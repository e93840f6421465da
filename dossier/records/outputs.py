"""The names of the files that are made of a packet; what makes and proves them stands elsewhere."""

SUFFIXES = {"html": ".html", "csv": ".csv"}
"""How the files end of the outputs that a packet may have beside its PDF and its listing."""
LISTING_SUFFIX = ".json"
