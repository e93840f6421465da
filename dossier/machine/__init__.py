"""Files, fonts, processes, streams: what the program needs of the machine."""
