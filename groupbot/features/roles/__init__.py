"""Who opens talk, who follows, who looks on: told to each of them alone, kept when it changes."""
