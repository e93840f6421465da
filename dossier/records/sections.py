"""The sections that a packet may have, by their ids."""

ORDER = (
    "cover", "about", "contents", "glance", "introduction", "letters", "index", "bibliography", "colophon",
)  # fmt: skip
"""All of them, in their usual order; ``letters`` stands for every letter."""
REQUIRED = ("contents", "letters", "index", "bibliography")
"""What no packet does without: they are the evidence, and links lead to them."""
BEHIND_LETTERS = ("index", "bibliography")
"""They print the pages of the letters, and so cannot move them."""
