"""People a group trusts: they are exempt from flood, locks, blocklists and the captcha."""
