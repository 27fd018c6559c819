import asyncio
import base64
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OKPKey
from sqlalchemy import func, select, update
from starlette.requests import HTTPConnection

from auth.keys import KeyRing, new_signing_key
from auth.models import SigningKey
from auth.tokens import LIFE
from retail.access.actor import ActorKind
from retail.access.models import ChannelClient
from tests.auth.door import Channel, Door, is_known
from tests.support.environment import MASTERS

MOMENT = timedelta(seconds=5)


async def test_a_token_tells_which_channel_asks(door: Door) -> None:
    channel = await door.register_channel()
    token = await door.token_of(channel)

    identity = await door.auth.identify(_socket(), f"Bearer {token}")

    assert identity is not None
    assert (identity.kind, identity.id) == (ActorKind.CHANNEL, channel.channel_id)
    assert timedelta(minutes=9) < identity.ends_at - door.clock() <= LIFE
    assert (await (await door.browser()).get("/auth/me", headers=_bearer(token))).json()["name"] == "Douyin"


async def test_a_token_has_the_shape_of_rfc_9068(door: Door) -> None:
    channel = await door.register_channel()
    header, claims = _open(await door.token_of(channel))

    assert (header["typ"], header["alg"]) == ("at+jwt", "Ed25519")
    assert header["kid"]
    assert claims["iss"] == door.public_url
    assert claims["aud"] == f"{door.public_url}/graphql"
    assert claims["sub"] == claims["client_id"] == channel.client_id
    assert claims["exp"] - claims["iat"] == 600
    assert len(claims["jti"]) >= 16


async def test_a_token_ends_after_ten_minutes_even_where_it_is_known_well(door: Door) -> None:
    token = await door.token_of(await door.register_channel())
    program = await door.browser()

    door.clock.turn(LIFE - timedelta(seconds=2))
    assert await is_known(program, token)
    door.clock.turn(timedelta(seconds=2))
    assert not await is_known(program, token)


async def test_an_expired_token_is_refused_by_a_process_that_never_saw_it(door: Door) -> None:
    token = await door.token_of(await door.register_channel())

    door.clock.turn(LIFE + timedelta(seconds=1))

    async with Door(door.database, clock=door.clock) as other_process:
        assert not await is_known(await other_process.browser(), token)


async def test_a_token_is_good_in_every_process(door: Door) -> None:
    token = await door.token_of(await door.register_channel())

    async with Door(door.database, clock=door.clock) as other_process:
        assert await is_known(await other_process.browser(), token)


async def test_one_changed_character_spoils_a_token(door: Door) -> None:
    token = await door.token_of(await door.register_channel())
    program = await door.browser()
    assert await is_known(program, token)

    # The last character of an Ed25519 signature carries spare bits, so it is left alone.
    for place in range(0, len(token) - 1, 7):
        changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert not await is_known(program, changed), place


async def test_claims_under_another_signature_are_refused(door: Door) -> None:
    header, claims = _open(await door.token_of(await door.register_channel()))

    assert not await _accepts(door, header, claims, OKPKey.generate_key("Ed25519"))


async def test_a_token_without_a_signature_is_refused(door: Door) -> None:
    header, claims = _open(await door.token_of(await door.register_channel()))

    for alg in ("none", "None", "NONE", ""):
        unsigned = f"{_encode({**header, 'alg': alg})}.{_encode(claims)}."
        assert not await is_known(await door.browser(), unsigned)


async def test_the_public_key_is_no_password(door: Door) -> None:
    """The old confusion: a token 'signed' by HMAC with what everybody may know."""
    header, claims = _open(await door.token_of(await door.register_channel()))
    public = (await _signing_key(door)).as_pem(private=False)

    signed = f"{_encode({**header, 'alg': 'HS256'})}.{_encode(claims)}"
    forged = f"{signed}.{_b64(hmac.digest(public, signed.encode(), 'sha256'))}"

    assert not await is_known(await door.browser(), forged)


async def test_a_token_that_is_far_too_long_is_not_even_read(door: Door) -> None:
    header, claims = _open(await door.token_of(await door.register_channel()))

    assert not await _accepts(door, header, {**claims, "padding": "x" * 4096}, await _signing_key(door))


@pytest.mark.parametrize(
    ("claim", "value"),
    [
        ("iss", "https://evil.example"),
        ("iss", None),
        ("aud", "https://another-server.example"),
        ("aud", ["https://another-server.example"]),
        ("aud", None),
        ("sub", None),
        ("client_id", None),
        ("client_id", ""),
        ("client_id", 7),
        ("client_id", "tsc_nobody"),
        ("client_id", "\x00"),
        ("jti", None),
        ("jti", 7),
        ("scope", None),
        ("scope", ["stock:read"]),
        ("proof", None),
        ("proof", "another secret"),
        ("store_ids", "S0001"),
        ("store_ids", [7]),
        ("exp", None),
        ("exp", "tomorrow"),
        ("exp", 1),
        ("iat", None),
        ("iat", 9_999_999_999),
        ("nbf", 9_999_999_999),
    ],
)
async def test_a_claim_that_is_wrong_or_missing_spoils_a_token(door: Door, claim: str, value: object) -> None:
    header, claims = _open(await door.token_of(await door.register_channel()))
    key = await _signing_key(door)
    assert await _accepts(door, header, claims, key)

    wrong = {name: kept for name, kept in {**claims, claim: value}.items() if kept is not None}

    assert not await _accepts(door, header, wrong, key)


