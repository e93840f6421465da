"""The ids of the sections that a packet may have, shared by printer and proof."""

LETTERS = "letters"
"""Stands for all letters; each letter is a section of its own."""
ORDER = (
    "cover", "about", "contents", "glance", "introduction", LETTERS, "index", "bibliography", "colophon",
)  # fmt: skip
"""All sections in their usual sequence."""
REQUIRED = ("contents", LETTERS, "index", "bibliography")
"""The sections that every packet has: they are the evidence, and links lead to them."""
BEHIND_LETTERS = ("index", "bibliography")
"""Sections that stand behind the letters, because they print the letters' page numbers."""


VOLUMES = "volumes"
"""Stands for the covers of volumes; each is a section before the first one of its volume."""
INDEX_VOLUME = f"{VOLUMES}/index"
"""The index volume: the contents of all others. It is the last section of the whole, as its pages must not
move any number."""


def section_of_volume(number: int) -> str:
    """Return the id of a volume's cover."""
    return f"{VOLUMES}/{number}"


def is_cover(section: str) -> bool:
    """Tell whether a section, given by its id, is the cover of a volume, or the index volume."""
    return section.startswith(f"{VOLUMES}/")


PART = "~"
"""Stands in the id of the part of a section that goes on in another volume, before the part's number."""


BELOW_COVER = 3
"""The level of the deepest heading that may follow the cover of a volume, on which there are two levels."""


def section_of_part(section: str, number: int) -> str:
    """Return the id of a part of a section that is longer than a volume; the first has the section's."""
    return f"{section}{PART}{number}" if number > 1 else section


def whole_section(part: str) -> str:
    """Return the id of the section to which a part belongs; any other section is its own only part."""
    return part.partition(PART)[0]


def goes_on(section: str) -> bool:
    """Tell whether a section, given by its id, is a further part of one that began in another volume."""
    return PART in section


def section_of_letter(letter: str) -> str:
    """Return the id of a letter's section."""
    return f"{LETTERS}/{letter}"
