"""The embedded server starts from whatever the last run left behind, or says why it cannot."""

import asyncio
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from api import embedded
from api.embedded import EmbeddedPostgres, EmbeddedPostgresError

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def home() -> Iterator[Path]:
    # Not pytest's tmp_path: as root the server runs as nobody, who may not enter that.
    folder = Path(tempfile.mkdtemp(prefix="trueshelf home "))
    folder.chmod(0o755)
    yield folder
    server = EmbeddedPostgres(folder)
    server.erase()
    shutil.rmtree(folder)


async def write(url: str, word: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("create table if not exists note (word text)")
    await connection.execute("insert into note values ($1)", word)
    await connection.close()


async def read(url: str) -> list[str]:
    connection = await asyncpg.connect(url)
    words = [row["word"] for row in await connection.fetch("select word from note")]
    await connection.close()
    return words


def postmaster_of(server: EmbeddedPostgres) -> psutil.Process:
    return psutil.Process(int((server.data / "postmaster.pid").read_text().splitlines()[0]))


def run_and_be_killed(home: Path, then: str = "") -> None:
    """Another process starts the server, does something, and is killed by `kill -9`."""
    story = f"""
import os
from pathlib import Path
from api.embedded import EmbeddedPostgres
server = EmbeddedPostgres(Path({str(home)!r}))
server.start()
{then}
os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", story], cwd=ROOT, check=False).returncode == -signal.SIGKILL


async def test_what_was_written_is_there_after_a_restart(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        await write(server.url, "tea")

    with EmbeddedPostgres(home) as server:
        assert await read(server.url) == ["tea"]


def test_a_second_start_takes_less_than_a_second(home: Path) -> None:
    with EmbeddedPostgres(home):
        pass

    began = time.monotonic()
    with EmbeddedPostgres(home):
        took = time.monotonic() - began

    assert took < 1


def test_psql_and_pgbench_understand_the_url(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        made = subprocess.run([server.binary("pgbench"), "--initialize", "--quiet", server.url], check=False)
        query = [str(server.binary("psql")), "-At", "-c", "select count(*) from pgbench_accounts", server.url]
        counted = subprocess.run(query, check=True, capture_output=True)

    assert made.returncode == 0
    assert counted.stdout == b"100000\n"


async def test_text_is_unicode_and_sorts_the_same_on_every_machine(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        connection = await asyncpg.connect(server.url)
        found = await connection.fetchrow(
            "select pg_encoding_to_char(encoding), datlocprovider, datlocale"
            " from pg_database where datname = current_database()"
        )
        await connection.close()

    assert tuple(found) == ("UTF8", b"b", "C.UTF-8")


def test_it_listens_on_no_network_port(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        listening = [c for c in postmaster_of(server).net_connections() if c.family != socket.AF_UNIX]

    assert listening == []


def test_our_settings_are_not_in_its_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUESHELF_MASTER_KEYS", "for nobody in the database")
    with EmbeddedPostgres(home) as server:
        held = postmaster_of(server).environ()

    assert [name for name in held if name.startswith("TRUESHELF_")] == []


def test_another_user_of_the_machine_cannot_reach_it(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        sockets = Path(server.url.split("host=")[1].replace("%20", " "))

        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert (server.data / "pg_hba.conf").read_text() == "local all all peer map=trueshelf\n"
        if os.geteuid() == 0:
            # Even a user who may enter the folder (here the server's own) is asked who it is.
            refused = subprocess.run(
                [server.binary("psql"), server.url], user="nobody", check=False, capture_output=True, cwd="/"
            )
            assert b"Peer authentication failed" in refused.stderr


async def test_a_server_left_by_a_killed_run_is_stopped_and_nothing_is_lost(home: Path) -> None:
    run_and_be_killed(home, f"import asyncio; from {__name__} import write; asyncio.run(write(server.url, 'tea'))")
    server = EmbeddedPostgres(home)
    left_behind = postmaster_of(server)
    assert left_behind.is_running()

    with server:
        assert not left_behind.is_running() or left_behind.status() == psutil.STATUS_ZOMBIE
        assert await read(server.url) == ["tea"]


async def test_a_killed_server_recovers_while_one_of_its_backends_is_still_busy(home: Path) -> None:
    server = EmbeddedPostgres(home)
    server.start()
    await write(server.url, "tea")
    busy = await asyncpg.connect(server.url)
    work = asyncio.create_task(busy.execute("select count(*) from generate_series(1, 1000000000)"))
    await asyncio.sleep(0.2)
    postmaster_of(server).kill()
    server.stop()

    with EmbeddedPostgres(home) as again:
        assert await read(again.url) == ["tea"]

    with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
        await work
    busy.terminate()


@pytest.mark.parametrize("pid", [1, 999_999_999])
async def test_a_stale_pid_file_does_not_stop_the_start(home: Path, pid: int) -> None:
    with EmbeddedPostgres(home) as server:
        await write(server.url, "tea")
    (server.data / "postmaster.pid").write_text(f"{pid}\n{server.data}\n1\n5432\n/nowhere\n\n")

    with EmbeddedPostgres(home) as again:
        assert await read(again.url) == ["tea"]


async def test_two_runs_from_one_home_cannot_mix(home: Path) -> None:
    with EmbeddedPostgres(home) as first:
        with pytest.raises(EmbeddedPostgresError, match=rf"already runs from .* \(process {os.getpid()}\)"):
            EmbeddedPostgres(home).start()

        await write(first.url, "tea")


def test_a_command_line_finds_the_server_that_another_process_runs(home: Path) -> None:
    assert EmbeddedPostgres(home).running_url() is None

    with EmbeddedPostgres(home) as server:
        assert EmbeddedPostgres(home).running_url() == server.url

    assert EmbeddedPostgres(home).running_url() is None


def test_data_of_another_major_version_is_refused_and_left_alone(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        pass
    (server.data / "PG_VERSION").write_text("17\n")

    with pytest.raises(EmbeddedPostgresError, match="was written by PostgreSQL 17; this is PostgreSQL 18"):
        EmbeddedPostgres(home).start()

    assert (server.data / "base").exists()


async def test_a_creation_that_was_killed_half_way_begins_anew(home: Path) -> None:
    half = home / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    with EmbeddedPostgres(home) as server:
        await write(server.url, "tea")

    assert not half.exists()


def test_a_full_disk_is_named_before_anything_is_made(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "LEAST_FREE_BYTES", 10**18)

    with pytest.raises(EmbeddedPostgresError, match="Free some space"):
        EmbeddedPostgres(home).start()

    assert not (home / "postgres").exists()


async def test_a_wrong_setting_is_explained_in_the_words_of_postgresql(home: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match='unrecognized configuration parameter "shelf"'):
        EmbeddedPostgres(home, settings={"shelf": "true"}).start()

    with EmbeddedPostgres(home) as server:
        await write(server.url, "tea")


async def test_a_home_with_a_very_long_path_works(home: Path) -> None:
    deep = EmbeddedPostgres(home / ("a" * 100) / ("b" * 100))

    with deep:
        await write(deep.url, "tea")

    deep.erase()


async def test_root_may_keep_its_home_private(home: Path) -> None:
    private = home / "private"
    private.mkdir(mode=0o700)

    server = EmbeddedPostgres(private)
    with server:
        await write(server.url, "tea")
    with server:
        assert await read(server.url) == ["tea"]

    server.erase()
    assert not server.data.exists()


def test_a_home_that_is_no_folder_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")

    server = EmbeddedPostgres(file / "postgres")
    for act in (server.start, server.erase):
        with pytest.raises(EmbeddedPostgresError, match=r"Nothing can be kept in .*TRUESHELF_HOME"):
            act()


def test_stopping_leaves_no_process_and_no_socket(home: Path) -> None:
    with EmbeddedPostgres(home) as server:
        family = [postmaster_of(server), *postmaster_of(server).children(recursive=True)]
        sockets = list(server.data.parent.glob("sock-*"))
        assert sockets

    assert not any(process.is_running() for process in family)
    assert not any(folder.exists() for folder in sockets)
