"""The keys that sign tokens lie wrapped; those from before are read, and wrapped as soon as they are seen."""

import orjson
import pytest
from joserfc.jwk import OKPKey
from sqlalchemy import select, update

from auth.keys import KeyRing
from auth.models import SigningKey
from retail.kernel.privacy.masters import MasterKeys, new_master_key
from retail.kernel.privacy.sealing import CannotOpen
from tests.auth.door import Door
from tests.support.environment import MASTERS


async def stored(door: Door) -> list[str]:
    async with door.database() as session:
        return list(await session.scalars(select(SigningKey.private_jwk).order_by(SigningKey.created_at)))


async def empty(door: Door) -> None:
    async with door.database.begin() as session:
        for row in await session.scalars(select(SigningKey)):
            await session.delete(row)


async def test_a_new_key_lies_wrapped(door: Door) -> None:
    await empty(door)

    key = await KeyRing(door.database, door.clock, MASTERS).signing()

    (text,) = await stored(door)
    assert text.startswith("wrapped:tests:")
    assert str(key.as_dict(private=True)["d"]) not in text


async def test_a_key_from_before_is_read_and_wrapped(door: Door) -> None:
    await empty(door)
    before = OKPKey.generate_key("Ed25519", auto_kid=True)
    clear = orjson.dumps(before.as_dict(private=True)).decode()
    async with door.database.begin() as session:
        session.add(SigningKey(kid=str(before.kid), private_jwk=clear, created_at=door.clock()))

    first = await KeyRing(door.database, door.clock, MASTERS).signing()
    (text,) = await stored(door)
    again = await KeyRing(door.database, door.clock, MASTERS).signing()

    assert text.startswith("wrapped:tests:")
    assert first.as_dict(private=True) == again.as_dict(private=True) == before.as_dict(private=True)


async def test_another_ring_signs_nothing_with_it(door: Door) -> None:
    await empty(door)
    await KeyRing(door.database, door.clock, MASTERS).signing()

    with pytest.raises(CannotOpen):
        await KeyRing(door.database, door.clock, MasterKeys.parse(new_master_key("tests"))).signing()


async def test_a_wrapped_key_in_another_row_is_no_key(door: Door) -> None:
    await empty(door)
    key = await KeyRing(door.database, door.clock, MASTERS).signing()
    async with door.database.begin() as session:
        await session.execute(update(SigningKey).where(SigningKey.kid == key.kid).values(kid="another"))

    with pytest.raises(CannotOpen):
        await KeyRing(door.database, door.clock, MASTERS).signing()
    await empty(door)
