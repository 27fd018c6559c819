from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select

from api.demo.identity_provider import CLIENT_ID
from auth.company.models import ExternalIdentity
from auth.models import StaffSession
from tests.auth.company.town import Provider, Town, query_of


async def test_nobody_signs_in_without_having_begun(town: Town) -> None:
    """An attacker's own code, sent to a victim's browser, must not sign the victim in as the attacker."""
    await town.hire()
    attacker, victim = await town.visitor(), await town.visitor()
    back = await attacker.choose(await attacker.start("north"))

    assert await victim.come_back(back) == "/sign-in?problem=START_AGAIN"
    assert not await victim.is_known()

    # Not even when the victim has begun a sign-in of her own.
    await victim.start("north")
    assert await victim.come_back(back) == "/sign-in?problem=START_AGAIN"
    assert not await victim.is_known()


@pytest.mark.parametrize("state", [None, "", "another", "äöü"])
async def test_a_state_that_is_not_ours_is_refused(town: Town, state: str | None) -> None:
    await town.hire()
    visitor = await town.visitor()
    answer = query_of(await visitor.choose(await visitor.start("north")))
    changed = {name: value for name, value in {**answer, "state": state}.items() if value is not None}

    assert await visitor.come_back(f"/auth/company/north/callback?{urlencode(changed)}") == (
        "/sign-in?problem=START_AGAIN"
    )
    assert not await visitor.is_known()


async def test_a_sign_in_of_ten_minutes_ago_is_begun_again(town: Town) -> None:
    await town.hire()
    visitor = await town.visitor()
    back = await visitor.choose(await visitor.start("north"))

    town.clock.turn(timedelta(minutes=10, seconds=1))

    assert await visitor.come_back(back) == "/sign-in?problem=START_AGAIN"


async def test_a_cookie_that_somebody_has_changed_opens_nothing(town: Town) -> None:
    await town.hire()
    visitor = await town.visitor()
    back = await visitor.choose(await visitor.start("north"))
    sealed = visitor.ours.cookies["trueshelf_company"].strip('"')
    middle = len(sealed) // 2

    for forged in (sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :], "x", "=" * 50):
        visitor.ours.cookies.set("trueshelf_company", forged, domain="127.0.0.1")
        assert await visitor.come_back(back) == "/sign-in?problem=START_AGAIN"


async def test_a_code_works_once(town: Town) -> None:
    await town.hire()
    visitor = await town.visitor()
    back = await visitor.choose(await visitor.start("north"))
    carried = visitor.ours.cookies["trueshelf_company"]
    assert await visitor.come_back(back) == "/"
    assert "trueshelf_company" not in visitor.ours.cookies

    thief = await town.visitor()
    assert await thief.come_back(back) == "/sign-in?problem=START_AGAIN"
    # Even with the sealed cookie, the provider takes the code only once.
    thief.ours.cookies.set("trueshelf_company", carried.strip('"'), domain="127.0.0.1")
    assert await thief.come_back(back) == "/sign-in?problem=START_AGAIN"
    assert not await thief.is_known()


