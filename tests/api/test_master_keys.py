"""Master keys: from the settings, made once for the embedded database, never shown, and changed without a pause."""

import asyncio
import stat
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from pydantic import SecretStr

from api import admin, master_keys, secrets_commands
from api.database import system_office
from api.master_keys import FILE, require_ring, ring, ring_text
from api.secrets_commands import rotate
from api.settings import Settings, WrongSettings, read_settings
from auth.keys import KeyRing
from retail.access.permissions import Role
from retail.access.work import Work
from retail.kernel.clock import utc_now
from retail.kernel.privacy.masking import Personal
from retail.kernel.privacy.masters import MasterKeys, new_master_key
from retail.kernel.privacy.vault import Vault
from retail.people.queries import person_of_phone
from tests.support.environment import clean_environment
from tests.support.server import ROOT, ServerProcess

OLD, NEW = new_master_key("old"), new_master_key("new")
SECRETS = [entry.partition(":")[2] for entry in (OLD, NEW)]


def settings(home: Path, **given: object) -> Settings:
    return read_settings(home=home, **given)


def test_the_embedded_database_gets_a_key_of_its_own_once(tmp_path: Path) -> None:
    first = ring_text(settings(tmp_path))

    assert ring(settings(tmp_path)).ids == ("embedded",)
    assert ring_text(settings(tmp_path)) == first
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_key_that_another_process_made_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def made_meanwhile(_: str) -> str:
        (tmp_path / FILE).write_text(OLD)
        return NEW

    monkeypatch.setattr(master_keys, "new_master_key", made_meanwhile)

    assert ring_text(settings(tmp_path)) == OLD


def test_a_real_database_needs_a_key_and_is_told_how_to_make_one(tmp_path: Path) -> None:
    real = settings(tmp_path, database_url="postgresql://shop@db/shop")

    with pytest.raises(WrongSettings, match="make-master-key"):
        ring_text(real)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["nonsense", "k:QUJD", f"{OLD},{OLD}"])
def test_a_ring_that_cannot_be_read_is_refused_and_not_shown(tmp_path: Path, text: str) -> None:
    with pytest.raises(WrongSettings, match="TRUESHELF_MASTER_KEYS") as said:
        ring(settings(tmp_path, master_keys=SecretStr(text)))

    assert not any(secret in str(said.value) for secret in [*SECRETS, "QUJD", "nonsense"])


def test_no_setting_shows_a_key(tmp_path: Path) -> None:
    given = settings(tmp_path, master_keys=SecretStr(OLD))

    assert SECRETS[0] not in f"{given} {given!r} {given.model_dump()} {given.master_keys}"


def trueshelf(*words: str, **given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "api", *words]
    return subprocess.run(
        command, cwd=ROOT, env=clean_environment(**given), check=False, capture_output=True, text=True
    )


def test_the_doctor_does_not_tell_the_key(database_url: str) -> None:
    bus = "redis://:hushhush@127.0.0.1:1/0"
    told = trueshelf("doctor", TRUESHELF_DATABASE_URL=database_url, TRUESHELF_MASTER_KEYS=OLD, TRUESHELF_BUS_URL=bus)

    assert "TRUESHELF_MASTER_KEYS=" in told.stdout
    assert "TRUESHELF_SECOND_FACTOR_ROLES=buyer,hq_compliance,hq_operations " in told.stdout
    assert SECRETS[0] not in told.stdout + told.stderr
    assert "hushhush" not in told.stdout + told.stderr


def test_a_key_is_printed_ready_for_the_settings() -> None:
    told = trueshelf("make-master-key", "--id", "autumn")
    wrong = trueshelf("make-master-key", "--id", "no spaces")

    assert MasterKeys.parse(told.stdout.strip()).ids == ("autumn",)
    assert (wrong.returncode, wrong.stdout) == (2, "")


