"""Contests: members enter a photo or a few words, members vote, the house pays the prizes."""
