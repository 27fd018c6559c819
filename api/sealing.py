"""Sealing the operation log and telling the witnesses, at every beat and once more at the end.

A witness that does not answer is told at the next beat; nobody waits for it.
"""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from api.mendable import Mendable
from api.settings import Settings
from api.witness import FolderWitness, UrlWitness
from retail.audit.seals import seal_log
from retail.audit.signing import LABEL, SealKeys
from retail.audit.witness import Witness, deliver
from retail.kernel.clock import Clock, utc_now
from retail.kernel.privacy.masters import MasterKeys

log = structlog.get_logger(__name__)

LONGEST_FAREWELL = timedelta(seconds=5)


class Sealing:
    """Whoever seals for one process, with its keys and witnesses."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        keys: SealKeys,
        witnesses: Sequence[Witness],
        clock: Clock = utc_now,
    ) -> None:
        self._sessions = sessions
        self._keys = keys
        self._witnesses = witnesses
        self._clock = clock

    async def beat(self) -> None:
        """Seal what has happened, then tell every witness what it does not have."""
        async with self._sessions.begin() as session:
            await seal_log(session, self._keys, self._clock())
        await asyncio.gather(*(self._tell(witness) for witness in self._witnesses))

    async def farewell(self) -> None:
        """Seal once more before the process ends, in a moment or not at all."""
        try:
            async with asyncio.timeout(LONGEST_FAREWELL.total_seconds()):
                await self.beat()
        except Exception as failed:  # noqa: BLE001 -- the next process seals it
            log.warning("the log was not sealed at the end", reason=repr(failed))

    async def _tell(self, witness: Witness) -> None:
        try:
            await deliver(self._sessions, witness, self._keys.public_keys)
        except Exception as failed:  # noqa: BLE001 -- it gets everything at a later beat
            log.warning("a witness did not take the seals", place=witness.place, reason=repr(failed))


def seal_keys(masters: MasterKeys) -> SealKeys:
    """Return the keys that sign seals, one of each master key, the first of the ring first."""
    return SealKeys([masters.derive(LABEL, master_id=each) for each in masters.ids])


def folder_of(settings: Settings) -> Path:
    """Return the folder of the first witness."""
    return settings.witness_folder or settings.home / "witness"


def set_witness_aside(settings: Settings) -> Path | None:
    """Make room for the seals of a new database; return where those of the old one are now, None if there are none."""
    folder = folder_of(settings)
    if not folder.is_dir():
        return None
    try:
        return folder.rename(folder.with_name(f"{folder.name}-until-{utc_now():%Y%m%dT%H%M%S%f}"))
    except OSError as wrong:
        why = f"{folder} cannot be set aside ({wrong.strerror}). Name another folder with TRUESHELF_WITNESS_FOLDER."
        raise Mendable(why) from None


def witnesses_of(settings: Settings) -> list[Witness]:
    """Return the witnesses of the settings."""
    found: list[Witness] = [FolderWitness(folder_of(settings))]
    if settings.witness_url is not None:
        token = settings.witness_token
        found.append(UrlWitness(settings.witness_url, token.get_secret_value() if token else None))
    return found
