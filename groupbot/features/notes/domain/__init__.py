"""Names of notes, triggers of filters, and how triggers are found. Pure."""
