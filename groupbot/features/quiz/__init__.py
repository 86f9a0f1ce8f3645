"""Quiz questions from files, answered in Telegram's own polls; seasons are views of the answers."""
