"""Which tasks the checklists make for a store's business day: pure, and the same whenever it is worked out.

A day's tasks are those of the version that was in force when the day began; a version saved during the day adds what
falls due after it was saved and is not there yet. So running tasks keep the version that they were made from, and a
server that was away for two days makes what it would have made in time. A checklist that was switched off during the
day makes nothing more of that day: what it had made was taken back then, unless it was done.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from retail.stores.directory import StoreEntry
from retail.tasks.needs import Need

LOOK_BACK_DAYS = 31
"""How many days are made up for after a downtime; what is older than that nobody asks about."""

_RUNS = UUID("5b8a1f0e-6a3f-4a55-9c70-8b7f3b1d2e64")


class Moment(StrEnum):
    """When on a day a checklist is due."""

    AT_TIMES = "at_times"
    AT_OPENING = "at_opening"
    BEFORE_HAND_OVER = "before_hand_over"


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of a checklist: what it asks, where, and when. Weekdays are 1 (Monday) to 7."""

    checklist_id: UUID
    version: int
    title: str
    title_en: str
    needs: tuple[Need, ...]
    must: bool
    moment: Moment
    times: tuple[time, ...]
    weekdays: frozenset[int]
    store_ids: frozenset[UUID] | None
    region_ids: frozenset[UUID] | None
    valid_from: date
    valid_until: date | None
    active: bool
    saved_at: datetime

    def covers(self, store: StoreEntry) -> bool:
        """Say whether the checklist is for a store: named, in a named region, or any if nothing is named."""
        if self.store_ids is None and self.region_ids is None:
            return True
        return store.id in (self.store_ids or ()) or store.region_id in (self.region_ids or ())

    def falls_on(self, day: date) -> bool:
        """Say whether the checklist is asked on a business day."""
        ends = self.valid_until is None or day <= self.valid_until
        return self.active and self.valid_from <= day and ends and day.isoweekday() in self.weekdays


@dataclass(frozen=True, slots=True)
class Run:
    """A task to be made: a checklist at one time of one business day of one store."""

    id: UUID
    plan: Plan
    day: date
    slot: str
    due_at: datetime


def local_instant(store: StoreEntry, day: date, at: time) -> datetime:
    """Return when a time of day comes in a store's business day; before the cut-off is the next morning.

    A time that the clocks skip is as much later as they skip; one that comes twice is the first.
    """
    on = day if at >= store.day_cutoff else day + timedelta(days=1)
    return datetime.combine(on, at, ZoneInfo(store.zone)).astimezone(UTC)


def day_ends(store: StoreEntry, day: date) -> datetime:
    """Return the instant at which a business day ends."""
    return local_instant(store, day + timedelta(days=1), store.day_cutoff)


def runs(store: StoreEntry, day: date, versions: Iterable[Plan]) -> list[Run]:
    """Return what the checklists ask of a store on a business day, each once; `versions` are all that may matter."""
    began, ends = local_instant(store, day, store.day_cutoff), day_ends(store, day)
    histories: dict[UUID, list[Plan]] = {}
    for plan in sorted(versions, key=lambda each: each.version):
        if plan.saved_at < ends:
            histories.setdefault(plan.checklist_id, []).append(plan)
    found: dict[UUID, Run] = {}
    for history in (each for each in histories.values() if each[-1].active):
        before = [plan for plan in history if plan.saved_at <= began]
        for plan in before[-1:] + [plan for plan in history if plan.saved_at > began]:
            for run in _asked(store, day, plan):
                if plan.saved_at <= began or run.due_at > plan.saved_at:
                    found.setdefault(run.id, run)
    return sorted(found.values(), key=lambda run: (run.due_at, run.id))


def days_to_make(made_through: date, today: date) -> list[date]:
    """Return the business days whose tasks are to be made now: today, and those from the last that was."""
    first = min(max(made_through, today - timedelta(days=LOOK_BACK_DAYS)), today)
    return [first + timedelta(days=n) for n in range((today - first).days + 1)]


def read_time(text: str) -> time:
    """Return a time of day from HH:MM; raises ValueError for any other text."""
    hours, minutes = text.split(":")
    if (
        len(hours) != len(minutes)
        or len(hours) != len("00")
        or not f"{hours}{minutes}".isdecimal()
        or not text.isascii()
    ):
        raise ValueError(text)
    return time(int(hours), int(minutes))


def _asked(store: StoreEntry, day: date, plan: Plan) -> list[Run]:
    if not plan.covers(store) or not plan.falls_on(day):
        return []
    slots = {
        Moment.AT_OPENING: [("opening", store.opens_at)],
        Moment.BEFORE_HAND_OVER: [("closing", store.closes_at)],
        Moment.AT_TIMES: [(f"{at:%H:%M}", at) for at in plan.times],
    }
    return [
        Run(
            uuid5(_RUNS, f"{plan.checklist_id} {store.id} {day} {slot}"), plan, day, slot, local_instant(store, day, at)
        )
        for slot, at in slots[plan.moment]
    ]
