"""How goods are counted while trade goes on, and what becomes of the counts."""
