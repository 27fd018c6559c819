"""How to ask what is happening now: heat, and the figures of stores and chain."""
