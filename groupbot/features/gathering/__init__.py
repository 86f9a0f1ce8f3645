"""What people sign up for: meetings, group buys, pre-orders."""
