"""The day of a store: opened, worked, handed over."""
