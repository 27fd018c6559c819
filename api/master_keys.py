"""Where the master keys come from: the settings or, for the embedded database, a file made once.

Whoever holds these keys and a copy of the database can read everybody's data, so they belong in a
secret store, away from the database and its backups. Who has lost them has lost the sealed data.
"""

import os
from pathlib import Path

import structlog

from api.database import system_office
from api.settings import PREFIX, Settings, WrongSettings
from auth.keys import require_signing_keys
from retail.kernel.privacy.masters import BadMasterKeys, MasterKeys, new_master_key
from retail.kernel.privacy.sealing import CannotOpen
from retail.kernel.privacy.vault import Vault

log = structlog.get_logger(__name__)

FILE = "master.key"
NAME = f"{PREFIX}MASTER_KEYS"


def ring_text(settings: Settings) -> str:
    """Return the ring of the settings or, for the embedded database, of its file, which is made if need be.

    Raises `WrongSettings` when a real database is given without a key: nothing could be sealed, neither the keys that
    sign tokens nor anybody's phone.
    """
    if settings.master_keys is not None:
        return settings.master_keys.get_secret_value()
    if settings.database_url is not None:
        raise WrongSettings(
            f"{NAME}: is empty, so nothing can be sealed. Make a key with `trueshelf make-master-key`, keep it where "
            "neither the database nor its backups are, and start again with it in this variable"
        )
    return _kept(settings.home / FILE)


def ring(settings: Settings) -> MasterKeys:
    """Return the ring of master keys of the settings."""
    return read_ring(ring_text(settings))


def read_ring(text: str) -> MasterKeys:
    """Return a ring of master keys from its text; raise `WrongSettings`, which shows no key."""
    try:
        return MasterKeys.parse(text)
    except BadMasterKeys as wrong:
        raise WrongSettings(f"{NAME}: {wrong}") from None


async def require_ring(database_url: str, masters: MasterKeys) -> None:
    """Raise `WrongSettings` unless the ring opens what is wrapped in the database."""
    async with system_office(database_url) as office, office.system() as session:
        try:
            await Vault(masters).check(session)
            await require_signing_keys(session, masters)
        except CannotOpen as wrong:
            raise WrongSettings(f"{NAME}: does not open what is in the database: {wrong}") from None


def warn_of_file(settings: Settings) -> None:
    """Say so when the key lies beside the data that it seals."""
    if settings.master_keys is None and settings.database_url is None:
        log.warning(
            "the master key lies beside the data: whoever copies the folder has both, and without this file personal "
            "data cannot be read again. Back it up elsewhere; with real people's data, name a key in the settings",
            file=str(settings.home / FILE),
            setting=NAME,
        )


def _kept(file: Path) -> str:
    """Return the key of a file; make it, for this operating-system user alone, when it is not there."""
    try:
        return file.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    except (OSError, UnicodeDecodeError) as unreadable:
        raise WrongSettings(f"{file}: cannot be read ({unreadable})") from None
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as written:
        written.write(new_master_key("embedded") + "\n")
        written.flush()
        os.fsync(written.fileno())
    try:
        # Whole or not at all, and never over one that another process has made meanwhile.
        os.link(fresh, file)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return file.read_text(encoding="ascii").strip()
