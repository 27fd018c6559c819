"""Photos: announced with the act that they are about, brought in pieces, checked, kept, and shown to the store."""
