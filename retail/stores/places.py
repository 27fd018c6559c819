"""How far from a store somebody is: great-circle distance on the sphere (haversine). Pure."""

from math import asin, cos, radians, sin, sqrt

from retail.stores.directory import StoreEntry

EARTH_METRES = 6_371_008.8
"""The mean radius of the earth (IUGG)."""


def metres_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Return the great-circle distance of two positions in degrees (WGS 84), within 0.5 % of the ellipsoid's."""
    north, east = radians(other_latitude - latitude), radians(other_longitude - longitude)
    chord = sin(north / 2) ** 2 + cos(radians(latitude)) * cos(radians(other_latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(chord)))


def metres_from(store: StoreEntry, latitude: float | None, longitude: float | None) -> int | None:
    """Return how far a position is from a store, None if either is not known."""
    if latitude is None or longitude is None or store.latitude is None or store.longitude is None:
        return None
    return round(metres_between(latitude, longitude, store.latitude, store.longitude))
