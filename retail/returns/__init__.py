"""Goods that come back: why, in what state, and where they go."""
