"""Scene cards: a card of the operator at everyday words, once a day at most."""
