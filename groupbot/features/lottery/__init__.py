"""Draws that anybody can check: sealed before the first entry, recomputed by a script of its own."""
