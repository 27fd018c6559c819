"""A phone or a tablet in somebody's hand: real Chromium with storage, network and faults of its own.

A device notes everything that must never happen (an error in the console, a request that
leaves our origin); `faults` is empty at the end of every story. Pictures of what it shows go to
`.trueshelf/screenshots`, and those that the README shows to $TRUESHELF_SCREENSHOTS, at twice the scale.
"""

import asyncio
import os
import re
import struct
import time
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    WebSocket,
    expect,
)
from playwright.async_api import (
    TimeoutError as PlaywrightTimeout,
)

from api.demo.people import BUYERS, COMPLIANCE, OPERATIONS

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / ".trueshelf" / "screenshots"
FOR_README = os.environ.get("TRUESHELF_SCREENSHOTS")
PASSWORD = "trueshelf"
PATIENCE_MS = 30_000
"""Longer than any step takes on a slow computer that does other things too: only a failure waits so long."""
HEADQUARTERS = {*OPERATIONS, *COMPLIANCE, *BUYERS}

Kind = Literal["phone", "tablet"]
SIZES: dict[Kind, tuple[int, int]] = {"phone": (360, 800), "tablet": (1024, 768)}

NO_NETWORK = r"net::ERR_|WebSocket connection to"
"""What Chromium itself says about every request that nobody answers."""
STRANGER = "status of 401"
"""The same, about the first question of somebody who has not signed in."""

READ = """() => new Promise((done) => {
  const opening = indexedDB.open('trueshelf')
  opening.onsuccess = () => {
    const reading = opening.result.transaction('STORE').objectStore('STORE').ASK()
    reading.onsuccess = () => done(reading.result.map((each) => each.state ?? each))
    opening.result.close()
  }
})"""
KEPT = READ.replace("STORE", "notes").replace("ASK", "getAllKeys")
STATES = READ.replace("STORE", "operations").replace("ASK", "getAll")
ITEMS = READ.replace("STORE", "items").replace("ASK", "getAllKeys")

expect.set_options(timeout=PATIENCE_MS)


_USED_CODES: set[tuple[str, str, str]] = set()


