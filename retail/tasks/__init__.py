"""What a store has to do today, worked out from its books."""
