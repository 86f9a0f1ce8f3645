"""Members report messages; people decide."""
