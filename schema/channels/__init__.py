"""How headquarters manages channel clients: who they are, what they may do, how they fare."""
