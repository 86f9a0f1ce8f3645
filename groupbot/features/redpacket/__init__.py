"""Red packets: points of a chat, split beforehand, first come first served."""
