"""Who helps and what staff keep in mind: the rota of helpers, and notes on people."""
