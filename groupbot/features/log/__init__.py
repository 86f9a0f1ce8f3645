"""The log: who did what in a group, written down and sent to where its administrators want to read it."""