def test_a_server_without_a_key_does_not_start(database_url: str) -> None:
    server = ServerProcess(database_url, TRUESHELF_MASTER_KEYS="")

    with pytest.raises(AssertionError, match="trueshelf make-master-key"), server:
        pass


def _hire(url: str, masters: MasterKeys, count: int) -> None:
    async def hire(work: Work) -> None:
        for n in range(count):
            phone = Personal(f"+86138000{n:05d}")
            await admin.add_person(
                work,
                name=f"员工{n}",
                login="",
                role=Role.CLERK,
                stores=[],
                regions=[],
                phone=phone,
                vault=Vault(masters),
            )

    admin.run(url, hire)


def test_a_server_whose_key_does_not_open_the_data_does_not_start(database_url: str) -> None:
    _hire(database_url, MasterKeys.parse(OLD), 1)
    server = ServerProcess(database_url, TRUESHELF_MASTER_KEYS=NEW)

    with pytest.raises(AssertionError, match="the master key old is not on the ring") as said, server:
        pass

    assert not any(secret in str(said.value) for secret in SECRETS)


async def _keys(url: str) -> dict[str, int]:
    books = await asyncpg.connect(url)
    rows = await books.fetch("select master_id, count(*) as n from data_key group by 1")
    signing = await books.fetch("select split_part(private_jwk, ':', 2) as id from signing_key")
    await books.close()
    return {row["master_id"]: row["n"] for row in rows} | {f"signing {row['id']}": 1 for row in signing}


async def _finds(url: str, masters: MasterKeys, phone: str) -> bool:
    async with system_office(url) as office, office.system() as session:
        return await person_of_phone(session, Vault(masters), phone) is not None


async def test_after_a_rotation_the_old_key_opens_nothing_and_everything_is_there(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secrets_commands, "AT_ONCE", 50)
    old, both, new = MasterKeys.parse(OLD), MasterKeys.parse(f"{NEW},{OLD}"), MasterKeys.parse(NEW)
    await asyncio.to_thread(_hire, database_url, old, 123)
    async with system_office(database_url) as office:
        key = await KeyRing(office.system, utc_now, old).signing()
    seen: list[tuple[int, int]] = []

    assert await _finds(database_url, both, "+8613800000077"), "found also before it is rotated"
    done = await rotate(database_url, both, lambda done, total: seen.append((done, total)))

    assert (done, await _keys(database_url)) == (124, {"new": 123, "signing new": 1})
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert (seen[-1], len(seen) > 2) == ((124, 124), True)
    assert await rotate(database_url, both, lambda *_: None) == 0
    await require_ring(database_url, new)
    assert await _finds(database_url, new, "+8613800000077")
    async with system_office(database_url) as office:
        assert (await KeyRing(office.system, utc_now, new).signing()).kid == key.kid
    with pytest.raises(WrongSettings, match="new is not on the ring"):
        await require_ring(database_url, old)


async def test_an_interrupted_rotation_goes_on_where_it_was(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets_commands, "AT_ONCE", 50)
    old, both = MasterKeys.parse(OLD), MasterKeys.parse(f"{NEW},{OLD}")
    await asyncio.to_thread(_hire, database_url, old, 123)

    def pull_the_plug(done: int, _total: int) -> None:
        if done >= 100:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await rotate(database_url, both, pull_the_plug)
    half = await _keys(database_url)
    rest = await rotate(database_url, both, lambda *_: None)

    assert half == {"new": 100, "old": 23}
    assert (rest, await _keys(database_url)) == (23, {"new": 123})


def test_the_key_beside_the_data_is_warned_of(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    master_keys.warn_of_file(settings(tmp_path))
    with_file = capsys.readouterr()
    master_keys.warn_of_file(settings(tmp_path, master_keys=SecretStr(OLD)))
    with_setting = capsys.readouterr()

    assert "cannot be read again" in with_file.out + with_file.err
    assert with_setting.out + with_setting.err == ""
