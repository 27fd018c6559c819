"""For wet hands, old eyes, screen readers and keyboards: every screen, light and dark."""

from typing import Any, Literal

import pytest
from axe_core_python.async_playwright import Axe
from playwright.async_api import ElementHandle, expect

from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import Device
from tests.stories.test_day_whole import ask_of_shop
from tests.stories.walk import past_the_clerks_screens, past_the_managers_screens
from tests.stories.walk_further import past_a_shift, past_headquarters_screens, past_the_log

SERIOUS = {"serious", "critical"}
BEARINGS = {"landmark-one-main", "page-has-heading-one"}
"""What axe calls moderate, and who hears a screen instead of seeing it goes by."""
THUMB = 48
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


async def complaints(device: Device, screen: str) -> list[str]:
    """What axe finds serious on this screen, by day and by night."""
    found = []
    for theme in THEMES:
        await device.page.emulate_media(color_scheme=theme)
        await device.page.locator(f"html[data-theme={theme}]").wait_for()
        if theme == "dark":
            await device.picture(f"dark-{screen}")
        await device.at_rest()
        result: dict[str, Any] = await Axe().run(device.page)
        found += [
            f"{screen}, {theme}: {each['id']}: {node['html'][:160]}: {node['failureSummary'][:300]}"
            for each in result["violations"]
            if each["impact"] in SERIOUS or each["id"] in BEARINGS
            for node in each["nodes"]
        ]
    headings = await device.page.locator("h1:visible").all_inner_texts()
    return found if len(headings) == 1 else [*found, f"{screen}: headings {headings}"]


async def test_no_screen_of_the_clerk_has_a_serious_fault(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    tea = await chain.books.item("lujiazui", "珍珠奶茶")
    await phone.open()

    found = [
        fault
        async for screen in past_the_clerks_screens(phone, "lujiazui", tea)
        for fault in await complaints(phone, screen)
    ]

    assert found == []


async def test_no_screen_of_the_manager_has_a_serious_fault(chain: Chain, give: GiveDevice) -> None:
    tablet = await give(chain, "tablet")
    await tablet.open()

    found = [
        fault
        async for screen in past_the_managers_screens(tablet, "beijing")
        for fault in await complaints(tablet, screen)
    ]

    assert found == []


async def test_no_screen_of_a_shift_has_a_serious_fault_or_a_small_target(chain: Chain, give: GiveDevice) -> None:
    tablet, phone = await give(chain, "tablet"), await give(chain)
    tea = await chain.books.item("jiaozi", "珍珠奶茶")
    # Late in the evening the checklists of the day have gone by; this one has not, at any hour.
    await tablet.sign_in("hq")
    await ask_of_shop(tablet, "收银台干净", "TICK", "交子大道店")

    found = [fault async for screen in past_a_shift(phone, "jiaozi", tea) for fault in await faults(phone, screen)]

    assert found == []


async def test_no_screen_of_headquarters_has_a_serious_fault_or_a_small_target(chain: Chain, give: GiveDevice) -> None:
    tablet, auditor = await give(chain, "tablet"), await give(chain, "tablet")

    found = [fault async for screen in past_headquarters_screens(tablet) for fault in await faults(tablet, screen)]
    found += [fault async for screen in past_the_log(auditor) for fault in await faults(auditor, screen)]

    assert found == []


async def faults(device: Device, screen: str) -> list[str]:
    """What axe finds serious, and what is smaller than a thumb or sticks out."""
    return await complaints(device, screen) + [f"{screen}: {each}" for each in await too_small(device)]


@pytest.mark.parametrize(("login", "kind"), [("lujiazui", "phone"), ("hq", "tablet")])
async def test_everything_on_the_first_screen_is_as_large_as_a_thumb(
    chain: Chain, give: GiveDevice, login: str, kind: str
) -> None:
    device = await give(chain, kind)
    await device.open()
    await device.see("demo-lujiazui").wait_for()
    small = await too_small(device)
    await device.enter(login)
    await device.see("tasks").or_(device.see("heat-cell")).first.wait_for()

    assert small + await too_small(device) == []


async def test_the_three_buttons_are_reached_by_keyboard(chain: Chain, give: GiveDevice) -> None:
    phone = await give(chain)
    await phone.sign_in("lujiazui")
    await phone.see("tasks").wait_for()

    reached = set()
    for _ in range(40):
        await phone.page.keyboard.press("Tab")
        reached.add(await phone.page.evaluate("document.activeElement?.dataset.testid ?? ''"))
    assert {"button-open-day", "button-return", "button-count"} <= reached

    await phone.see("button-return").focus()
    await phone.page.keyboard.press("Enter")
    await phone.page.wait_for_url(phone.url + "/returns")
    # Who sees nothing hears the notice: the place for it is there before it speaks.
    await expect(phone.page.locator("[role=status][aria-live=polite]").first).to_be_attached()
    # This device asks for less motion.
    moves = "[...document.querySelectorAll('*')].some((each) => getComputedStyle(each).transitionDuration !== '0s')"
    assert not await phone.page.evaluate(moves)


async def too_small(device: Device) -> list[str]:
    """Everything that can be touched and is lower than a thumb is wide, or sticks out of the screen."""
    width = device.page.viewport_size["width"] if device.page.viewport_size else 0
    found = []
    for each in await device.page.query_selector_all("a, button, input, select, summary, [role=switch]"):
        box = await each.bounding_box()
        if box and (box["height"] < THUMB or box["width"] < THUMB or box["x"] < 0 or box["x"] + box["width"] > width):
            found.append(f"{await _name(each)}: {box}")
    return found


async def _name(element: ElementHandle) -> str:
    return str(await element.evaluate("element => element.outerHTML.slice(0, 120)"))
