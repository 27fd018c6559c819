"""What a start says when it cannot be: the port, the database, its shape."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from api.database import as_login
from api.embedded import EmbeddedPostgres
from api.serving import migrate, require_address, require_no_demo, require_shape, serve
from api.settings import ROOT, WrongSettings, read_settings
from retail.access.scope import APP_ROLE
from tests.support.environment import clean_environment
from tests.support.ports import free_port
from tests.support.postgres import TestingPostgres


def test_a_database_of_no_shape_is_not_served(empty_database_url: str) -> None:
    with pytest.raises(WrongSettings, match="run `trueshelf migrate`"):
        require_shape(as_login(empty_database_url))


def test_the_owner_of_the_tables_does_not_serve(database_url: str) -> None:
    with pytest.raises(WrongSettings, match="TRUESHELF_OWNER_DATABASE_URL"):
        require_shape(database_url)


def test_a_migrated_database_is_served(empty_database_url: str) -> None:
    migrate(empty_database_url, as_login(empty_database_url))

    require_shape(as_login(empty_database_url))


def test_the_demo_is_not_served_as_a_real_chain(postgres: TestingPostgres, database_url: str) -> None:
    require_no_demo(read_settings(), as_login(database_url))
    postgres.psql(
        "insert into channel_client (id, name, client_id, kind, scopes) values"
        " (gen_random_uuid(), 'till', 'demo-till', 'till', '{store:read}')",
        database_url,
    )

    with pytest.raises(WrongSettings, match=r"secrets are public.*TRUESHELF_DEMO=true"):
        require_no_demo(read_settings(), as_login(database_url))
    require_no_demo(read_settings(demo=True), as_login(database_url))


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url, as_login(database_url))

    require_shape(as_login(database_url))


def test_a_ledger_from_another_cluster_is_not_served_until_it_is_adopted(
    postgres: TestingPostgres, database_url: str
) -> None:
    postgres.psql(
        """
        insert into movement (store_id, sku_id, movement_id, version, kind, quantity, reserved, counter_account,
            balance, occurred_at, recorded_at, source, document_id, xid)
        values (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'opening', 1, 0, 'opening', 1,
            now(), now(), 'erp', gen_random_uuid(), '900000000')
        """,
        database_url,
    )
    with pytest.raises(WrongSettings, match="was loaded from a dump"):
        require_shape(as_login(database_url))

    told = (ROOT / "docs" / "real-chain.md").read_text(encoding="utf-8")
    postgres.psql(told.split("```sql")[1].split("```")[0], database_url)

    require_shape(as_login(database_url))


def test_a_database_that_is_not_there_names_its_setting() -> None:
    with pytest.raises(WrongSettings, match="TRUESHELF_DATABASE_URL: the database does not answer"):
        require_shape("postgresql://nobody@127.0.0.1:1/none")


def test_a_port_in_use_names_its_setting(database_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = read_settings(port=taken.getsockname()[1])

        with pytest.raises(WrongSettings, match=r"TRUESHELF_PORT: .* is in use"):
            serve(settings, database_url)


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_a_host_that_is_not_ours_names_its_setting(host: str) -> None:
    with pytest.raises(WrongSettings, match=rf"TRUESHELF_HOST: cannot listen on {host}"):
        require_address(read_settings(host=host, port=free_port()))


def test_an_empty_database_is_said_to_be_empty(empty_database_url: str) -> None:
    with pytest.raises(WrongSettings, match=r"the database is empty, .*: run `trueshelf migrate`"):
        require_shape(empty_database_url)


def test_a_demo_that_is_told_to_stop_leaves_no_database_running(tmp_path: Path) -> None:
    home, port = tmp_path / "home", free_port()
    settings = {"TRUESHELF_HOME": str(home), "TRUESHELF_PORT": str(port)}
    command = [sys.executable, "-m", "api", "run", "--no-trade"]

    with subprocess.Popen(command, cwd=ROOT, env=clean_environment(**settings), stdout=subprocess.DEVNULL) as program:
        _wait_until(lambda: _is_ready(port), program)
        ran = EmbeddedPostgres(home / "postgres").running_url()
        program.terminate()
        program.wait(20)

    assert ran is not None
    assert EmbeddedPostgres(home / "postgres").running_url() is None


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def _wait_until(condition: Callable[[], bool], program: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert program.poll() is None, "the demo ended by itself"
        assert time.monotonic() < deadline, "the demo was not ready in a minute"
        time.sleep(0.1)


def test_an_owner_who_is_no_superuser_can_migrate_and_let_the_program_in() -> None:
    """As with a hosted PostgreSQL: the owner may make roles and owns the database, nothing more."""
    with TestingPostgres() as hosted, hosted.database() as url:
        hosted.psql("create role landlord login createrole")
        hosted.psql(f"alter database {urlsplit(url).path[1:]} owner to landlord")
        hosted.psql("alter schema public owner to landlord", url)
        tenant = as_login(url, "tenant")

        migrate(as_login(url, "landlord"), tenant)
        migrate(as_login(url, "landlord"), tenant)

        require_shape(tenant)
        assert hosted.psql("select relowner::regrole from pg_class where relname = 'movement'", url) == "landlord"
        assert hosted.psql(f"set role {APP_ROLE}; table store", url) == ""
