"""A thousand phone numbers are planted, looked at, looked up, changed and erased; then they are looked for everywhere.

PostgreSQL is told to log every statement with every parameter, which is more than anybody runs it with. To look for
numbers somewhere else too, add a line to `sinks`.
"""

import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import orjson
from playwright.async_api import BrowserContext, Page, async_playwright, expect
from pywebpush import WebPusher

from api.database import as_login
from api.embedded import EmbeddedPostgres
from retail.access.permissions import Role
from tests.schema.people.traces import PREFIX, SPELLINGS, Traces
from tests.support import chromium
from tests.support.asking import Asker
from tests.support.chain import Chain, Shop, found_chain, open_chain
from tests.support.environment import MASTER_KEYS, clean_environment
from tests.support.postgres import ROOT, trueshelf
from tests.support.push_service import Browser, Message, PushService, push_service
from tests.support.server import ServerProcess
from tools import chromium as installed

EVERYTHING_LOGGED = {
    "log_statement": "all",
    "log_min_duration_statement": "0",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
    "wal_keep_size": "1GB",
}
FROM_FILE, BY_COMMAND, BY_API, SECOND = 600, 5, 375, 20
"""How many are planted by a CSV file, by a command each, by the API, and as somebody's second number."""

DUMP_BROWSER = """async () => {
  const told = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage}), document.cookie]
  for (const { name } of await indexedDB.databases()) {
    const db = await new Promise((done, failed) => {
      const opening = indexedDB.open(name)
      opening.onsuccess = () => done(opening.result)
      opening.onerror = () => failed(opening.error)
    })
    for (const store of db.objectStoreNames) {
      const ask = (what) => new Promise((done) => {
        const reading = db.transaction(store).objectStore(store)[what]()
        reading.onsuccess = () => done(JSON.stringify(reading.result))
      })
      told.push(await ask('getAllKeys'), await ask('getAll'))
    }
    db.close()
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name)
    for (const request of await cache.keys()) {
      told.push(request.url, await (await cache.match(request)).text())
    }
  }
  return told.join('\\n')
}"""
PLANT_IN_BROWSER = """async (number) => {
  await (await caches.open('control')).put('/control', new Response(number))
  await new Promise((done) => {
    const opening = indexedDB.open('control')
    opening.onupgradeneeded = () => opening.result.createObjectStore('numbers')
    opening.onsuccess = () => {
      const writing = opening.result.transaction('numbers', 'readwrite')
      writing.objectStore('numbers').put(number, 1)
      writing.oncomplete = () => { opening.result.close(); done() }
    }
  })
}"""


@dataclass
class House:
    """A chain of its own: a PostgreSQL that logs everything, the real server, and what was printed by commands."""

    postgres: EmbeddedPostgres
    server: ServerProcess
    chain: Chain
    shop: Shop
    push: PushService
    woken: Browser
    printed: list[bytes] = field(default_factory=list)

    def command(self, *words: str) -> None:
        """Run our command line, and keep what it prints."""
        env = clean_environment(TRUESHELF_DATABASE_URL=as_login(self.postgres.url), TRUESHELF_MASTER_KEYS=MASTER_KEYS)
        done = subprocess.run(
            [sys.executable, "-m", "api", *words], cwd=ROOT, env=env, check=False, capture_output=True
        )
        self.printed.append(done.stdout + done.stderr)

    def dump(self) -> bytes:
        command = [str(self.postgres.binary("pg_dump")), self.postgres.url]
        return subprocess.run(command, check=True, capture_output=True).stdout

    def push_messages(self) -> bytes:
        """What came at the push service, as it sees it and as the browser does."""
        came = self.push.came[WOKEN]
        return b"\n".join(
            each
            for message in came
            for each in (repr(message.headers).encode(), message.body, self.woken.open(message.body))
        )

    def files(self, part: str) -> bytes:
        """Everything that lies in a part of the data directory."""
        found = sorted(path for path in (self.postgres.data / part).rglob("*") if path.is_file())
        return b"\n".join(path.read_bytes() for path in found)


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    home = Path(tempfile.mkdtemp(prefix="trueshelf-leaks-"))
    home.chmod(0o755)
    try:
        with EmbeddedPostgres(home, settings=EVERYTHING_LOGGED) as postgres:
            trueshelf("migrate", database_url=postgres.url)
            await found_chain(postgres.url, plots=3)
            with ServerProcess(postgres.url, TRUESHELF_PUSH_INSIDE="true") as server:
                async with open_chain(postgres.url, server.url) as chain, push_service() as push:
                    yield House(postgres, server, chain, await chain.open_store("Riverside"), push, push.browser(WOKEN))
        EmbeddedPostgres(home).erase()
    finally:
        shutil.rmtree(home, ignore_errors=True)


