"""Floor 3: ways in and out."""
