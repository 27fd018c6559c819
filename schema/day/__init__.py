"""How to open and close a day: who is here, what is handed over, and how to ask for help."""
