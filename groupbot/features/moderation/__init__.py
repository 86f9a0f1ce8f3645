"""What administrators do by hand: to members, to messages, to each other. Every act is a case."""
