"""Records in, the dossier out: sequence, numbers, index headings, bibliography entries."""
