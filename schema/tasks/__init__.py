"""How to ask what a store has to do."""