@pytest.mark.parametrize("change", [{"typ": "JWT"}, {"typ": None}, {"kid": None}, {"kid": "other"}, {"crit": ["b64"]}])
async def test_a_header_that_is_wrong_or_missing_spoils_a_token(door: Door, change: dict[str, Any]) -> None:
    header, claims = _open(await door.token_of(await door.register_channel()))
    key = await _signing_key(door)
    changed = {name: kept for name, kept in {**header, **change}.items() if kept is not None}
    signed = f"{_encode(changed)}.{_encode(claims)}"
    signature = key.get_op_key("sign").sign(signed.encode())  # type: ignore[union-attr]  # it is Ed25519

    assert not await is_known(await door.browser(), f"{signed}.{_b64(signature)}")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(nonsense=st.one_of(st.text(max_size=60), st.lists(st.text(alphabet="eyJ.A_-0={}", max_size=40)).map(".".join)))
async def test_nonsense_is_a_stranger(door: Door, nonsense: str) -> None:
    assert await door.auth.identify(_socket(), f"Bearer {nonsense}") is None
    assert await door.auth.identify(_socket(), nonsense) is None


@pytest.mark.parametrize("nonsense", ["Bearer \ud800", "Bearer \ud800.\ud800.\ud800", "Bearer", "", " ", "\x00"])
async def test_what_a_socket_may_send_and_a_header_could_not_is_a_stranger_too(door: Door, nonsense: str) -> None:
    assert await door.auth.identify(_socket(), nonsense) is None


async def test_a_bad_token_is_not_excused_by_a_good_cookie(door: Door) -> None:
    browser = await door.signed_in(await door.hire())

    assert not await is_known(browser, "nonsense")
    assert (await browser.get("/auth/me", headers={"Authorization": "Basic eDp5"})).status_code == 401


async def test_a_leaked_key_that_is_revoked_opens_nothing_within_five_seconds(door: Door) -> None:
    channel = await door.register_channel()
    token = await door.token_of(channel)
    program = await door.browser()
    socket = await door.auth.identify(_socket(), f"Bearer {token}")
    assert await is_known(program, token)
    assert socket is not None
    assert await door.auth.ended([socket]) == set()

    await door.revoke(channel)

    assert await door.auth.ended([socket]) == {socket}
    door.clock.turn(MOMENT)
    assert not await is_known(program, token)


async def test_a_channel_that_is_closed_loses_its_tokens(door: Door) -> None:
    channel = await door.register_channel()
    token = await door.token_of(channel)
    program = await door.browser()
    assert await is_known(program, token)

    await _close(door, channel)

    door.clock.turn(MOMENT)
    assert not await is_known(program, token)


async def test_a_socket_ends_with_its_token(door: Door) -> None:
    socket = await door.auth.identify(_socket(), f"Bearer {await door.token_of(await door.register_channel())}")
    assert socket is not None

    door.clock.turn(LIFE)

    assert await door.auth.ended([socket]) == {socket}


async def test_a_retired_key_takes_its_tokens_along_and_the_next_key_signs(door: Door) -> None:
    channel = await door.register_channel()
    old = await door.token_of(channel)
    program = await door.browser()
    assert await is_known(program, old)

    async with door.database.begin() as session:
        await session.execute(update(SigningKey).values(retired_at=door.clock()))
        session.add(new_signing_key(door.clock(), MASTERS))
    door.clock.turn(MOMENT)

    assert not await is_known(program, old)
    new = await door.token_of(channel)
    assert _open(new)[0]["kid"] != _open(old)[0]["kid"]
    assert await is_known(program, new)


async def test_a_key_can_be_changed_without_a_failed_request(door: Door) -> None:
    channel = await door.register_channel()
    old = await door.token_of(channel)

    next_key = new_signing_key(door.clock() + timedelta(seconds=1), MASTERS)
    async with door.database.begin() as session:
        unretired = SigningKey.retired_at.is_(None)
        await session.execute(update(SigningKey).where(unretired).values(retired_at=door.clock() + 2 * LIFE))
        session.add(next_key)
    door.clock.turn(MOMENT)

    new = await door.token_of(channel)
    assert _open(new)[0]["kid"] == next_key.kid != _open(old)[0]["kid"]
    assert await is_known(await door.browser(), old)
    assert await is_known(await door.browser(), new)


async def test_processes_that_start_at_once_agree_on_one_key(door: Door) -> None:
    for _ in range(5):
        async with door.database.begin() as session:
            await session.execute(update(SigningKey).values(retired_at=door.clock() - MOMENT))

        kids = await asyncio.gather(*(_first_kid(door) for _ in range(5)))

        assert len(set(kids)) == 1
        async with door.database() as session:
            unretired = select(func.count()).select_from(SigningKey).where(SigningKey.retired_at.is_(None))
            assert await session.scalar(unretired) == 1


async def _first_kid(door: Door) -> str | None:
    return (await KeyRing(door.database, door.clock, MASTERS).signing()).kid


async def _signing_key(door: Door) -> OKPKey:
    return await KeyRing(door.database, door.clock, MASTERS).signing()


async def _accepts(door: Door, header: dict[str, Any], claims: dict[str, Any], key: OKPKey) -> bool:
    return await is_known(await door.browser(), jwt.encode(header, claims, key, algorithms=["Ed25519"]))


async def _close(door: Door, channel: Channel) -> None:
    async with door.database.begin() as session:
        await session.execute(
            update(ChannelClient).where(ChannelClient.id == channel.channel_id).values(revoked_at=door.clock())
        )


def _socket() -> HTTPConnection:
    return HTTPConnection({"type": "websocket", "headers": []})


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _open(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "==")) for part in token.split(".")[:2])
    return header, claims


def _encode(part: dict[str, Any]) -> str:
    return _b64(json.dumps(part).encode())


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
