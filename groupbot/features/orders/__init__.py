"""Orders of the shop, taken in from files, and which member they are of, if that member says so."""
