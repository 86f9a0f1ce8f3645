"""What guarding decides. Pure."""
