"""What happened, added up: sales by slot, heat, and the figures of stores and chain."""
