"""Files in, typed records and every fault at once out: the only stage that opens the corpus."""
