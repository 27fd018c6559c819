"""When something was counted, by a device's clock that may be wrong.

A count is never later than its arrival (see `seen_by`), so a clock that is ahead is put right, by however little. The
device's own time is not lost: it is the time that is kept plus the clock's error, which is kept beside it.
"""

from datetime import datetime, timedelta

from retail.kernel.clock import LARGEST_ERROR_SECONDS, LATEST_AHEAD, seen_by


def ahead(sent_at: datetime | None, now: datetime) -> timedelta | None:
    """Return by how much a device's clock is to be put right, from what it said as it sent; None if it is not.

    What was sent cannot arrive before: a clock that says so is ahead by at least as much. One that is behind may be
    right and the network slow, so up to 5 minutes are believed.
    """
    if sent_at is None or now - LATEST_AHEAD <= sent_at <= now:
        return None
    return sent_at - now


def counted_when(device_time: datetime, wrong_by: timedelta | None, now: datetime) -> tuple[datetime, int | None]:
    """Return when something was counted, not later than now, and the error of the device's clock in seconds, if any."""
    at, _ = seen_by(_put_right(device_time, wrong_by), now)
    return at, _seconds(device_time - at)


def _put_right(device_time: datetime, wrong_by: timedelta | None) -> datetime:
    """Return a device's time less what its clock is ahead; one that leaves the calendar by that stays, unbelieved."""
    try:
        return device_time if wrong_by is None else device_time - wrong_by
    except OverflowError:
        return device_time


def _seconds(error: timedelta) -> int | None:
    """Return an error in seconds as far as 32 bits hold it; None below half a second."""
    return max(-LARGEST_ERROR_SECONDS, min(round(error.total_seconds()), LARGEST_ERROR_SECONDS)) or None
