"""Tokens and secrets that end early: given back, rotated, retired; and who may ask whether they are good."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from starlette.requests import HTTPConnection

from auth.oauth_models import RevokedToken
from retail.access.channel_kinds import ChannelKind
from retail.channels import commands as channels
from retail.channels.models import ChannelSecret
from retail.channels.reach import Reach
from tests.auth.door import Channel, Door, ask_token, is_known

MOMENT = timedelta(seconds=5)
REVOKE, INTROSPECT = "/auth/revoke", "/auth/introspect"


async def test_a_token_that_is_given_back_opens_nothing_any_more(door: Door) -> None:
    meituan = await door.register_channel()
    token, other = await door.token_of(meituan), await door.token_of(meituan)
    program = await door.browser()
    async with Door(door.database, clock=door.clock) as other_process:
        elsewhere = await other_process.browser()
        assert await is_known(program, token)
        assert await is_known(elsewhere, token)
        socket = await door.auth.identify(HTTPConnection({"type": "websocket", "headers": []}), f"Bearer {token}")
        assert socket is not None

        answer = await _about(program, REVOKE, meituan, token)

        assert (answer.status_code, answer.content) == (200, b"{}")
        assert not await is_known(program, token), "at once in the process that took it"
        assert await door.auth.ended([socket]) == {socket}
        door.clock.turn(MOMENT)
        assert not await is_known(elsewhere, token), "and soon in the others"
        assert await is_known(elsewhere, other)


async def test_giving_back_twice_or_nonsense_is_answered_alike(door: Door) -> None:
    meituan = await door.register_channel()
    token = await door.token_of(meituan)
    program = await door.browser()

    answers = [await _about(program, REVOKE, meituan, each) for each in (token, token, "nonsense")]

    assert [(answer.status_code, answer.content) for answer in answers] == [(200, b"{}")] * 3


async def test_nobody_gives_back_a_token_of_another(door: Door) -> None:
    meituan, douyin = await door.register_channel(), await door.register_channel()
    token = await door.token_of(meituan)
    program = await door.browser()

    answer = await _about(program, REVOKE, douyin, token)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    assert await is_known(program, token)


async def test_tokens_that_have_ended_are_not_remembered_for_ever(door: Door) -> None:
    meituan = await door.register_channel()
    program = await door.browser()
    await _about(program, REVOKE, meituan, await door.token_of(meituan))
    door.clock.turn(timedelta(minutes=11))

    await _about(program, REVOKE, meituan, await door.token_of(meituan))

    async with door.database() as session:
        mine = RevokedToken.channel_id == meituan.channel_id
        assert await session.scalar(select(func.count()).select_from(RevokedToken).where(mine)) == 1


# ---------------------------------------------------------------- introspection


async def test_a_client_may_ask_about_its_own_token(door: Door) -> None:
    meituan = await door.register_channel()
    token = await door.token_of(meituan)

    told = (await _about(await door.browser(), INTROSPECT, meituan, token)).json()

    now = int(door.clock().timestamp())
    assert {name: told[name] for name in ("active", "client_id", "sub", "token_type", "iss", "aud", "scope")} == {
        "active": True,
        "client_id": meituan.client_id,
        "sub": meituan.client_id,
        "token_type": "Bearer",
        "iss": door.public_url,
        "aud": f"{door.public_url}/graphql",
        "scope": "sale:record stock:read stock:reserve store:read",
    }
    assert (told["iat"], told["exp"]) == (now, now + 600)
    assert told["jti"]


async def test_others_are_told_nothing_unless_they_look_after_all_clients(door: Door) -> None:
    meituan, douyin = await door.register_channel(), await door.register_channel()
    gateway = await door.register_channel(ChannelKind.OTHER, "client:manage", "store:read")
    token = await door.token_of(meituan)
    program = await door.browser()

    assert (await _about(program, INTROSPECT, douyin, token)).json() == {"active": False}
    assert (await _about(program, INTROSPECT, gateway, token)).json()["active"] is True


async def test_what_is_over_or_was_never_good_is_not_active(door: Door) -> None:
    meituan = await door.register_channel()
    program = await door.browser()
    given_back, late = await door.token_of(meituan), await door.token_of(meituan)
    await _about(program, REVOKE, meituan, given_back)

    for token in (given_back, "nonsense", late[:-9] + "AAAAAAAAA"):
        assert (await _about(program, INTROSPECT, meituan, token)).json() == {"active": False}
    door.clock.turn(timedelta(minutes=10))
    assert (await _about(program, INTROSPECT, meituan, late)).json() == {"active": False}


@pytest.mark.parametrize("path", [REVOKE, INTROSPECT])
async def test_a_stranger_learns_and_ends_nothing(door: Door, path: str) -> None:
    meituan = await door.register_channel()
    token = await door.token_of(meituan)
    program = await door.browser()

    nobody = await program.post(path, data={"token": token})
    wrong = await program.post(path, data={"token": token}, auth=(meituan.client_id, "tss_wrong"))
    empty = await program.post(path, data={"token": ""}, auth=(meituan.client_id, meituan.secret))

    for answer in (nobody, wrong):
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert (empty.status_code, empty.json()["error"]) == (400, "invalid_request")
    assert await is_known(program, token)


@pytest.mark.parametrize("hint", ["refresh_token", "nonsense", ""])
async def test_a_hint_changes_nothing(door: Door, hint: str) -> None:
    meituan = await door.register_channel()
    form = {"token": await door.token_of(meituan), "token_type_hint": hint}
    program = await door.browser()

    told = await program.post(INTROSPECT, data=form, auth=(meituan.client_id, meituan.secret))
    back = await program.post(REVOKE, data=form, auth=(meituan.client_id, meituan.secret))

    assert (told.json()["active"], back.status_code) == (True, 200)


# ---------------------------------------------------------------- two secrets


async def test_a_new_secret_and_the_old_one_are_good_side_by_side(door: Door) -> None:
    meituan = await door.register_channel()
    program = await door.browser()
    await ask_token(program, meituan)  # whatever a process may remember of the client

    renewed = await _rotate(door, meituan)

    assert [(await ask_token(program, each)).status_code for each in (meituan, renewed)] == [200, 200]
    door.clock.turn(channels.OLD_SECRET_LASTS)
    assert [(await ask_token(program, each)).status_code for each in (meituan, renewed)] == [401, 200]


async def test_a_secret_that_is_retired_takes_its_tokens_along_and_no_others(door: Door) -> None:
    meituan = await door.register_channel()
    leaked = await door.token_of(meituan)
    renewed = await _rotate(door, meituan)
    fresh = await door.token_of(renewed)
    program = await door.browser()
    socket = await door.auth.identify(HTTPConnection({"type": "websocket", "headers": []}), f"Bearer {leaked}")
    assert socket is not None

    async with door.system() as work:
        old = await _secret_id(door, meituan)
        await channels.retire_secret(work, Reach(), channel_id=meituan.channel_id, secret_id=old)

    assert await door.auth.ended([socket]) == {socket}
    door.clock.turn(MOMENT)
    assert (await ask_token(program, meituan)).status_code == 401
    assert not await is_known(program, leaked)
    assert await is_known(program, fresh)


async def test_a_token_got_by_a_brand_new_secret_is_good_in_a_process_that_knows_the_client_by_the_old_one(
    door: Door,
) -> None:
    meituan = await door.register_channel()
    async with Door(door.database, clock=door.clock) as other_process:
        elsewhere = await other_process.browser()
        assert await is_known(elsewhere, await door.token_of(meituan))

        renewed = await _rotate(door, meituan)

        assert await is_known(elsewhere, await door.token_of(renewed))


async def _rotate(door: Door, channel: Channel) -> Channel:
    async with door.system() as work:
        _, secret = await channels.rotate_secret(work, Reach(), channel_id=channel.channel_id)
    return Channel(channel.channel_id, channel.client_id, secret)


async def _secret_id(door: Door, channel: Channel) -> Any:
    async with door.database() as session:
        return await session.scalar(
            select(ChannelSecret.id).where(ChannelSecret.secret_hash == channels.hash_secret(channel.secret))
        )


async def _about(program: httpx.AsyncClient, path: str, channel: Channel, token: str) -> httpx.Response:
    return await program.post(path, data={"token": token}, auth=(channel.client_id, channel.secret))
