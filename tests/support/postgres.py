"""Real PostgreSQL for the tests: one server a run, and a database of its own for whoever asks.

Databases are copied from templates, so a migrated one costs as little as an empty one.
Durability is off: a test that pulls the plug starts an `EmbeddedPostgres` of its own.
"""

import itertools
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from api.database import as_login
from api.embedded import EmbeddedPostgres
from tests.support.environment import MASTER_KEYS, clean_environment

ROOT = Path(__file__).resolve().parents[2]
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"}


class TestingPostgres:
    """The server of a test run; leaves nothing behind."""

    __test__ = False

    def __init__(self) -> None:
        # Not pytest's tmp_path: as root the server runs as nobody, who may not enter that.
        self._home = Path(tempfile.mkdtemp(prefix="trueshelf-pg-"))
        self._home.chmod(0o755)
        self._server = EmbeddedPostgres(self._home, settings=FAST)
        self._numbers = itertools.count(1)
        self._templates: dict[str, str] = {}

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(self, *_failure: object) -> None:
        self._server.stop()
        self._server.erase()
        shutil.rmtree(self._home)

    def url(self, database: str) -> str:
        return self._server.url.replace("/trueshelf?", f"/{database}?")

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The URL of a fresh copy of a template; dropped afterwards, with whoever is still connected."""
        name = f"t{next(self._numbers)}"
        # Without fsync, copying files is more than twice as fast as writing them through the log.
        self.psql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self.url(name)
        finally:
            self.psql(f"DROP DATABASE {name} WITH (FORCE)")

    def template(self, name: str, fill: Callable[[str], object], *, of: str = "template1") -> str:
        """A database that was filled once (`fill` gets its URL) and is copied from then on."""
        if name not in self._templates:
            self.psql(f"CREATE DATABASE {name} TEMPLATE {of}")
            fill(self.url(name))
            self._templates[name] = name
        return name

    def migrated(self) -> str:
        """The template with every migration applied, by the command that a real chain would use."""
        return self.template("migrated", lambda url: trueshelf("migrate", database_url=url))

    def psql(self, statement: str, url: str | None = None) -> str:
        """One statement as a bystander: what PostgreSQL itself says, without our code between."""
        command = [str(self._server.binary("psql")), "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement]
        done = subprocess.run([*command, url or self.url("postgres")], check=False, capture_output=True, text=True)
        assert done.returncode == 0, f"{statement}: {done.stderr}"
        return done.stdout.strip()


def trueshelf(*words: str, database_url: str) -> str:
    """Run our command line against a database; return what it said, and show it when it fails."""
    env = clean_environment(
        TRUESHELF_DATABASE_URL=as_login(database_url),
        TRUESHELF_OWNER_DATABASE_URL=database_url,
        TRUESHELF_MASTER_KEYS=MASTER_KEYS,
    )
    command = [sys.executable, "-m", "api", *words]
    done = subprocess.run(command, cwd=ROOT, env=env, check=False, capture_output=True, text=True)
    assert done.returncode == 0, (
        f"trueshelf {' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    )
    return done.stdout
