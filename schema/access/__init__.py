"""How to ask who one is and what one may do."""
