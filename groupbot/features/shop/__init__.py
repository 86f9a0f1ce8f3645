"""What points buy: items and coupons handed over by staff."""
