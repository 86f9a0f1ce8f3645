"""The spam score: how much a message looks like an advert, why, and what a chat taught about it."""
