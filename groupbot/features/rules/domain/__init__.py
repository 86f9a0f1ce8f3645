"""What the rules decide. Pure."""
