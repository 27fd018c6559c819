"""How to ask for stock and its history, and to change it."""
