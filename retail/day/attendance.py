"""Who is at work: pure readings of clock-ins and clock-outs, in the order in which they happened.

Nothing is refused: out of the store's radius, without a position, twice in, hours late - it is recorded, and flagged.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

LONGEST_SHIFT = timedelta(hours=18)
"""Whoever came longer ago and never clocked out has forgotten to."""
TOLD_AT_ONCE = timedelta(minutes=10)


class ClockDirection(StrEnum):
    """Coming or going."""

    IN = "in"
    OUT = "out"


class ClockPlace(StrEnum):
    """Where that was, by the device's position."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    UNKNOWN = "unknown"


class ClockFlag(StrEnum):
    """What a manager may want to look at."""

    OUTSIDE = "outside"
    PLACE_UNKNOWN = "place_unknown"
    TWICE = "twice"
    OUT_WITHOUT_IN = "out_without_in"
    TOLD_LATE = "told_late"
    WRONG_CLOCK = "wrong_clock"


@dataclass(frozen=True, slots=True)
class Clocked:
    """One clock-in or clock-out."""

    id: UUID
    person_id: UUID
    direction: ClockDirection
    occurred_at: datetime
    recorded_at: datetime
    place: ClockPlace
    clock_error_seconds: int | None = None


def place_of(distance_metres: int | None, radius_metres: int) -> ClockPlace:
    """Return whether a position is in a store's radius; without a position nobody knows."""
    if distance_metres is None:
        return ClockPlace.UNKNOWN
    return ClockPlace.INSIDE if distance_metres <= radius_metres else ClockPlace.OUTSIDE


def flags(entries: Iterable[Clocked]) -> dict[UUID, list[ClockFlag]]:
    """Return what is to be looked at in each entry, judged by everything that is known of its person by now."""
    found: dict[UUID, list[ClockFlag]] = {}
    last: dict[UUID, Clocked] = {}
    for entry in _in_order(entries):
        before = last.get(entry.person_id)
        found[entry.id] = _own_flags(entry) + _order_flags(entry, before)
        last[entry.person_id] = entry
    return found


def on_shift(entries: Iterable[Clocked], now: datetime) -> list[Clocked]:
    """Return the entry by which everybody came who is here now, the earliest first."""
    came: dict[UUID, Clocked] = {}
    for entry in _in_order(entries):
        if entry.direction is ClockDirection.OUT:
            came.pop(entry.person_id, None)
        else:
            came.setdefault(entry.person_id, entry)
    return [entry for entry in _in_order(came.values()) if now - entry.occurred_at <= LONGEST_SHIFT]


def _in_order(entries: Iterable[Clocked]) -> Sequence[Clocked]:
    return sorted(entries, key=lambda entry: (entry.occurred_at, entry.id))


def _own_flags(entry: Clocked) -> list[ClockFlag]:
    found = []
    if entry.place is ClockPlace.OUTSIDE:
        found.append(ClockFlag.OUTSIDE)
    if entry.place is ClockPlace.UNKNOWN:
        found.append(ClockFlag.PLACE_UNKNOWN)
    if entry.recorded_at - entry.occurred_at > TOLD_AT_ONCE:
        found.append(ClockFlag.TOLD_LATE)
    if entry.clock_error_seconds is not None:
        found.append(ClockFlag.WRONG_CLOCK)
    return found


def _order_flags(entry: Clocked, before: Clocked | None) -> list[ClockFlag]:
    forgotten = before is None or entry.occurred_at - before.occurred_at > LONGEST_SHIFT
    if before is not None and not forgotten and before.direction is entry.direction:
        return [ClockFlag.TWICE]
    return [ClockFlag.OUT_WITHOUT_IN] if forgotten and entry.direction is ClockDirection.OUT else []
