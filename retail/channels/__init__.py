"""Programs of channels: their credentials, what they may do at most, how they fare, and their end."""
