"""What a group wrote down to be said again: notes, asked for by name, and filters, said at a trigger."""
