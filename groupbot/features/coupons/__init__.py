"""Coupon codes that only members of a group get: claimed by a button, redeemed by staff."""
