"""Settings files, their differences, and the format of another bot. Pure."""
