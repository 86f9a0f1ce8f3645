"""A group's life: what to do when its stage changes, and how it is brought to an end."""