@asynccontextmanager
async def profile() -> AsyncIterator[tuple[BrowserContext, Path]]:
    """A Chromium that keeps everything in one folder, as a phone does."""
    folder = Path(tempfile.mkdtemp(prefix="trueshelf-browser-"))
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            folder, executable_path=installed.find(), args=list(chromium.FLAGS), locale="zh-CN"
        )
        try:
            yield context, folder
        finally:
            await context.close()
            shutil.rmtree(folder, ignore_errors=True)


def numbers() -> list[str]:
    return [f"{PREFIX}{n:04d}" for n in random.Random(20261122).sample(range(9999), 1000)]


WOKEN = "compliance"
SUBSCRIBE = "mutation($input: SubscribePushInput!) { subscribePush(input: $input) { __typename } }"
CONTROL = f"{PREFIX}9999"
"""A number that nobody has, planted in the clear to see that it would be found."""


async def plant(house: House, planted: list[str], home: Path) -> Mapping[str, UUID]:
    """Plant numbers by every way in; return whose each is."""
    by_file = planted[:FROM_FILE]
    by_command = planted[FROM_FILE : FROM_FILE + BY_COMMAND]
    by_api = planted[FROM_FILE + BY_COMMAND : -SECOND]
    rows = "".join(f"员工{n},clerk,{house.shop.code},{number}\n" for n, number in enumerate(by_file))
    file = home / "people.csv"
    file.write_text("name,role,stores,phone\n" + rows, encoding="utf-8")
    house.command("import-people", str(file))
    file.write_text(f"name,role,phone\n张三,clerk,{planted[0]}77\n李四,clerk,0{planted[1]}\n", encoding="utf-8")
    house.command("import-people", str(file))
    file.unlink()
    for n, number in enumerate(by_command):
        house.command("add-person", f"店长{n}", "--login", f"dz{n}", "--role", "clerk", "--phone", number)
    house.command("add-person", "王五", "--login", "ww", "--role", "clerk", "--phone", f"{planted[0]}77")
    owner = dict(zip(by_file + by_command, await _named(house, "员工%", FROM_FILE), strict=False))
    owner |= dict(zip(by_command, await _named(house, "店长%", BY_COMMAND), strict=True))
    operations = await house.chain.staff(Role.HQ_OPERATIONS, house.shop)
    for number, person in zip(by_api, [uuid4() for _ in by_api], strict=True):
        await house.chain.rows("insert into person (id, name) values ($1, '员工')", person)
        await change(operations, person, f"+86 {number[:3]} {number[3:7]} {number[7:]}")
        owner[number] = person
    for number, first in zip(planted[-SECOND:], by_api, strict=False):
        await change(operations, owner[first], number)
    return owner


async def _named(house: House, names: str, count: int) -> list[UUID]:
    rows = await house.chain.rows(
        "select id from person where name like $1 order by substring(name from '[0-9]+')::int", names
    )
    assert len(rows) == count, house.printed
    return [row["id"] for row in rows]


async def change(asker: Asker, person: UUID, number: str) -> None:
    told = await asker.do("changePhone", personId=person, phone=number)
    assert told.kind == "ChangePhoneSuccess", told.body


async def use(house: House, planted: list[str], owner: Mapping[str, UUID]) -> Asker:
    """Look at numbers, look them up, send them where they do not belong, erase people; return who looked."""
    looker, eraser = [await house.chain.staff(Role.HQ_COMPLIANCE, house.shop) for _ in range(2)]
    waking = await eraser.ask(SUBSCRIBE, input={"requestId": uuid4(), **house.woken.subscription})
    assert waking.kind == "SubscribePushSuccess", waking.body
    for number in planted[:30]:
        shown = await looker.do("reveal", personId=owner[number], field="PHONE", purpose="PAYROLL", note="核对")
        assert shown.value["value"] == f"+86{number}"
    for number in planted[30:40]:
        found = await looker.ask("query($n: String!) { personByPhone(phone: $n) { id } }", n=number)
        assert found.data["personByPhone"] == {"id": str(owner[number])}
        kept = await looker.ask("query($id: UUID!) { personalData(personId: $id) { phone } }", id=owner[number])
        assert kept.data["personalData"] == {"phone": f"+86{number}"}
    await house.push.next(WOKEN)  # so much looking has raised an alarm
    await misplace(looker, planted[50], owner[planted[51]])
    for number in planted[60:80]:
        await house.chain.rows("update person set left_at = now() where id = $1", owner[number])
        assert (await eraser.do("erasePerson", personId=owner[number])).kind == "ErasePersonSuccess"
    return looker


