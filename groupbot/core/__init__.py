"""Floor 0: words and arithmetic. Pure: no network, no clock, no chance, no files."""
