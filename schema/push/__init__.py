"""How a browser asks to be woken."""
