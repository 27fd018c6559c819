"""Eight hours in the cellar: everything that was done there is in the book once, or shown as refused."""

import asyncio
import random
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil
import pytest
from playwright.async_api import BrowserContext, Playwright, async_playwright

from tests.stories.books import Books, Item
from tests.stories.conftest import Chain, GiveDevice
from tests.stories.device import NO_NETWORK, Device
from tests.stories.line import Line, line_to
from tests.support.chromium import FLAGS
from tools import chromium, web

SHIFT = timedelta(hours=8)
ACTS = 590
BY_HAND = 4
KILLED_AFTER = (6, 14, 26)
"""Batches that were on the line when the app dies."""
SENT_WITHIN = 240.0
"""Far more than it takes, also on a computer that does other things."""

FATES = """() => new Promise((done) => {
  const opening = indexedDB.open('trueshelf')
  opening.onsuccess = () => {
    const reading = opening.result.transaction('operations').objectStore('operations').getAll()
    reading.onsuccess = () => done(Object.fromEntries(reading.result.map(({ requestId, state }) => [requestId, state])))
    opening.result.close()
  }
})"""
EARLIER = """(() => {
  const behind = Number(localStorage.getItem('story.behind') ?? 0)
  const wall = Date.now.bind(Date)
  Date.now = () => wall() - behind
})()"""
ASK = """async ([query, input]) => {
  const answer = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-trueshelf': '1' },
    body: JSON.stringify({ query, variables: { input } }),
  })
  return (await answer.json()).data
}"""


# ---------------------------------------------------------------- what she does, and what must come of it


