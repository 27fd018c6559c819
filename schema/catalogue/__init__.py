"""How to ask for categories, SKUs and what a code means."""
