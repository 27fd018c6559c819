"""Shelves, codes that nobody knows, in-store codes, and tags."""
