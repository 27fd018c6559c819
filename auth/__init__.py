"""Proves who you are; says nothing of what you may do."""
