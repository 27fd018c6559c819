"""A month of one store, simulated: what happens at the shelf, what the books hear of it, and what counts make of it."""