async def test_a_stolen_code_is_worth_nothing_without_its_verifier(town: Town) -> None:
    """PKCE: a code injected into another sign-in of the same client is refused by the provider."""
    await town.hire("wang")
    victim, attacker = await town.visitor(), await town.visitor()
    stolen = query_of(await victim.choose(await victim.start("north"), "wang"))["code"]

    own = query_of(await attacker.choose(await attacker.start("north")))
    injected = urlencode({**own, "code": stolen})

    assert await attacker.come_back(f"/auth/company/north/callback?{injected}") == "/sign-in?problem=START_AGAIN"
    assert not await attacker.is_known()


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": ["another-client", "a-third"]},
        {"aud": ["another-client"], "azp": CLIENT_ID},
        {"aud": None},
        {"aud": [CLIENT_ID, "another-client"]},
        {"aud": [CLIENT_ID, "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"exp": "now-60"},
        {"exp": None},
        {"exp": "soon"},
        {"iat": "now+600"},
        {"iat": None},
        {"nbf": "now+600"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "line\nfeed"},
        {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
        {"amr": "otp"},
    ],
    ids=str,
)
async def test_an_id_token_that_is_not_for_us_now_is_refused(
    town: Town, north: Provider, claims: dict[str, Any]
) -> None:
    await town.hire()
    visitor = await town.visitor()
    await north.wishes(claims=claims)

    assert await visitor.sign_in() == "/sign-in?problem=NOT_TRUSTED"
    assert not await visitor.is_known()
    async with town.database() as session:
        assert await session.scalar(select(func.count()).select_from(StaffSession)) == 0
        assert await session.scalar(select(func.count()).select_from(ExternalIdentity)) == 0


async def test_clocks_may_be_some_seconds_apart(town: Town, north: Provider) -> None:
    await town.hire()
    await north.wishes(claims={"exp": "now-10", "iat": "now+10"})

    assert await (await town.visitor()).sign_in() == "/"


async def test_several_audiences_are_fine_when_we_are_the_one_who_asked(town: Town, north: Provider) -> None:
    await town.hire()
    await north.wishes(claims={"aud": [CLIENT_ID, "another-client"], "azp": CLIENT_ID})

    assert await (await town.visitor()).sign_in() == "/"


@pytest.mark.parametrize("offered", [["RS256"], ["RS256", "HS256", "none"], None])
@pytest.mark.parametrize("sign", ["none", "hs256", "client secret", "strange key", "unknown key"])
async def test_only_the_provider_s_own_key_signs(
    town: Town, north: Provider, sign: str, offered: list[str] | None
) -> None:
    """Whatever the provider says that it supports: nothing unsigned, nothing signed with what others know."""
    await town.hire()
    visitor = await town.visitor()
    await north.wishes(sign=sign, metadata={"id_token_signing_alg_values_supported": offered})

    assert await visitor.sign_in() == "/sign-in?problem=NOT_TRUSTED"
    assert not await visitor.is_known()


async def test_a_rotated_key_is_fetched_when_it_is_first_seen(town: Town, north: Provider) -> None:
    await town.hire()
    visitor = await town.visitor()
    assert await visitor.sign_in() == "/"
    _pass_seconds(town, 11)

    await north.wishes(rotate=True)

    assert await visitor.sign_in() == "/"


async def test_made_up_keys_do_not_make_us_ask_for_ever(town: Town, north: Provider) -> None:
    await town.hire()
    visitor = await town.visitor()
    assert await visitor.sign_in() == "/"
    before = await north.asked("jwks")
    _pass_seconds(town, 11)

    for _ in range(5):
        token = await _strange_logout(north)
        answer = await visitor.ours.post("/auth/company/north/back-channel-logout", data={"logout_token": token})
        assert answer.status_code == 400

    assert await north.asked("jwks") == before + 1


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": 7},
        {"end_session_endpoint": "http://evil.example/out"},
        {"token_endpoint": "https://user:password@evil.example/token"},
        {"id_token_signing_alg_values_supported": ["HS256", "none"]},
    ],
    ids=str,
)
async def test_a_description_that_leads_elsewhere_is_not_followed(
    town: Town, north: Provider, metadata: dict[str, Any]
) -> None:
    await north.wishes(metadata=metadata)

    assert await (await town.visitor()).start("north") == "/sign-in?problem=NOT_TRUSTED"


async def test_a_description_cannot_reach_into_our_http_client(town: Town, north: Provider) -> None:
    await town.hire()
    await north.wishes(metadata={"verify": False, "proxy": "http://evil.example:1", "base_url": "http://evil.example"})

    assert await (await town.visitor()).sign_in() == "/"


@pytest.mark.parametrize("keys", [{}, {"keys": []}, {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}, {"keys": [7]}])
async def test_a_key_set_with_nothing_to_verify_with_is_refused(
    town: Town, north: Provider, keys: dict[str, Any]
) -> None:
    await town.hire()
    await north.wishes(jwks=keys)

    assert await (await town.visitor()).sign_in() == "/sign-in?problem=NOT_TRUSTED"


