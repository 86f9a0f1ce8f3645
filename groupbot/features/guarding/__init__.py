"""Protection over time: raids, closed hours, channels that post, service messages."""
