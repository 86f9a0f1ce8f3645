"""Notices that people acknowledge by a button: counted on the card, who is missing told to staff alone."""
