"""Replaying a year of somebody else's trade through the public API, as a real integrator would."""
