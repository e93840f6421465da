"""Records in, the dossier out: order, numbers, index headings, bibliography entries."""
