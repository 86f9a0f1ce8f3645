"""Signing in once a day, and the streaks that grow of it."""
