"""The outside world: adapters that speak to other people's servers."""
