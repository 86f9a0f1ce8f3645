"""Ranks by points, shown as Telegram's member tags where the bot may set them."""
