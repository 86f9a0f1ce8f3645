"""Where the bot is. Pure."""

THERE = ("active", "limited")  # states of a chat the bot sits in and hears; limited: one right is missing
