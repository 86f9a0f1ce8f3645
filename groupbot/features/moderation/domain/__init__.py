"""The grammar of acts, and what a chat may set about them."""