async def test_two_providers_are_never_mixed_up(town: Town, north: Provider, south: Provider) -> None:
    """A code of one provider, carried to the callback of the other, is used at neither (RFC 9700, 4.4)."""
    await town.hire()
    async with Town(town.database, north.oidc(), south.oidc()) as both:
        visitor = await both.visitor()
        asked_north, asked_south = await north.asked("token"), await south.asked("token")

        of_north = query_of(await visitor.choose(await visitor.start("north")))
        assert await visitor.come_back(f"/auth/company/south/callback?{urlencode(of_north)}") == (
            "/sign-in?problem=START_AGAIN"
        )

        await visitor.start("north")
        of_south = query_of(await visitor.choose(await visitor.start("south")))
        crossed = {**of_south, "iss": north.url}
        assert await visitor.come_back(f"/auth/company/south/callback?{urlencode(crossed)}") == (
            "/sign-in?problem=START_AGAIN"
        )
        assert not await visitor.is_known()
    assert (await north.asked("token"), await south.asked("token")) == (asked_north, asked_south)


async def test_an_answer_must_name_its_sender_where_the_provider_always_does(town: Town) -> None:
    await town.hire()
    visitor = await town.visitor()
    answer = query_of(await visitor.choose(await visitor.start("north")))
    del answer["iss"]

    assert await visitor.come_back(f"/auth/company/north/callback?{urlencode(answer)}") == (
        "/sign-in?problem=START_AGAIN"
    )


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/%2f%2fevil.example",
        "/stock?x=1",
        "/stock//evil.example",
        "javascript:alert(1)",
        "/\nLocation: https://evil.example",
        "stock",
        "/" + "a" * 300,
    ],
)
async def test_one_never_arrives_on_another_site(town: Town, wanted: str) -> None:
    await town.hire()
    visitor = await town.visitor()
    answer = await visitor.ours.get("/auth/company/north/start", params={"next": wanted})

    assert await visitor.come_back(await visitor.choose(answer.headers["location"])) == "/"


async def test_the_host_field_does_not_choose_where_the_provider_sends_people(town: Town) -> None:
    visitor = await town.visitor()

    address = await visitor.start("north", Host="evil.example")

    assert query_of(address)["redirect_uri"] == "http://127.0.0.1:8000/auth/company/north/callback"


@pytest.mark.parametrize(
    ("error", "problem"),
    [
        ("access_denied", "CANCELLED"),
        ("server_error", "PROVIDER_DOWN"),
        ("temporarily_unavailable", "PROVIDER_DOWN"),
        ("interaction_required", "START_AGAIN"),
        ("<script>", "START_AGAIN"),
    ],
)
async def test_what_the_provider_says_instead_of_a_code_has_words(
    town: Town, north: Provider, error: str, problem: str
) -> None:
    visitor = await town.visitor()
    state = query_of(await visitor.start("north"))["state"]
    said = urlencode({"error": error, "state": state, "iss": north.url})

    assert await visitor.come_back(f"/auth/company/north/callback?{said}") == f"/sign-in?problem={problem}"


async def test_a_callback_with_a_parameter_twice_or_endless_is_not_passed_on(town: Town, north: Provider) -> None:
    await town.hire()
    visitor = await town.visitor()
    before = await north.asked("token")

    for more in ({"code": ["one", "two"]}, {"code": "x" * 5000}):
        answer = query_of(await visitor.choose(await visitor.start("north")))
        query = urlencode({**answer, **more}, doseq=True)
        assert await visitor.come_back(f"/auth/company/north/callback?{query}") == "/sign-in?problem=START_AGAIN"

    assert await north.asked("token") == before


@pytest.mark.parametrize("path", ["start", "callback", "back-channel-logout"])
async def test_a_provider_that_we_do_not_have_is_not_found(town: Town, path: str) -> None:
    visitor = await town.visitor()
    ask = visitor.ours.post if path == "back-channel-logout" else visitor.ours.get

    assert (await ask(f"/auth/company/west/{path}")).status_code == 404


async def _strange_logout(north: Provider) -> str:
    await north.wishes(sign="unknown key")
    return await north.logout_token(person="li.na")


def _pass_seconds(town: Town, seconds: float) -> None:
    """Let the answers that our process remembers grow older."""
    discovery = town.auth.company.providers["north"].discovery  # type: ignore[attr-defined]
    discovery._keys_at -= seconds
