"""Telegram: JSON read by us, spoken by python-telegram-bot."""
