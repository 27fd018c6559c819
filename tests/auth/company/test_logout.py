from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from api.demo.identity_provider import CLIENT_ID
from auth.company.models import HeardLogout
from auth.models import HalfSession
from retail.access.permissions import Role
from tests.auth.company.town import Provider, Town, Visitor, query_of

PATH = "/auth/company/north/back-channel-logout"


async def tell(visitor: Visitor, token: str) -> httpx.Response:
    """Bring a logout token as the provider does: without any cookie."""
    visitor.ours.cookies.clear()
    return await visitor.ours.post(PATH, data={"logout_token": token})


async def test_a_sign_out_at_the_provider_ends_every_session_that_it_vouched_for(town: Town, north: Provider) -> None:
    await town.hire()
    await town.hire("wang")
    phone, tablet, colleague = [await town.visitor() for _ in range(3)]
    await phone.sign_in()
    await tablet.sign_in()
    await colleague.sign_in(person="wang")

    answer = await tell(await town.visitor(), await north.logout_token(person="li.na"))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    _pass(town, 3)
    assert [await each.is_known() for each in (phone, tablet, colleague)] == [False, False, True]


async def test_a_sign_out_of_one_session_there_ends_one_session_here(town: Town, north: Provider) -> None:
    await town.hire()
    phone, tablet = await town.visitor(), await town.visitor()
    await north.wishes(claims={"sid": "of-the-phone"})
    await phone.sign_in()
    await north.wishes(claims={"sid": "of-the-tablet"})
    await tablet.sign_in()

    assert (await tell(await town.visitor(), await north.logout_token(sid="of-the-phone"))).status_code == 200
    _pass(town, 3)
    assert [await each.is_known() for each in (phone, tablet)] == [False, True]

    both = {"person": "li.na", "sid": "of-the-tablet"}
    assert (await tell(await town.visitor(), await north.logout_token(**both))).status_code == 200
    _pass(town, 3)
    assert not await tablet.is_known()


async def test_a_session_by_password_is_not_the_provider_s_to_end(town: Town, north: Provider) -> None:
    person_id = await town.hire()
    visitor = await town.visitor()
    token = await town.auth.sessions.create(person_id, "")
    visitor.ours.cookies.set("trueshelf_session", token)

    await tell(await town.visitor(), await north.logout_token(person="li.na"))

    _pass(town, 3)
    assert await visitor.is_known()


async def test_a_half_session_ends_too(town: Town, north: Provider) -> None:
    await town.hire(role=Role.HQ_OPERATIONS)
    await north.wishes(claims={"amr": ["pwd"]})
    visitor = await town.visitor()
    assert (await visitor.sign_in()).startswith("/sign-in?step=")

    await tell(await town.visitor(), await north.logout_token(person="li.na"))

    async with town.database() as session:
        assert (await session.scalars(select(HalfSession))).all() == []


async def test_a_logout_token_is_obeyed_once_in_whichever_process(town: Town, north: Provider) -> None:
    await town.hire()
    token = await north.logout_token(person="li.na")
    assert (await tell(await town.visitor(), token)).status_code == 200

    visitor = await town.visitor()
    await visitor.sign_in()
    async with Town(town.database, north.oidc(), clock=town.clock) as other:
        again = await tell(await other.visitor(), token)

    assert (again.status_code, again.json()["error"]) == (400, "invalid_request")
    _pass(town, 3)
    assert await visitor.is_known()


