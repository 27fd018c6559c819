from urllib.parse import urlencode

import pytest

from retail.access.permissions import Role
from tests.auth.company.town import Provider, Town, query_of

IN_THE_APP = "Mozilla/5.0 (Linux; Android 14) wxwork/4.1.30 MicroMessenger/7.0.1"


async def test_a_scanned_code_opens_the_door(town: Town, north: Provider) -> None:
    await town.hire()
    visitor = await town.visitor()

    address = await visitor.start("wecom")
    assert address.startswith(f"{north.url}/wwlogin/sso/login?")
    assert query_of(address)["login_type"] == "CorpApp"
    assert await visitor.come_back(await visitor.choose(address)) == "/"

    assert await visitor.is_known()


async def test_inside_the_app_nobody_scans(town: Town, north: Provider) -> None:
    await town.hire()
    visitor = await town.visitor()

    address = await visitor.start("wecom", **{"User-Agent": IN_THE_APP})

    assert address.startswith(f"{north.url}/connect/oauth2/authorize?")
    assert address.endswith("#wechat_redirect")
    asked = query_of(address)
    assert (asked["response_type"], asked["scope"], asked["agentid"]) == ("code", "snsapi_base", "1000007")
    assert await visitor.come_back(await visitor.choose(address)) == "/"


async def test_the_state_is_one_that_wecom_carries(town: Town) -> None:
    state = query_of(await (await town.visitor()).start("wecom"))["state"]

    assert state.isalnum()
    assert 32 <= len(state) <= 128


async def test_the_company_s_token_is_kept_and_renewed_when_wecom_forgets_it(town: Town, north: Provider) -> None:
    await town.hire()
    before = await north.asked("gettoken")
    for _ in range(3):
        assert await (await town.visitor()).sign_in("wecom") == "/"
    assert await north.asked("gettoken") == before + 1

    await north.wishes(**{"forget tokens": True})

    assert await (await town.visitor()).sign_in("wecom") == "/"
    assert await north.asked("gettoken") == before + 2


async def test_a_token_near_its_end_is_renewed(town: Town, north: Provider) -> None:
    await town.hire()
    before = await north.asked("gettoken")
    await (await town.visitor()).sign_in("wecom")
    town.auth.company.providers["wecom"]._token_until = 0.0  # type: ignore[attr-defined]

    assert await (await town.visitor()).sign_in("wecom") == "/"

    assert await north.asked("gettoken") == before + 2


@pytest.mark.parametrize(
    ("wish", "problem"),
    [
        ({"getuserinfo": {"errcode": 40029, "errmsg": "invalid code"}}, "START_AGAIN"),
        ({"getuserinfo": {"errcode": 42001, "errmsg": "access_token expired"}}, "NOT_TRUSTED"),
        ({"getuserinfo": {"errcode": -1, "errmsg": "system busy"}}, "PROVIDER_DOWN"),
        ({"getuserinfo": {"errcode": 45009, "errmsg": "api freq out of limit"}}, "PROVIDER_DOWN"),
        ({"getuserinfo": {"errcode": 60020, "errmsg": "not allow to access from your ip"}}, "NOT_TRUSTED"),
        ({"getuserinfo": {"errcode": 0, "openid": "o_stranger"}}, "NO_ACCOUNT"),
        ({"getuserinfo": {"errcode": 0, "userid": ""}}, "NO_ACCOUNT"),
        ({"getuserinfo": {"errcode": 0, "userid": ["li.na"]}}, "NO_ACCOUNT"),
        ({"getuserinfo": {"errcode": 0, "userid": "nobody"}}, "NO_ACCOUNT"),
        ({"getuserinfo": {"errcode": "0", "userid": "li.na"}}, "PROVIDER_DOWN"),
        ({"getuserinfo": ["li.na"]}, "PROVIDER_DOWN"),
        ({"gettoken": {"errcode": 40001, "errmsg": "invalid credential"}}, "NOT_TRUSTED"),
        ({"gettoken": {"errcode": 0}}, "NOT_TRUSTED"),
        ({"gettoken": {"errcode": 0, "access_token": "", "expires_in": 7200}}, "NOT_TRUSTED"),
    ],
    ids=str,
)
async def test_every_answer_of_wecom_has_words(
    town: Town, north: Provider, wish: dict[str, object], problem: str
) -> None:
    await town.hire()
    visitor = await town.visitor()
    await north.wishes(**wish)

    assert await visitor.sign_in("wecom") == f"/sign-in?problem={problem}"
    assert not await visitor.is_known()


async def test_the_state_binds_the_code_to_the_browser(town: Town) -> None:
    await town.hire()
    attacker, victim = await town.visitor(), await town.visitor()
    back = await attacker.choose(await attacker.start("wecom"))
    await victim.start("wecom")

    assert await victim.come_back(back) == "/sign-in?problem=START_AGAIN"

    answer = query_of(await attacker.choose(await attacker.start("wecom")))
    for state in ("", "0" * 64, "äöü"):
        await attacker.start("wecom")
        forged = urlencode({**answer, "state": state})
        assert await attacker.come_back(f"/auth/company/wecom/callback?{forged}") == "/sign-in?problem=START_AGAIN"


async def test_a_code_works_once(town: Town) -> None:
    await town.hire()
    visitor = await town.visitor()
    back = await visitor.choose(await visitor.start("wecom"))
    carried = visitor.ours.cookies["trueshelf_company"].strip('"')
    assert await visitor.come_back(back) == "/"

    thief = await town.visitor()
    thief.ours.cookies.set("trueshelf_company", carried, domain="127.0.0.1")
    assert await thief.come_back(back) == "/sign-in?problem=START_AGAIN"


async def test_whoever_turns_back_is_told_so(town: Town) -> None:
    visitor = await town.visitor()
    state = query_of(await visitor.start("wecom"))["state"]

    assert await visitor.come_back(f"/auth/company/wecom/callback?state={state}") == "/sign-in?problem=CANCELLED"


async def test_wecom_proves_no_second_factor(town: Town) -> None:
    await town.hire(role=Role.HQ_COMPLIANCE)

    assert await (await town.visitor()).sign_in("wecom") == "/sign-in?step=enrol_second_factor"


async def test_wecom_has_no_session_of_its_own_to_end(town: Town) -> None:
    await town.hire()
    visitor = await town.visitor()
    await visitor.sign_in("wecom")

    assert (await visitor.ours.post("/auth/sign-out", json={})).json() == {"next": None}


async def test_the_secret_is_in_no_log(town: Town, north: Provider, caplog: pytest.LogCaptureFixture) -> None:
    await town.hire()
    with caplog.at_level("DEBUG"):
        await (await town.visitor()).sign_in("wecom")
        await north.wishes(gettoken={"errcode": 40001})
        town.auth.company.providers["wecom"]._token = ""  # type: ignore[attr-defined]
        await (await town.visitor()).sign_in("wecom")

    assert "a-secret-of-two-programs" not in caplog.text
