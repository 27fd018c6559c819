"""How to ask for people and their personal data, masked, and how to look behind the mask."""
