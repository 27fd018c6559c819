"""Counting the shelf while trade goes on."""