async def test_what_was_heard_is_forgotten_when_it_can_no_longer_come_again(town: Town, north: Provider) -> None:
    await tell(await town.visitor(), await north.logout_token(person="li.na", claims={"jti": "first"}))
    _pass(town, 7 * 60)

    later = {"iat": "now+420", "exp": "now+600"}
    await tell(await town.visitor(), await north.logout_token(person="li.na", claims=later))

    async with town.database() as session:
        assert len((await session.scalars(select(HeardLogout))).all()) == 1


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": None},
        {"iat": "now-400"},
        {"iat": "now+400"},
        {"iat": None},
        {"exp": "now-60"},
        {"jti": None},
        {"jti": ""},
        {"jti": "x" * 300},
        {"events": None},
        {"events": {}},
        {"events": {"http://schemas.openid.net/event/backchannel-logout": 1}},
        {"events": "http://schemas.openid.net/event/backchannel-logout"},
        {"nonce": "an id token"},
        {"sub": None},
        {"sub": 7},
    ],
    ids=str,
)
async def test_a_token_that_is_no_logout_of_today_ends_nothing(
    town: Town, north: Provider, claims: dict[str, Any]
) -> None:
    await town.hire()
    visitor = await town.visitor()
    await visitor.sign_in()

    answer = await tell(await town.visitor(), await north.logout_token(person="li.na", claims=claims))

    assert answer.status_code == 400
    _pass(town, 3)
    assert await visitor.is_known()


@pytest.mark.parametrize("sign", ["none", "hs256", "client secret", "strange key", "unknown key"])
async def test_only_the_provider_signs_people_out(town: Town, north: Provider, sign: str) -> None:
    await town.hire()
    visitor = await town.visitor()
    await visitor.sign_in()
    await north.wishes(sign=sign)

    answer = await tell(await town.visitor(), await north.logout_token(person="li.na"))

    assert answer.status_code == 400
    _pass(town, 3)
    assert await visitor.is_known()


async def test_a_token_of_another_type_is_none(town: Town, north: Provider) -> None:
    token = await north.logout_token(person="li.na", typ="at+jwt")

    assert (await tell(await town.visitor(), token)).status_code == 400


async def test_an_id_token_signs_nobody_out(town: Town, north: Provider) -> None:
    await town.hire()
    visitor = await town.visitor()
    back = query_of(await visitor.choose(await visitor.start("north")))
    assert back["iss"] == north.url
    claims = {"events": None, "nonce": "n", "aud": CLIENT_ID, "exp": "now+60"}

    assert (await tell(visitor, await north.logout_token(person="li.na", claims=claims))).status_code == 400


async def test_one_provider_cannot_sign_out_the_people_of_another(town: Town, north: Provider, south: Provider) -> None:
    await town.hire()
    async with Town(town.database, north.oidc(), south.oidc(), clock=town.clock) as both:
        visitor = await both.visitor()
        await visitor.sign_in("north")
        stranger = await both.visitor()
        token = await south.logout_token(person="li.na")

        foreign = await stranger.ours.post(PATH, data={"logout_token": token})
        own = await stranger.ours.post("/auth/company/south/back-channel-logout", data={"logout_token": token})

        assert (foreign.status_code, own.status_code) == (400, 200)
        _pass(town, 3)
        assert await visitor.is_known()


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"", "application/x-www-form-urlencoded", 400),
        (b"logout_token=", "application/x-www-form-urlencoded", 400),
        (b"logout_token=a&logout_token=b", "application/x-www-form-urlencoded", 400),
        (b"logout_token=a.b.c", "application/x-www-form-urlencoded", 400),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 400),
        (b"&".join([b"a=1"] * 50), "application/x-www-form-urlencoded", 400),
        (b"logout_token=" + b"x" * 20_000, "application/x-www-form-urlencoded", 413),
        (b'{"logout_token": "a"}', "application/json", 415),
    ],
)
async def test_nonsense_is_answered_and_bounded(town: Town, body: bytes, kind: str, status: int) -> None:
    visitor = await town.visitor()

    answer = await visitor.ours.post(PATH, content=body, headers={"Content-Type": kind})

    assert answer.status_code == status
    assert answer.json()["messageZh"]


async def test_wecom_has_no_back_channel(town: Town) -> None:
    visitor = await town.visitor()
    form = {"logout_token": "a.b.c"}

    assert (await visitor.ours.post("/auth/company/wecom/back-channel-logout", data=form)).status_code == 404


def _pass(town: Town, seconds: float) -> None:
    town.clock.turn(timedelta(seconds=seconds))
