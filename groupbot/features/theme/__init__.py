"""The theme of a group: how much of the talk is on it, and a gentle line when most of it is not."""
