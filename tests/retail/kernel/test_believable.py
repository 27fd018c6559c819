"""Until when a device's time is believed, to the microsecond; and that what was seen is never later than now."""

from datetime import UTC, datetime, timedelta

import pytest

from retail.kernel.clock import EARLIEST_BEHIND, LARGEST_ERROR_SECONDS, LATEST_AHEAD, believable, seen_by

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize("off", [LATEST_AHEAD, LATEST_AHEAD - TICK, timedelta(0), -EARLIEST_BEHIND])
def test_a_time_up_to_the_edge_is_believed_and_named_no_error(off: timedelta) -> None:
    assert believable(NOW + off, NOW) == (NOW + off, None)


@pytest.mark.parametrize(
    ("off", "error"),
    [
        (LATEST_AHEAD + TICK, 300),
        (-EARLIEST_BEHIND - TICK, -400 * 24 * 3600),
        (datetime.max.replace(tzinfo=UTC) - NOW, LARGEST_ERROR_SECONDS),
        (datetime.min.replace(tzinfo=UTC) - NOW, -LARGEST_ERROR_SECONDS),
    ],
)
def test_a_time_beyond_the_edge_is_the_servers_and_its_error_is_kept(off: timedelta, error: int) -> None:
    assert believable(NOW + off, NOW) == (NOW, error)
    assert seen_by(NOW + off, NOW) == (NOW, error)


@pytest.mark.parametrize(
    ("off", "seen"),
    [
        (LATEST_AHEAD, (NOW, 300)),
        (timedelta(seconds=1), (NOW, 1)),
        (TICK, (NOW, None)),
        (timedelta(0), (NOW, None)),
        (-TICK, (NOW - TICK, None)),
    ],
)
def test_what_was_seen_is_not_later_than_now(off: timedelta, seen: tuple[datetime, int | None]) -> None:
    assert seen_by(NOW + off, NOW) == seen
