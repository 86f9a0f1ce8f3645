"""Rules: what may stand in a group, what becomes of what may not, and the record of every case."""
