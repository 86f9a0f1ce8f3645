"""Named invite links: a counter's, printed as QR; a member's own, rewarded when friends stay."""
