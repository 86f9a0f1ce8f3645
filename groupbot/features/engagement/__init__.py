"""What people did: events, hour and day rollups, and the review made of them."""
