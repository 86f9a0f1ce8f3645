"""What makes a message look like an advert. Pure."""
