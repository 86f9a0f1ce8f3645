"""Points: accounts, balanced transfers, balances that can be recomputed."""
