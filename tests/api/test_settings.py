"""A wrong setting names itself; nothing starts with half of what was meant."""

from pathlib import Path

import pytest

from api.settings import ROOT, Settings, WrongSettings, read_settings
from retail.access.permissions import Role
from tests.support.server import ServerProcess

WRONG = [
    ("DATABASE_URL", "mysql://127.0.0.1/stock", "must begin with postgresql://"),
    ("DATABASE_URL", "postgresql://u:p@host:port/stock", "Port could not be cast to integer"),
    ("DATABASE_URL", "postgresql://u:p#w@host/stock", "%23"),
    ("BUS_URL", "kafka://127.0.0.1", "must begin with memory:// or redis://"),
    ("PORT", "0", "greater than or equal to 1"),
    ("PORT", "65536", "less than or equal to 65535"),
    ("PORT", "http", "valid integer"),
    ("WORKERS", "0", "greater than or equal to 1"),
    ("WORKERS", "many", "valid integer"),
    ("PUBLIC_URL", "stock.example", "must be like https://stock.example"),
    ("PUBLIC_URL", "https://stock.example/shop", "nothing after it"),
    ("MAX_BODY_BYTES", "10", "greater than or equal to 1024"),
    ("POOL_SIZE", "1", "greater than or equal to 4"),
    ("DEMO", "perhaps", "valid boolean"),
    ("PHOTOS", "ftp://files/photos", "must be a folder or s3://bucket/prefix"),
    ("PHOTOS", "s3:///photos", "must be a folder or s3://bucket/prefix"),
    ("PHOTOS_ENDPOINT", "s3.internal:9000", "must begin with https://"),
    ("PHOTO_DAYS", "0", "greater than or equal to 1"),
    ("SECOND_FACTOR_ROLES", "clerk,nobody", "'hq_operations'"),
]


@pytest.fixture(autouse=True)
def nobodys_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"TRUESHELF_{name.upper()}", raising=False)


@pytest.mark.parametrize(("name", "value", "why"), WRONG)
def test_a_wrong_setting_names_itself(monkeypatch: pytest.MonkeyPatch, name: str, value: str, why: str) -> None:
    monkeypatch.setenv(f"TRUESHELF_{name}", value)

    with pytest.raises(WrongSettings) as wrong:
        read_settings()

    assert str(wrong.value).startswith(f"TRUESHELF_{name}: ")
    assert why in str(wrong.value)


def test_all_that_is_wrong_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUESHELF_PORT", "no")
    monkeypatch.setenv("TRUESHELF_BUS_URL", "no")

    with pytest.raises(WrongSettings) as wrong:
        read_settings()

    assert [line.split(":")[0] for line in str(wrong.value).splitlines()] == ["TRUESHELF_BUS_URL", "TRUESHELF_PORT"]


def test_several_workers_need_a_bus_that_they_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUESHELF_WORKERS", "2")

    with pytest.raises(WrongSettings, match=r"TRUESHELF_WORKERS=2 needs TRUESHELF_BUS_URL=redis://"):
        read_settings()

    monkeypatch.setenv("TRUESHELF_BUS_URL", "redis://127.0.0.1:6379/0")
    assert read_settings().workers == 2


def test_without_any_setting_it_runs_on_this_machine_alone() -> None:
    settings = read_settings()

    assert (settings.host, settings.port, settings.workers, settings.bus_url) == ("127.0.0.1", 8000, 1, "memory://")
    assert settings.database_url is None
    assert settings.home == ROOT / ".trueshelf"
    assert settings.site == "http://127.0.0.1:8000"


def test_an_empty_setting_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUESHELF_DATABASE_URL", "")
    monkeypatch.setenv("TRUESHELF_PUBLIC_URL", "")

    settings = read_settings()

    assert (settings.database_url, settings.public_url) == (None, None)


def test_a_public_address_may_end_in_a_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRUESHELF_PUBLIC_URL", "https://stock.example/")

    assert read_settings().site == "https://stock.example"


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_a_port_that_is_taken_is_named(empty_database_url: str, tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        server = ServerProcess(empty_database_url, TRUESHELF_HOME=str(tmp_path))
        server._settings["TRUESHELF_PORT"] = str(taken.getsockname()[1])

        with pytest.raises(AssertionError, match=r"TRUESHELF_PORT: .* is in use"), server:
            pass


def test_the_roles_that_need_a_second_factor_are_a_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().second_factor_roles == {Role.HQ_OPERATIONS, Role.HQ_COMPLIANCE, Role.BUYER}

    monkeypatch.setenv("TRUESHELF_SECOND_FACTOR_ROLES", "hq_operations, store_manager")

    assert read_settings().second_factor_roles == {Role.HQ_OPERATIONS, Role.STORE_MANAGER}
