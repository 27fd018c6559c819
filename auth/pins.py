"""PINs of six digits for shared devices: hashed with argon2 over a pepper that is not in the database.

A million PINs are tried out in a day against any hash, so a stolen table must not be enough: what is
hashed is keyed by the master keys and bound to its person.
"""

import asyncio
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from itertools import pairwise
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from auth.models import StaffPin, WrongPins
from auth.passwords import check_password, hash_password
from retail.kernel.privacy.masters import MasterKeys
from retail.kernel.privacy.sealing import CannotOpen

_PIN = re.compile(r"[0-9]{6}")
_LABEL = "staff pin"
_TRIVIAL = frozenset({"123123", "112233", "121212", "520520", "131452", "521521", "159357", "147258"})


def is_pin(text: str) -> bool:
    return _PIN.fullmatch(text) is not None


def is_trivial(pin: str) -> bool:
    """Say whether a PIN is among the first that anybody would try: one digit, a run, a short repetition."""
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return steps <= {0} or steps in ({1}, {9}) or pin[:3] == pin[3:] or pin[:2] * 3 == pin or pin in _TRIVIAL


async def set_pins(session: AsyncSession, masters: MasterKeys, pins: Mapping[UUID, str], now: datetime) -> None:
    """Set people's PINs; what was tried wrongly before is forgotten."""
    hashes = await asyncio.gather(
        *(hash_password(_peppered(masters, masters.first, person_id, pin)) for person_id, pin in pins.items())
    )
    for person_id, hashed in zip(pins, hashes, strict=True):
        kept = f"{masters.first}:{hashed}"
        await session.execute(
            insert(StaffPin)
            .values(person_id=person_id, pin_hash=kept, set_at=now)
            .on_conflict_do_update(index_elements=[StaffPin.person_id], set_={"pin_hash": kept, "set_at": now})
        )
    await session.execute(delete(WrongPins).where(WrongPins.person_id.in_(list(pins))))


async def check_pin(masters: MasterKeys, person_id: UUID, pin: str, kept: str) -> bool:
    """Say whether a PIN is the one that was kept; one under a master key that is gone is nobody's."""
    master_id, _, hashed = kept.partition(":")
    try:
        peppered = _peppered(masters, master_id, person_id, pin)
    except CannotOpen:
        return False
    return (await check_password(peppered, hashed))[0]


def _peppered(masters: MasterKeys, master_id: str, person_id: UUID, pin: str) -> str:
    pepper = masters.derive(_LABEL, master_id=master_id)
    return hmac.new(pepper, person_id.bytes + pin.encode(), sha256).hexdigest()