async def misplace(asker: Asker, number: str, person: UUID) -> None:
    """Send a number everywhere where none belongs; all of it is refused."""
    what: dict[str, Any] = {"personId": person, "field": "PHONE", "purpose": "PAYROLL"}
    people = "query($t: String) { people(first: 5, text: $t) { totalCount } }"
    refused = [
        await asker.do("reveal", **what, note=f"他的电话是{number}"),
        await asker.do("reveal", **{**what, "purpose": number}),
        await asker.do("reveal", **{**what, "personId": number}),
        await asker.do("changePhone", personId=person, phone=f"{number}0"),
        await asker.do("changePhone", personId=person, phone={"number": number}),
        await asker.do("changePhone", personId=person, phone=int(number)),
        await asker.ask(people, t=number),
        await asker.ask(people, t=f"{number[:3]} {number[3:7]} {number[7:]}"),
        await asker.ask('query { people(first: 5, after: "' + number + '") { totalCount } }'),
        await asker.ask(f'query Q{number} {{ personByPhone(phone: "{number}9") {{ id }} }}'),
        await asker.send(f'{{"query": "{{ me {{ id }} }}", "variables": "{number}"'.encode()),
    ]
    assert not any(told.kind.endswith("Success") or (told.value and "totalCount" in told.value) for told in refused)
    await asker.http.get(
        f"{asker.server}/graphql", params={"query": f'{{ personByPhone(phone: "{number}") {{ id }} }}'}
    )
    await asker.http.get(f"{asker.server}/people/{number}")


async def show_people(context: BrowserContext, house: House, looker: Asker) -> Page:
    """Show the people screen, with masked numbers on it, and look at one in full."""
    name, _, token = looker.headers["cookie"].partition("=")
    await context.add_cookies([{"name": name, "value": token, "url": house.server.url}])
    page = await context.new_page()
    await page.goto(f"{house.server.url}/people")
    await expect(page.get_by_text("139****").first).to_be_visible(timeout=20_000)
    await page.evaluate("navigator.serviceWorker.ready")
    await page.reload()
    await expect(page.get_by_text("139****").first).to_be_visible(timeout=20_000)
    return page


def sinks(house: House, folder: Path, browser: str) -> Iterator[tuple[str, bytes]]:
    """Everywhere where a number could have been left."""
    yield "the dump", house.dump()
    yield "the write-ahead log", house.files("pg_wal")
    yield "the tables and indexes", house.files("base")
    yield "PostgreSQL's log", house.postgres.log_file.read_bytes()
    yield "our log", house.server.log.encode()
    yield "push messages", house.push_messages()
    yield "what commands print", b"\n".join(house.printed)
    yield "IndexedDB, Cache Storage and the like", browser.encode()
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    yield "the browser's folder", b"\n".join(path.read_bytes() for path in files)


async def test_no_number_is_left_anywhere(tmp_path: Path) -> None:
    planted = numbers()
    traces = Traces([*planted, CONTROL])
    async with house() as kept, profile() as (context, folder):
        owner = await plant(kept, planted, tmp_path)
        looker = await use(kept, planted, owner)
        assert await kept.chain.value("select count(*) from personal_value") == 1000 - SECOND - 20
        page = await show_people(context, kept, looker)
        await kept.chain.rows("checkpoint")
        told = await page.evaluate(DUMP_BROWSER)

        found = {name: traces.found_in(left) for name, left in sinks(kept, folder, told)}

        assert {name for name, numbers in found.items() if numbers} == set(), found
        await plant_control(kept, page)
        told = await page.evaluate(DUMP_BROWSER)
        unseen = {name for name, left in sinks(kept, folder, told) if not traces.found_in(left)}
        assert unseen == set(), "there the search would not find a number that is there"


async def plant_control(house: House, page: Page) -> None:
    """Leave one number in the clear wherever numbers are looked for."""
    await house.chain.rows("create table control (number text)")
    await house.chain.rows("insert into control values ($1)", CONTROL)
    await house.chain.rows("checkpoint")
    house.command("add-person", CONTROL, "--login", "c", "--role", "clerk", "--store", CONTROL)
    with (house.server._folder / "log").open("a") as log:
        log.write(orjson.dumps({"event": CONTROL}).decode())
    await page.evaluate(PLANT_IN_BROWSER, CONTROL)
    told = house.woken.subscription
    sealed = WebPusher({"endpoint": told["endpoint"], "keys": {"p256dh": told["p256dh"], "auth": told["auth"]}})
    house.push.came[WOKEN].append(Message({}, sealed.encode(CONTROL.encode())["body"]))


def test_the_search_knows_every_spelling_of_every_number() -> None:
    planted = numbers()
    traces = Traces(planted)

    for number in (planted[0], planted[-1]):
        for name, spell in SPELLINGS.items():
            assert name in {how for _, how in traces.found_in(b"\xff" + spell(number) + b"\xff")}
    assert traces.found_in(" ".join(f"{PREFIX}{n:04d}" for n in range(9999)).encode()) >= {
        (number, "plain") for number in planted
    }
    assert traces.found_in(f"{PREFIX[:-1]}4 {CONTROL}".encode()) == set()
