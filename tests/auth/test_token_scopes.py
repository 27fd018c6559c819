"""What a token may do: never more than its client, by its kind, and less when less is asked for."""

import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from starlette.requests import HTTPConnection

from auth.identify import Identity
from retail.access.channel_kinds import KINDS, ChannelKind
from retail.access.models import ChannelClient
from retail.access.permissions import ROLE_TABLE, Permission, Role
from retail.channels import commands as channels
from retail.channels.reach import Reach
from retail.kernel.refusal import InvalidInput
from retail.stores.models import Region, Store
from tests.auth.door import Channel, Door, ask_token, is_known

P = Permission
MOMENT = timedelta(seconds=5)


async def test_a_token_may_do_what_its_client_may_unless_less_is_asked_for(door: Door) -> None:
    meituan = await door.register_channel(ChannelKind.PLATFORM)
    program = await door.browser()

    everything = (await ask_token(program, meituan)).json()
    little = (await ask_token(program, meituan, scope="stock:read  store:read")).json()

    assert everything["scope"] == "sale:record stock:read stock:reserve store:read" == _claims(everything)["scope"]
    assert little["scope"] == "stock:read store:read" == _claims(little)["scope"]
    identity = await _identity(door, little["access_token"])
    assert identity.limits is not None
    assert identity.limits.permissions == frozenset({P.STOCK_READ, P.STORE_READ})
    assert identity.limits.store_ids is None


@pytest.mark.parametrize(
    "scope", ["stock:adjust", "sale:record stock:adjust", "everything", "sale:record,stock:read", "*"]
)
async def test_a_scope_that_the_client_has_not_is_refused(door: Door, scope: str) -> None:
    meituan = await door.register_channel(ChannelKind.PLATFORM)

    answer = await ask_token(await door.browser(), meituan, scope=scope)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


async def test_a_client_without_any_scope_gets_no_token(door: Door) -> None:
    meituan = await door.register_channel(ChannelKind.PLATFORM)
    await _set_scopes_by_hand(door, meituan, [])

    answer = await ask_token(await door.browser(), meituan)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


async def test_what_is_taken_from_a_client_is_taken_from_its_tokens_within_five_seconds(door: Door) -> None:
    till = await door.register_channel(ChannelKind.TILL)
    token = await door.token_of(till)
    before = await _identity(door, token)
    assert await door.auth.ended([before]) == set()

    async with door.system() as work:
        await channels.set_scopes(work, Reach(), channel_id=till.channel_id, scopes=["stock:read", "store:read"])

    assert await door.auth.ended([before]) == {before}, "an open socket that could do more is closed"
    door.clock.turn(MOMENT)
    after = await _identity(door, token)
    assert after.limits is not None
    assert after.limits.permissions == frozenset({P.STOCK_READ, P.STORE_READ})
    assert await door.auth.ended([after]) == set()


async def test_a_token_can_be_narrowed_to_some_of_the_clients_stores(door: Door) -> None:
    codes = await _open_stores(door, 3)
    meituan = await door.register_channel()

    answer = (await ask_token(await door.browser(), meituan, stores=" ".join(list(codes)[:2]))).json()

    identity = await _identity(door, answer["access_token"])
    assert identity.limits is not None
    assert identity.limits.store_ids == frozenset(list(codes.values())[:2])


async def test_a_store_that_is_not_there_and_one_of_others_are_told_alike(door: Door) -> None:
    mine, theirs = await _open_stores(door, 2)
    codes = await _open_stores(door, 1)
    (own,) = codes
    new = channels.NewClient("Meituan", ChannelKind.PLATFORM, store_ids=(codes[own],))
    async with door.system() as work:
        client = await channels.register_client(work, Reach(), new)
        _, secret = await channels.add_secret(work, client)
    meituan = Channel(client.id, client.client_id, secret)
    program = await door.browser()
    assert (await ask_token(program, meituan, stores=own)).status_code == 200

    foreign = await ask_token(program, meituan, stores=f"{own} {mine}")
    unknown = await ask_token(program, meituan, stores=f"{own} {theirs}-nowhere")

    for answer in (foreign, unknown):
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_target")
    assert foreign.json() == unknown.json()


