"""Links that are counted, and the fixed entrances of a group with their daily check."""
