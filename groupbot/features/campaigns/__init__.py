"""Campaigns: a reason, phases, a gate before the start, a limit that stops it, and honest tests."""
