"""The authority file: which signature belongs to which heading."""
