"""Who knows, who agrees, who takes part: one anonymous question a month, kept as sums."""
