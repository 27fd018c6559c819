"""Everything daily is at most two taps from the home screen: really tapped, really counted, with a thumb's width.

The table of what it took is printed; each function starts at home and ends where the first input is asked for.
"""

import re
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device, touch
from tests.stories.test_accessible import too_small

MOST = 2
THUMB = 48


@dataclass(frozen=True)
class Daily:
    """What is done every day: the taps that lead to it, and what asks for the first input there."""

    what: str
    taps: tuple[str, ...]
    first_input: str | re.Pattern[str]


DAILY = (
    # The same button opens the day and clocks in.
    Daily("open the day", ("button-open-day",), "open-day"),
    Daily("clock in", ("button-open-day",), "open-day"),
    Daily(
        "do a task", ("task",), re.compile("^(steps|restock-filled|count-it|movement|state-panel|count-item|open-day)$")
    ),
    Daily("sell", ("tab-scan",), "scan-input"),
    Daily("look up stock", ("tab-scan",), "scan-input"),
    Daily("take a return", ("button-return",), "scan-input"),
    # While a count goes on, the button leads straight into it.
    Daily("count an item", ("button-count",), re.compile("^(scan-input|open-camera)$")),
    Daily("hand over", ("button-open-day", "to-hand-over-page"), "hand-over-note"),
    Daily("ask for help", ("help",), "help-how"),
    Daily("see what became of what I did", ("contact",), "state-panel"),
)


async def size_of(target: Locator) -> tuple[float, float]:
    box = await target.bounding_box()
    assert box is not None, f"{target} is not to be seen"
    return box["width"], box["height"]


async def taps_to(phone: Device, daily: Daily) -> int:
    """Go home, tap until the first input is there, and count."""
    await phone.open("/home")
    await phone.see("tasks").wait_for()
    for tap in daily.taps:
        target = phone.see(tap).first
        await target.wait_for()
        await target.scroll_into_view_if_needed()
        width, height = await size_of(target)
        assert min(width, height) >= THUMB, f"{daily.what}: {tap} is {width:.0f} x {height:.0f}"
        await touch(target)
    await phone.page.get_by_test_id(daily.first_input).first.wait_for()
    await phone.at_rest()
    assert await too_small(phone) == [], daily.what
    return len(daily.taps)


async def test_every_daily_act_is_at_most_two_taps_away(
    chain: Chain, give: GiveDevice, capsys: pytest.CaptureFixture[str]
) -> None:
    phone, colleague = await give(chain), await give(chain)
    # Before its shops open, the demo has no day that could be handed over.
    await colleague.sign_in("tongzhou.2")
    await colleague.tap("button-open-day")
    await colleague.tap("open-day")
    await colleague.sent()
    await phone.sign_in("tongzhou")
    await phone.settled()

    counted = {daily.what: await taps_to(phone, daily) for daily in DAILY}

    with capsys.disabled():
        print("\n".join(["", *(f"  {taps} tap{'s' * (taps > 1)}  {what}" for what, taps in counted.items())]))  # noqa: T201 -- what was measured
    assert max(counted.values()) <= MOST


async def test_a_manager_gives_a_task_from_the_first_screen(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in("tongzhou.m")

    await phone.tap("board-assign")

    await phone.see("assign-title").wait_for()
