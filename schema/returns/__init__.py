"""How goods come back: what is asked, what is done, what is told."""
