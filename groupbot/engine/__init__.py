"""Floor 1: machinery. It knows no feature."""