@dataclass
class Device:
    """What somebody holds and looks at. `forgiven` is what this story expects the console to complain about."""

    context: BrowserContext
    page: Page
    url: str
    faults: list[str] = field(default_factory=list)
    forgiven: list[str] = field(default_factory=lambda: [STRANGER])
    requests: list[Request] = field(default_factory=list)

    # ------------------------------------------------------------ look

    def see(self, testid: str) -> Locator:
        return self.page.get_by_test_id(testid)

    def text(self, words: str | re.Pattern[str]) -> Locator:
        return self.page.get_by_text(words)

    async def shows(self, testid: str, words: str | re.Pattern[str], *, patience: float = PATIENCE_MS) -> None:
        """Wait until something says this."""
        await expect(self.see(testid)).to_contain_text(words, timeout=patience)

    async def number(self, testid: str) -> int:
        """The number that something shows, whatever stands around it."""
        shown = self.see(testid).first
        await expect(shown).to_have_text(re.compile(r"\d"))
        return figure(await shown.inner_text())

    async def picture(self, name: str, *, readme: bool = False) -> None:
        """Keep what is on the screen now, when it has stopped moving."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.at_rest()
        shot = await self.page.screenshot()
        (PICTURES / f"{name}.png").write_bytes(shot)
        if readme and FOR_README:
            folder = ROOT / FOR_README
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{name}.png").write_bytes(squeezed(shot))

    async def at_rest(self) -> None:
        """Wait until fonts are there, what came into sight is drawn, and no transition runs (but endless ones)."""
        await self.page.evaluate(
            """async () => {
              await document.fonts.ready
              // What `content-visibility` skips has no size and no text until it was in sight for a frame.
              await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))
              const ends = document.getAnimations().filter(a => a.effect?.getComputedTiming().endTime !== Infinity)
              await Promise.all(ends.map(a => a.finished.catch(() => undefined)))
            }"""
        )

    # ------------------------------------------------------------ touch

    async def tap(self, testid: str) -> None:
        await touch(self.see(testid).first)

    async def open(self, path: str = "/") -> None:
        await self.page.goto(self.url + path)

    async def enter(self, login: str, password: str = PASSWORD) -> None:
        """Fill in the form of the sign-in page and send it."""
        await self.see("login").fill(login)
        await self.see("password").fill(password)
        await self.tap("sign-in")
        if login in HEADQUARTERS and password == PASSWORD:
            await self.see("one-time-code").fill(await self.code_of(login))

    async def code_of(self, login: str) -> str:
        """What the authenticator of a demo account shows; a code counts once, so a used one is waited out."""
        while True:
            answer = await self.context.request.get(self.url + "/auth/demo-accounts")
            code = next(str(each["code"]) for each in (await answer.json())["accounts"] if each["login"] == login)
            if (self.url, login, code) not in _USED_CODES:
                _USED_CODES.add((self.url, login, code))
                return code
            await asyncio.sleep(0.5)

    async def sign_in(self, login: str, *, path: str = "/") -> None:
        """Sign in, and see the first screen: the shop of a clerk, the board of a manager."""
        await self.open(path)
        await self.enter(login)
        await self.page.wait_for_url(lambda address: "/sign-in" not in address)

    async def scan(self, code: str) -> None:
        """What a hardware scanner does: it types faster than any hand, and presses Enter."""
        keyboard = await self.context.new_cdp_session(self.page)
        keys = [{"key": digit, "text": digit} for digit in code] + [{"key": "Enter", "text": "\r"}]
        # Each key says when it was struck, so that a busy computer is not mistaken for a slow hand.
        begun = time.time()
        await asyncio.gather(
            *(
                keyboard.send("Input.dispatchKeyEvent", {"type": how, **key, "timestamp": begun + n * 0.005})
                for n, key in enumerate(keys)
                for how in ("keyDown", "keyUp")
            )
        )
        await keyboard.detach()

    async def find(self, words: str) -> None:
        """Type into the search field."""
        await self.see("scan-input").fill(words)

    async def press(self, number: int) -> None:
        """Type a number on our own keys and confirm it."""
        for digit in str(number):
            await self.tap(f"key-{digit}")
        await self.tap("quantity-done")

    async def go_offline(self) -> None:
        """Walk into the cellar."""
        self.forgive(NO_NETWORK)
        await self.context.set_offline(True)

    async def come_back(self) -> None:
        await self.context.set_offline(False)

    async def reopen(self, path: str = "/") -> None:
        """Close the app, as a phone does by itself, and open it again."""
        await self.page.close()
        self.page = await self.context.new_page()
        self.watch(self.page)
        await self.open(path)

    async def ready_offline(self) -> None:
        """Wait until the service worker answers for this page, so that it opens without a network."""
        taken = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"
        await self.until(taken, bool)

    async def settled(self) -> None:
        """Wait until this device keeps the catalogue and the stock of its shop."""
        await self.until(KEPT, lambda kept: {"catalogue", "stock"} <= set(kept))

    async def sent(self, count: int = 1) -> None:
        """Wait until so many things were done on this device, and none of them waits any more."""
        await self.until(STATES, lambda states: len(states) >= count and "waiting" not in states)

    async def until(self, question: str, right: Callable[[Any], object]) -> Any:
        """Ask the page until the answer is right, and return it.

        Not by `wait_for_function`: where that must wait, it evaluates text in the page, which our policy forbids.
        """
        async with asyncio.timeout(PATIENCE_MS / 1000):
            while not right(answer := await self.page.evaluate(question)):  # noqa: ASYNC110 -- another program's state
                await asyncio.sleep(0.05)
        return answer

    def forgive(self, pattern: str) -> None:
        self.forgiven.append(pattern)

    # ------------------------------------------------------------ watch

    def watch(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("websocket", self._connected)

    def asked(self, request: Request) -> None:
        self.requests.append(request)
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and f"{address.scheme}://{address.netloc}" != self.url:
            self.faults.append(f"asked somebody else: {request.url}")

    def unforgiven(self) -> list[str]:
        return [fault for fault in self.faults if not any(re.search(known, fault) for known in self.forgiven)]

    def _heard(self, message: ConsoleMessage) -> None:
        # What Chromium says when both ends hang up at once is nobody's fault.
        if message.type in {"error", "warning"} and "already in CLOSING or CLOSED" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _connected(self, socket: WebSocket) -> None:
        if urlsplit(socket.url).netloc != urlsplit(self.url).netloc:
            self.faults.append(f"connected to somebody else: {socket.url}")


def squeezed(picture: bytes) -> bytes:
    """The same PNG, packed as well as can be: what the README shows is cloned by everybody."""
    begin, pixels, end = picture[:8], b"", b""
    at = 8
    while at < len(picture):
        length, kind = struct.unpack(">I4s", picture[at : at + 8])
        chunk = picture[at : at + 12 + length]
        if kind == b"IDAT":
            pixels += chunk[8:-4]
        elif pixels:
            end += chunk
        else:
            begin += chunk
        at += len(chunk)
    body = b"IDAT" + zlib.compress(zlib.decompress(pixels), 9)
    return begin + struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body)) + end


async def touch(what: Locator) -> None:
    """A finger where there is a touch screen: Playwright's click would do it as a mouse."""
    try:
        await what.tap()
    except PlaywrightTimeout as late:
        raise AssertionError(f"could not touch {what}") from late


def figure(words: str) -> int:
    """The first whole number in some words."""
    found = re.search(r"-?\d[\d,]*", words)
    assert found is not None, f"no number in {words!r}"
    return int(found.group().replace(",", ""))


@asynccontextmanager
async def device(browser: Browser, url: str, kind: Kind = "phone") -> AsyncIterator[Device]:
    """Somebody's device, as it came out of its box; at the end nothing may have gone wrong on it."""
    width, height = SIZES[kind]
    context = await browser.new_context(
        viewport={"width": width, "height": height},
        device_scale_factor=2 if FOR_README else 1,
        has_touch=True,
        is_mobile=True,
        locale="zh-CN",
        # What moves is at rest when the picture is taken, also on the canvas of the map.
        reduced_motion="reduce",
        timezone_id="Asia/Shanghai",
        permissions=["camera"],
    )
    context.set_default_timeout(PATIENCE_MS)
    held = Device(context, await context.new_page(), url)
    held.watch(held.page)
    context.on("request", held.asked)
    try:
        yield held
        assert held.unforgiven() == [], held.unforgiven()
    finally:
        await context.close()
