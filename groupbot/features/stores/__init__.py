"""A store and the groups of its customers."""