@dataclass
class Day:
    """A plan of acts, and the shelf as they leave it: reckoned here, by nobody of ours."""

    home: list[Item]
    helped: list[Item]
    chance: random.Random = field(default_factory=lambda: random.Random(2026))
    acts: list[dict[str, Any]] = field(default_factory=list)
    shelf: Counter[UUID] = field(default_factory=Counter)
    sales: list[int] = field(default_factory=list)
    sold_elsewhere: dict[int, list[tuple[UUID, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.shelf.update({item.sku_id: item.on_hand for item in self.home})
        self.shelf.subtract(item.sku_id for item in self.by_hand)
        self._add("open-day", self.home[0], [])
        while len(self.acts) < ACTS:
            self._one_more()

    @property
    def by_hand(self) -> list[Item]:
        """What she sells first, on the real screens."""
        return self.home[:BY_HAND]

    def _one_more(self) -> None:
        die = self.chance.random()
        thing = self.chance.choice(self.home)
        if die < 0.5:
            self._sell()
        elif die < 0.62:
            self._bring_back()
        elif die < 0.74 and self.shelf[thing.sku_id] >= 2:
            booked = self.shelf[thing.sku_id]
            counted = booked + self.chance.randint(-2, 2)
            self.shelf[thing.sku_id] = counted
            self._add("count", thing, [(thing.sku_id, counted)], booked=booked)
        elif die < 0.80:
            lines = self._sell()
            for sku_id, pieces in lines:
                self.shelf[sku_id] += pieces
            self._add("undo", thing, lines, undoes=len(self.acts) - 1)
            self.sales.pop()
        else:
            line = [(self.chance.choice(self.helped).sku_id, self.chance.randint(1, 2))]
            self.sold_elsewhere[len(self.acts)] = line
            self._add("sell", self.helped[0], line)

    def _sell(self) -> list[tuple[UUID, int]]:
        things = self.chance.sample(self.home, self.chance.randint(1, 3))
        lines = [(thing.sku_id, self.chance.randint(1, 3)) for thing in things]
        for sku_id, pieces in lines:
            self.shelf[sku_id] -= pieces
        self._add("sell", self.home[0], lines)
        self.sales.append(len(self.acts) - 1)
        return lines

    def _bring_back(self) -> None:
        """A customer brings one of her things back, spoilt: it never stands on the shelf again."""
        if self.sales:
            sale = self.sales.pop(self.chance.randrange(len(self.sales)))
            sku_id = UUID(self.acts[sale]["lines"][0][0])
            self._add("return", self.home[0], [(sku_id, 1)], of=sale)

    def _add(self, act: str, where: Item, lines: list[tuple[UUID, int]], **more: int) -> None:
        told = [(str(sku_id), pieces) for sku_id, pieces in lines]
        before = SHIFT.total_seconds() * 1000 * (1 - len(self.acts) / ACTS)
        self.acts.append({"act": act, "storeId": str(where.store_id), "lines": told, "before": before, **more})


# ---------------------------------------------------------------- the phone, which dies and comes back


@dataclass
class Phone:
    """A phone whose memory outlives its battery: one folder, one line, and a Chromium that is killed like an app."""

    playwright: Playwright
    folder: Path
    line: Line
    context: BrowserContext | None = None

    async def switch_on(self, path: str = "/") -> Device:
        self.context = await self.playwright.chromium.launch_persistent_context(
            str(self.folder),
            executable_path=chromium.find(),
            args=list(FLAGS),
            viewport={"width": 360, "height": 800},
            has_touch=True,
            is_mobile=True,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        await self.context.add_init_script(EARLIER)
        self.context.set_default_timeout(15_000)
        phone = Device(self.context, self.context.pages[0], self.line.url)
        phone.watch(phone.page)
        phone.forgive(NO_NETWORK)
        await phone.open(path)
        return phone

    async def switch_off(self) -> None:
        if self.context:
            await self.context.close()
        self.context = None

    async def die(self) -> None:
        """Every process of it at once, as when the battery falls out."""
        hers = [
            process
            for process in psutil.process_iter(["cmdline"])
            if any(str(self.folder) in word for word in process.info["cmdline"] or ())
        ]
        for process in hers:
            process.send_signal(signal.SIGKILL)
        # A busy computer takes a moment to bury them, and until then they hold what the next one opens.
        _, alive = await asyncio.to_thread(psutil.wait_procs, hers, timeout=30)
        assert not alive, alive
        self.context = None
        # What the dead left to say that the folder is taken.
        for name in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            (self.folder / name).unlink(missing_ok=True)


@asynccontextmanager
async def phone_on(line: Line, folder: Path) -> AsyncIterator[Phone]:
    async with async_playwright() as playwright:
        phone = Phone(playwright, folder, line)
        try:
            yield phone
        finally:
            await phone.switch_off()


@pytest.fixture(scope="module")
def hands(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The script that works as fast as five hundred acts need."""
    folder = tmp_path_factory.mktemp("hands")
    web.npm("exec", "--", "vite", "build", "--config", "vite.story.config.ts", "--outDir", str(folder))
    return (folder / "hands.js").read_text()


async def things(books: Books, shop: str, most: int) -> list[Item]:
    names = await books.rows(
        """
        select sku.name from stock_level level
        join store on store.id = level.store_id join sku on sku.id = level.sku_id
        where store.code like '%-' || upper($1) order by level.on_hand desc, sku.code limit $2
        """,
        shop,
        most,
    )
    return [await books.item(shop, row[0]) for row in names]


async def lend(manager: Device, chain: Chain, login: str, store_id: UUID) -> str:
    """Let somebody of another shop help here; returns the assignment."""
    person = await chain.books.value("select person_id from local_account where login = $1", login)
    ends = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    query = """mutation($input: LendPersonInput!) {
      lendPerson(input: $input) { __typename ... on LendPersonSuccess { assignment { id } } }
    }"""
    wanted = {"requestId": str(uuid4()), "personId": str(person), "storeId": str(store_id), "validUntil": ends}
    answer = (await manager.page.evaluate(ASK, [query, wanted]))["lendPerson"]
    assert answer["__typename"] == "LendPersonSuccess", answer
    return str(answer["assignment"]["id"])


async def call_back(manager: Device, assignment: str) -> None:
    query = "mutation($input: EndAssignmentInput!) { endAssignment(input: $input) { __typename } }"
    answer = await manager.page.evaluate(ASK, [query, {"requestId": str(uuid4()), "assignmentId": assignment}])
    assert answer["endAssignment"]["__typename"] == "EndAssignmentSuccess", answer


async def morning(pocket: Phone) -> None:
    """Eight hours ago, the phone and the line agree about the time: she signs in and everything is kept."""
    pocket.line.clock = -SHIFT
    phone = await pocket.switch_on("/sign-in")
    await phone.page.evaluate("behind => localStorage.setItem('story.behind', behind)", SHIFT.total_seconds() * 1000)
    await phone.page.reload()
    await phone.enter("wujiaochang")
    await phone.page.wait_for_url(lambda address: "/sign-in" not in address)
    await phone.settled()
    await phone.ready_offline()
    await pocket.switch_off()


async def cellar(pocket: Phone, day: Day, hands: str) -> tuple[dict[str, str], list[str]]:
    """What she does without a network; what waits then, and the request of each act of the plan."""
    pocket.line.hang_up()
    phone = await pocket.switch_on()
    for thing in day.by_hand:
        await phone.open("/scan")
        await phone.see("scan-input").wait_for()
        await phone.scan(thing.gtin)
        for tap in ("sell", "to-sale", "cart-finish"):
            await phone.tap(tap)
        await phone.shows("snackbar", "已记")
    await phone.page.evaluate(hands)
    requests: list[str] = await phone.page.evaluate("plan => work(plan)", day.acts)
    await phone.page.evaluate("localStorage.setItem('story.behind', 0)")
    kept: dict[str, str] = await phone.page.evaluate(FATES)
    assert set(kept.values()) == {"waiting"}
    pocket.line.clock = timedelta()
    await pocket.switch_off()
    return kept, requests


async def upstairs(pocket: Phone, meanwhile: Callable[[], Awaitable[None]]) -> dict[str, str]:
    """The network is bad, and the app dies three times while it sends; the fate of everything."""
    line = pocket.line
    line.loses, line.cut = 0.2, False
    for number, after in enumerate(KILLED_AFTER):
        phone = await pocket.switch_on()
        async with in_time(phone, line):
            while line.batches < after:  # noqa: ASYNC110 -- the line has no event for it
                await asyncio.sleep(0.01)
        await pocket.die()
        if number == 1:
            await meanwhile()
    phone = await pocket.switch_on("/me/operations")
    async with in_time(phone, line):
        while "waiting" in (fates := await phone.page.evaluate(FATES)).values():  # noqa: ASYNC110 -- as above
            await asyncio.sleep(0.2)
    await phone.picture("offline-day")
    return dict(fates)


@asynccontextmanager
async def in_time(phone: Device, line: Line) -> AsyncIterator[None]:
    """What takes too long is told with what the phone shows and has complained about."""
    try:
        async with asyncio.timeout(SENT_WITHIN):
            yield
    except TimeoutError as late:
        await phone.picture("offline-day-late")
        shown = await phone.page.locator("body").inner_text()
        raise AssertionError(f"after {line.batches} batches: {phone.page.url}: {shown} {phone.faults}") from late


async def test_eight_hours_in_the_cellar_are_in_the_book_once_or_shown_as_refused(
    chain: Chain, give: GiveDevice, hands: str, tmp_path: Path
) -> None:
    tablet = await give(chain, "tablet")
    day = Day(await things(chain.books, "wujiaochang", 12), await things(chain.books, "zhangjiang", 3))
    await tablet.sign_in("zhangjiang.m")
    help_ = await lend(tablet, chain, "wujiaochang", day.helped[0].store_id)
    async with line_to(chain.url) as line, phone_on(line, tmp_path / "phone") as pocket:
        await morning(pocket)
        began = time.monotonic()
        kept, requests = await cellar(pocket, day, hands)
        done = time.monotonic()
        fates = await upstairs(pocket, lambda: call_back(tablet, help_))
        sent = time.monotonic()

    # Nothing that was kept is missing, and each has its fate.
    assert len(kept) >= 500
    assert set(fates) == set(kept)
    elsewhere = {requests[at]: lines for at, lines in day.sold_elsewhere.items()}
    assert {fates[each] for each in set(fates) - set(elsewhere)} == {"accepted"}
    assert {fates[each] for each in elsewhere} == {"accepted", "refused"}, "the help ended meanwhile"
    # The book says what was reckoned here.
    for thing in day.home:
        assert await chain.books.on_hand(thing) == day.shelf[thing.sku_id], thing.name
    sold = Counter[UUID]()
    for each in (each for each in elsewhere if fates[each] == "accepted"):
        sold.update(dict(elsewhere[each]))
    for thing in day.helped:
        assert await chain.books.on_hand(thing) == thing.on_hand - sold[thing.sku_id], thing.name
    assert await chain.books.difference() == 0
    assert line.lost > 0
    counts = Counter(fates.values())
    print(  # noqa: T201 -- shown by pytest -s
        f"\n{len(kept)} operations of 8 hours, kept in {done - began:.0f} s, sent in {sent - done:.0f} s: "
        f"{dict(counts)}; "
        f"{line.batches} batches, {line.lost} answers lost after the work was done, killed {len(KILLED_AFTER)} times; "
        f"the book equals the reckoning for {len(day.home) + len(day.helped)} items"
    )
