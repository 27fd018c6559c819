"""How a client fares at the door is known to headquarters, and how often anybody may knock is bounded."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from auth.oauth_rates import FAILURES, SUCCESSES
from retail.channels import commands as channels
from retail.channels.health import ChannelState, Health, state_of
from retail.channels.models import ChannelHealth, ChannelSecret
from retail.channels.queries import client_row
from retail.channels.reach import Reach
from retail.kernel.clock import utc_now
from tests.auth.door import Channel, Door, ask_token, is_known

MINUTE = timedelta(minutes=1)


async def test_a_client_that_never_came_is_new_and_one_that_sells_works(door: Door) -> None:
    till = await door.register_channel()
    assert await _state(door, till) == ChannelState.NEW

    token = await door.token_of(till)
    assert await is_known(await door.browser(), token)

    assert await _state(door, till) == ChannelState.WORKING
    health = await _health(door, till)
    assert health.last_token_at == health.last_used_at == door.clock()
    door.clock.turn(timedelta(hours=24, seconds=1))
    assert await _state(door, till) == ChannelState.SILENT


@pytest.mark.parametrize(
    ("why", "form"),
    [
        ("wrong_secret", {"client_secret": "tss_wrong"}),
        ("no_proof", {}),
        ("bad_assertion", {"client_assertion": "x.y.z", "client_assertion_type": "x"}),
    ],
)
async def test_a_refusal_is_told_to_headquarters_with_its_reason(door: Door, why: str, form: dict[str, str]) -> None:
    till = await door.register_channel()
    await door.token_of(till)
    door.clock.turn(MINUTE)

    sent = {"grant_type": "client_credentials", "client_id": till.client_id, **form}
    answer = await (await door.browser()).post("/auth/token", data=sent)

    assert answer.status_code == 401
    health = await _health(door, till)
    assert (health.last_refusal, health.refusals, health.last_refused_at) == (why, 1, door.clock())
    assert await _state(door, till) == ChannelState.REFUSED
    door.clock.turn(MINUTE)
    await door.token_of(till)
    assert (await _state(door, till), (await _health(door, till)).refusals) == (ChannelState.WORKING, 0)


async def test_a_till_that_was_forgotten_at_a_rotation_is_found(door: Door) -> None:
    till = await door.register_channel()
    async with door.system() as work:
        await channels.rotate_secret(work, Reach(), channel_id=till.channel_id, old_lasts=timedelta(0))

    assert (await ask_token(await door.browser(), till)).status_code == 401

    assert (await _health(door, till)).last_refusal == "ended_secret"


async def test_a_program_that_never_renews_its_token_does_not_fail_in_silence(door: Door) -> None:
    till = await door.register_channel()
    token = await door.token_of(till)
    door.clock.turn(timedelta(minutes=11))

    assert not await is_known(await door.browser(), token)

    assert ((await _health(door, till)).last_refusal, await _state(door, till)) == ("token_ended", ChannelState.REFUSED)


async def test_a_revoked_client_that_still_knocks_is_seen_as_such(door: Door) -> None:
    till = await door.register_channel()
    await door.revoke(till)

    assert (await ask_token(await door.browser(), till)).status_code == 401

    assert ((await _health(door, till)).last_refusal, await _state(door, till)) == (
        "client_revoked",
        ChannelState.REVOKED,
    )


async def test_a_scope_that_it_has_not_is_a_refusal_too(door: Door) -> None:
    till = await door.register_channel()

    await ask_token(await door.browser(), till, scope="stock:adjust")

    assert (await _health(door, till)).last_refusal == "invalid_scope"


async def test_whoever_only_knows_a_clients_name_cannot_spoil_its_record_by_malformed_requests(door: Door) -> None:
    till = await door.register_channel()
    form = {"grant_type": "password", "client_id": till.client_id}

    assert (await (await door.browser()).post("/auth/token", data=form)).status_code == 400

    assert await _state(door, till) == ChannelState.NEW


async def test_the_secret_by_which_a_client_came_is_known(door: Door) -> None:
    till = await door.register_channel()
    await door.token_of(till)

    async with door.database() as session:
        used = select(ChannelSecret.last_used_at).where(ChannelSecret.channel_id == till.channel_id)
        assert await session.scalar(used) == door.clock()


# ---------------------------------------------------------------- the operation log


async def test_failures_are_logged_once_a_minute_with_their_number_and_no_secret(door: Door) -> None:
    till = await door.register_channel()
    program = await door.browser()

    for _ in range(5):
        await ask_token(program, replace(till, secret="tss_wrong"))
    door.clock.turn(MINUTE)
    await ask_token(program, replace(till, secret="tss_wrong"))

    acts = await _logged(door, till.channel_id)
    assert [body["details"] for body in acts] == [
        {"channel": str(till.channel_id), "reason": "wrong_secret", "refusals": refusals} for refusals in (1, 6)
    ]
    assert "tss_" not in str(acts)


async def test_strangers_are_logged_once_a_minute_and_what_they_say_is_not(door: Door) -> None:
    before = len(await _logged(door, None))
    program = await door.browser()

    for n in range(8):
        await ask_token(program, Channel(UUID(int=n), f"tsc_admin'; drop table {n}", "tss_x"))
    door.clock.turn(MINUTE)
    await ask_token(program, Channel(UUID(int=9), "tsc_nobody", "tss_x"))

    new = (await _logged(door, None))[before:]
    assert [body["details"] for body in new] == [
        {"reason": "unknown_client", "refusals": 1},
        {"reason": "unknown_client", "refusals": 8},
    ]


# ---------------------------------------------------------------- rates


async def test_failing_is_bounded_for_a_client_at_an_address_and_locks_nobody_else_out(door: Door) -> None:
    till = await door.register_channel()
    wrong = replace(till, secret="tss_wrong")
    program = await door.browser("10.1.1.1")

    codes = [(await ask_token(program, wrong)).status_code for _ in range(FAILURES.burst + 1)]

    assert codes == [401] * FAILURES.burst + [429]
    answer = await ask_token(program, wrong)
    assert answer.json()["error"] == "temporarily_unavailable"
    assert 1 <= int(answer.headers["retry-after"]) <= 6
    assert (await ask_token(program, till)).status_code == 200, (
        "a colleague behind the same router has the right secret"
    )
    assert (await ask_token(await door.browser("10.9.9.9"), wrong)).status_code == 401
    door.clock.turn(timedelta(seconds=int(answer.headers["retry-after"])))
    assert (await ask_token(program, wrong)).status_code == 401


async def test_asking_for_tokens_over_and_over_is_bounded_too(door: Door) -> None:
    till, other = await door.register_channel(), await door.register_channel()
    program = await door.browser()

    codes = [(await ask_token(program, till)).status_code for _ in range(SUCCESSES.burst + 1)]

    assert codes == [200] * SUCCESSES.burst + [429]
    assert (await ask_token(program, till)).headers["retry-after"] == "1"
    assert (await ask_token(program, other)).status_code == 200
    door.clock.turn(timedelta(seconds=1))
    assert (await ask_token(program, till)).status_code == 200


def test_the_state_of_a_client_is_a_matter_of_order() -> None:
    now = utc_now()
    hour = timedelta(hours=1)

    def state(**known: Any) -> ChannelState:
        return state_of(Health(**known), is_revoked=False, now=now)

    assert state() == ChannelState.NEW
    assert state(last_refused_at=now) == ChannelState.REFUSED
    assert state(last_token_at=now - hour, last_refused_at=now - 2 * hour) == ChannelState.WORKING
    assert state(last_token_at=now - 2 * hour, last_refused_at=now - hour) == ChannelState.REFUSED
    assert state(last_token_at=now - 2 * hour, last_refused_at=now - hour, last_used_at=now) == ChannelState.WORKING
    assert state(last_used_at=now - 25 * hour) == ChannelState.SILENT
    assert state_of(Health(last_refused_at=now), is_revoked=True, now=now) == ChannelState.REVOKED


async def _health(door: Door, channel: Channel) -> ChannelHealth:
    async with door.database() as session:
        return await session.get_one(ChannelHealth, channel.channel_id)


async def _state(door: Door, channel: Channel) -> ChannelState:
    async with door.database() as session:
        row = await client_row(session, Reach(), door.clock(), channel.channel_id)
    assert row is not None
    return row.state


async def _logged(door: Door, channel_id: UUID | None) -> list[Any]:
    """The failures in the operation log that concern a client, or nobody that is known."""
    async with door.database() as session:
        rows = await session.scalars(text("select body::jsonb from operation_log order by seq"))
        bodies = [body for body in rows if body["act"] == "client.authentication_failed"]
    wanted = None if channel_id is None else str(channel_id)
    return [body for body in bodies if body["details"].get("channel") == wanted]
