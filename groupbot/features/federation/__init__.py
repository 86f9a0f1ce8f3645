"""Federations: groups that share one list of people who are not let in, kept by its own admins."""
