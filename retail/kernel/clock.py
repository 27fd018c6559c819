"""Time: the one place that asks what time it is, and the business day of a store.

All instants are timezone-aware UTC. A store's business day is a date in the store's own zone
that begins at its cut-off hour, so a sale at 01:30 in a shop that closes at two belongs to
yesterday.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]

EARLIEST_BEHIND = timedelta(days=400)
LATEST_AHEAD = timedelta(minutes=5)
LARGEST_ERROR_SECONDS = 2**31 - 1


def utc_now() -> datetime:
    """Return the present instant in UTC."""
    return datetime.now(UTC)


def business_day(instant: datetime, zone: str, cutoff: time) -> date:
    """Return the business day that an instant belongs to, in the store's zone."""
    local = instant.astimezone(ZoneInfo(zone))
    return local.date() if local.time() >= cutoff else local.date() - timedelta(days=1)


def business_day_start(day: date, zone: str, cutoff: time) -> datetime:
    """Return the UTC instant at which a business day begins."""
    return datetime.combine(day, cutoff, ZoneInfo(zone)).astimezone(UTC)


def believable(device_time: datetime, now: datetime) -> tuple[datetime, int | None]:
    """Return when a fact happened and, if the device's clock cannot be right, its error.

    A device time more than 5 minutes ahead or 400 days behind is not believed: the fact keeps
    the server's time, and the error (device minus server, in seconds) is recorded with it. An
    error of more than 68 years is recorded as 68 years, which is what 32 bits hold.
    """
    if now - EARLIEST_BEHIND <= device_time <= now + LATEST_AHEAD:
        return device_time, None
    error = round((device_time - now).total_seconds())
    return now, max(-LARGEST_ERROR_SECONDS, min(error, LARGEST_ERROR_SECONDS))


def seen_by(device_time: datetime, now: datetime) -> tuple[datetime, int | None]:
    """Return when something was seen and the error of the device's clock: as `believable`, but not later than now.

    A sale that says that it happens in a minute does little harm. A count does: the books would keep to it at an
    instant that is still to come, and what is sold until then would be taken for what had been counted.
    """
    at, error = believable(device_time, now)
    return (at, error) if at <= now else (now, round((at - now).total_seconds()) or None)
