"""What the market says: messages that staff tagged, told to who decides, and their answers brought back."""
