"""Care and sequences: one engine for what follows from what (trigger → condition → action), as files."""
