"""Where everything is measured: one embedded PostgreSQL as `run` starts it (fsync on), databases, our real server.

What is measured runs in processes of its own: the server, the load, the subscribers. This one only gives orders.
"""

import re
import shutil
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import orjson

from api.embedded import EmbeddedPostgres
from retail.channels.commands import hash_secret
from tests.support.postgres import trueshelf
from tests.support.server import ServerProcess

ROOT = Path(__file__).resolve().parent.parent
SQL = Path(__file__).resolve().parent / "sql"
SECRET = "bench-secret"  # noqa: S105 -- of a database that lives as long as the benchmark
OPENING = 1_000_000
_TPS = re.compile(r"tps = ([\d.]+) ")
_SETTLED = "select not exists (select from movement m, projection p where p.name = 'sales' and m.xid >= p.xid)"


Step = Callable[[str], AbstractContextManager[None]]
"""Shows one step of filling while it is taken."""


def _unseen(_what: str) -> AbstractContextManager[None]:
    return nullcontext()


@dataclass(frozen=True, slots=True)
class Chain:
    """A database with a chain in it: every one of the stores carries every one of the SKUs."""

    url: str
    stores: int
    skus: int

    @property
    def levels(self) -> int:
        return self.stores * self.skus


class House:
    """The PostgreSQL server of a run; leaves nothing behind."""

    def __init__(self, home: Path) -> None:
        self._postgres = EmbeddedPostgres(home)

    def __enter__(self) -> Self:
        self._postgres.erase()
        self._postgres.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._postgres.stop()
        self._postgres.erase()
        shutil.rmtree(self._postgres.home)

    @property
    def home(self) -> Path:
        """Return the folder of this run, which goes with it."""
        return self._postgres.home

    @contextmanager
    def chain(self, name: str, *, stores: int, skus: int, turns: int = 1, step: Step = _unseen) -> Iterator[Chain]:
        """Give a migrated database with a chain and `turns` movements of every level; dropped at the end."""
        chain = Chain(self._postgres.url.replace("/trueshelf?", f"/{name}?"), stores, skus)
        self.psql(self._postgres.url, f"create database {name};")
        trueshelf("migrate", database_url=chain.url)
        self.run_file(chain.url, "bench_id.sql")
        secret_hash = hash_secret(SECRET).hex()
        self.run_file(chain.url, "chain.sql", stores=stores, skus=skus, secret_hash=secret_hash)
        for turn in range(1, turns + 1):
            with step(f"{turn:,} of {turns:,} movements of every level"):
                self.trade(chain, turn)
        self.run_file(chain.url, "levels.sql")
        self.psql(chain.url, "vacuum analyze;")
        self.check(chain)
        try:
            yield chain
        finally:
            self.psql(self._postgres.url, f"drop database {name} with (force);")

    def trade(self, chain: Chain, turn: int) -> None:
        """Write the nth movement of every level, before the levels are there."""
        self.run_file(chain.url, "ledger.sql", "-1", turn=turn, opening=OPENING, stores=chain.stores, skus=chain.skus)

    def check(self, chain: Chain) -> None:
        """Stop unless both checks of the ledger hold."""
        faults = self.run_file(chain.url, "checks.sql")
        assert faults == "0", f"the ledger does not add up: {faults} faults"

    def settle(self, chain: Chain) -> None:
        """Wait until the server has nothing of ours left to do: the sums of sales have followed the ledger."""
        deadline = time.monotonic() + 60
        while self.psql(chain.url, _SETTLED) != "t":
            assert time.monotonic() < deadline, "the sums of sales do not catch up"
            time.sleep(0.1)

    def version(self) -> str:
        """Return what the server calls itself."""
        return " ".join(self.psql(self._postgres.url, "select version();").split()[:2])

    def psql(self, url: str, script: str, *words: str) -> str:
        """Run SQL and return what it printed."""
        command = [str(self._postgres.binary("psql")), "-XqAt", "-v", "ON_ERROR_STOP=1", *words, url]
        done = subprocess.run(command, input=script, check=False, capture_output=True, text=True)
        assert done.returncode == 0, f"{script[:200]}: {done.stderr}"
        return done.stdout.strip()

    def run_file(self, url: str, name: str, *words: str, **variables: object) -> str:
        """Run one of our SQL files with psql variables."""
        given = [f"--set={key}={value}" for key, value in variables.items()]
        return self.psql(url, (SQL / name).read_text(encoding="utf-8"), *words, *given)

    def pgbench(self, chain: Chain, *, clients: int, seconds: float, stores: int, skus: int) -> float:
        """Return the transactions per second of the yardstick, over random levels of that many stores and SKUs."""
        command: list[str | Path] = [
            self._postgres.binary("pgbench"),
            "-n",
            "-M",
            "prepared",
            "-f",
            SQL / "sell.pgbench",
        ]
        command += ["-c", str(clients), "-j", str(min(clients, 2)), "-T", str(max(round(seconds), 1))]
        command += ["-D", f"stores={stores}", "-D", f"skus={skus}", chain.url]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        found = _TPS.search(done.stdout)
        assert found, done.stderr
        return float(found[1])


class Server(ServerProcess):
    """Our server over a chain, and a channel's token for it."""

    def __init__(self, chain: Chain, **settings: str) -> None:
        super().__init__(chain.url, **settings)
        self.chain = chain

    def token(self) -> str:
        """Return a fresh access token of the chain's channel."""
        form = {"grant_type": "client_credentials", "client_id": "bench", "client_secret": SECRET}
        request = urllib.request.Request(  # noqa: S310 -- our own http address
            f"{self.url}/auth/token", urllib.parse.urlencode(form).encode()
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 -- same
            return str(orjson.loads(answer.read())["access_token"])

    def ask(self, document: str) -> dict[str, Any]:
        """Return the data of a query without variables."""
        head = {"authorization": f"Bearer {self.token()}", "content-type": "application/json"}
        request = urllib.request.Request(  # noqa: S310 -- our own http address
            f"{self.url}/graphql", orjson.dumps({"query": document}), head
        )
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 -- same
            data: dict[str, Any] = orjson.loads(answer.read())["data"]
        return data

    def order(self, **details: object) -> dict[str, Any]:
        """Return an order for the load or the subscribers, addressed to this server."""
        address: Mapping[str, object] = {"port": self.port, "token": self.token()}
        size = {"stores": self.chain.stores, "skus": self.chain.skus}
        return {**address, **size, **details}
