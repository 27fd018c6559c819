"""Where goods stand in a store, and the codes that are found there."""
