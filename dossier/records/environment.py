"""The names of environment variables, apart from records of the corpus, whose models take time to load."""

VARIABLE = "DOSSIER_PASSPHRASE"
"""The variable with the passphrase of a key."""
