"""How photos are announced, told of, and taken again."""
