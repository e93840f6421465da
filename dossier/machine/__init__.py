"""Files, fonts, processes: where the program meets the machine."""