@pytest.mark.parametrize("stores", ["", " ", " ".join(f"S{n:05d}" for n in range(51))])
async def test_no_store_and_too_many_are_refused(door: Door, stores: str) -> None:
    meituan = await door.register_channel()

    answer = await ask_token(await door.browser(), meituan, stores=stores)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("stores", ["", " ".join(f"S{n:05d}" for n in range(51)), "S00001"])
async def test_without_a_secret_the_stores_do_not_tell_who_is_a_client(door: Door, stores: str) -> None:
    meituan = await door.register_channel()
    stranger = await door.browser()

    known = await ask_token(stranger, replace(meituan, secret="tss_wrong"), stores=stores)
    unknown = await ask_token(stranger, replace(meituan, client_id="tsc_nobody"), stores=stores)

    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())


async def test_a_token_for_fifty_stores_is_still_short_enough_to_be_read(door: Door) -> None:
    codes = await _open_stores(door, 50)

    answer = (await ask_token(await door.browser(), await door.register_channel(), stores=" ".join(codes))).json()

    assert len(answer["access_token"]) < 4096
    assert await is_known(await door.browser(), answer["access_token"])


async def test_the_life_of_a_token_is_a_setting(door: Door) -> None:
    async with Door(door.database, clock=door.clock, token_life=timedelta(minutes=5)) as short:
        answer = (await ask_token(await short.browser(), await short.register_channel())).json()

    assert answer["expires_in"] == 300
    assert _claims(answer)["exp"] - _claims(answer)["iat"] == 300


# ---------------------------------------------------------------- the table of kinds


def test_a_platform_can_neither_adjust_nor_price_nor_take_back_nor_receive() -> None:
    for never in (P.STOCK_ADJUST, P.SALE_PRICE, P.RETURN_RECORD, P.STOCK_RECEIVE, P.MOVEMENT_RECORD):
        assert never not in KINDS[ChannelKind.PLATFORM].may_have


@pytest.mark.parametrize("kind", ChannelKind)
def test_no_kind_needs_more_than_it_may_have_or_than_a_channel_ever_may(kind: ChannelKind) -> None:
    assert KINDS[kind].needs <= KINDS[kind].may_have
    assert KINDS[kind].may_have <= ROLE_TABLE[Role.CHANNEL] | {P.CLIENT_MANAGE}


async def test_headquarters_cannot_give_a_client_what_its_kind_never_has(door: Door) -> None:
    meituan = await door.register_channel(ChannelKind.PLATFORM)

    async with door.system() as work:
        scopes = ["stock:read", "stock:adjust", "nonsense"]
        with pytest.raises(InvalidInput) as refused:
            await channels.set_scopes(work, Reach(), channel_id=meituan.channel_id, scopes=scopes)

    assert [(each.path, each.code) for each in refused.value.problems] == [
        ("scopes[1]", "SCOPE_BEYOND_KIND"),
        ("scopes[2]", "UNKNOWN_SCOPE"),
    ]
    assert "stock:adjust" not in (await ask_token(await door.browser(), meituan)).json()["scope"]


async def _identity(door: Door, token: str) -> Identity:
    identity = await door.auth.identify(HTTPConnection({"type": "websocket", "headers": []}), f"Bearer {token}")
    assert identity is not None
    return identity


async def _open_stores(door: Door, count: int) -> dict[str, UUID]:
    mark = uuid4().hex[:8]
    region = Region(id=uuid4(), code=mark, name="华东", name_en="East")
    stores = {f"{mark}-{n}": uuid4() for n in range(count)}
    async with door.database.begin() as session:
        session.add(region)
        await session.flush()
        for code, id in stores.items():
            session.add(Store(id=id, code=code, name=code, name_en=code, region_id=region.id, zone="Asia/Shanghai"))
    return stores


async def _set_scopes_by_hand(door: Door, channel: Channel, scopes: list[str]) -> None:
    async with door.database.begin() as session:
        mine = ChannelClient.id == channel.channel_id
        await session.execute(update(ChannelClient).where(mine).values(scopes=scopes))


def _claims(answer: dict[str, Any]) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(answer["access_token"].split(".")[1] + "=="))
    return claims
