"""
Tables."""
