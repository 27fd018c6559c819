from sqlalchemy import select

from auth.company.models import ExternalIdentity
from auth.models import StaffSession
from tests.auth.company.town import Provider, Town, query_of


async def test_the_company_s_account_opens_the_door(town: Town) -> None:
    person_id = await town.hire()
    visitor = await town.visitor()

    assert await visitor.sign_in() == "/"

    assert await visitor.is_known()
    async with town.database() as session:
        row = (await session.scalars(select(StaffSession))).one()
    assert (row.person_id, row.way) == (person_id, "company:north")


async def test_the_sign_in_page_learns_of_every_way(town: Town) -> None:
    visitor = await town.visitor()

    ways = (await visitor.ours.get("/auth/ways")).json()["ways"]

    assert ways[0] == {"id": "local"}
    north = {"id": "north", "kind": "oidc", "name": "公司账号", "nameEn": "公司账号"}
    assert ways[1] == {**north, "href": "/auth/company/north/start"}
    assert [way["kind"] for way in ways[1:]] == ["oidc", "wecom"]


async def test_the_provider_is_asked_for_a_code_with_state_nonce_and_pkce(town: Town, north: Provider) -> None:
    visitor = await town.visitor()

    address = await visitor.start("north")
    other = await visitor.start("north")

    asked = query_of(address)
    assert address.startswith(f"{north.url}/authorize?")
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == "http://127.0.0.1:8000/auth/company/north/callback"
    assert asked["scope"].split()[0] == "openid"
    for secret in ("state", "nonce", "code_challenge"):
        assert len(asked[secret]) >= 20
        assert asked[secret] != query_of(other)[secret]


async def test_what_the_browser_carries_is_sealed_and_out_of_reach_of_scripts(town: Town) -> None:
    visitor = await town.visitor()

    answer = await visitor.ours.get("/auth/company/north/start")

    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Max-Age=600" in cookie
    assert query_of(answer.headers["location"])["state"] not in cookie
    assert answer.headers["cache-control"] == "no-store"


async def test_over_https_the_cookie_is_bound_to_the_host(town: Town, north: Provider) -> None:
    async with Town(town.database, north.oidc(), site="https://stock.example") as secure:
        visitor = await secure.visitor()
        answer = await visitor.ours.get("/auth/company/north/start")

    assert answer.headers["set-cookie"].startswith("__Host-trueshelf_company=")
    assert "Secure" in answer.headers["set-cookie"]
    assert query_of(answer.headers["location"])["redirect_uri"].startswith("https://stock.example/")


async def test_another_process_finishes_what_one_has_begun(town: Town, north: Provider) -> None:
    await town.hire()
    visitor = await town.visitor()
    back = await visitor.choose(await visitor.start("north"))

    async with Town(town.database, north.oidc(), clock=town.clock) as other:
        elsewhere = await other.visitor()
        elsewhere.ours.cookies = visitor.ours.cookies
        assert await elsewhere.come_back(back) == "/"


async def test_signing_in_again_ends_the_session_before(town: Town) -> None:
    await town.hire()
    visitor = await town.visitor()
    await visitor.sign_in()
    before = await town.visitor()
    before.ours.cookies.update(visitor.ours.cookies)

    # A browser that comes from another site leaves strict cookies at home.
    back = await visitor.choose(await visitor.start("north"))
    visitor.ours.cookies.delete("trueshelf_session")
    assert await visitor.come_back(back) == "/"

    assert await visitor.is_known()
    assert not await before.is_known()


async def test_the_page_that_was_wanted_is_where_one_arrives(town: Town) -> None:
    await town.hire()
    visitor = await town.visitor()
    answer = await visitor.ours.get("/auth/company/north/start", params={"next": "/stock/tea"})

    assert await visitor.come_back(await visitor.choose(answer.headers["location"])) == "/stock/tea"


async def test_a_wish_for_a_fresh_proof_is_passed_on_and_checked(town: Town, north: Provider) -> None:
    await town.hire()
    async with Town(town.database, north.oidc(prompt="login", max_age=60)) as strict:
        visitor = await strict.visitor()
        asked = query_of(await visitor.start("north"))
        assert (asked["prompt"], asked["max_age"]) == ("login", "60")
        assert await visitor.sign_in() == "/"

        await north.wishes(claims={"auth_time": "now-200"})
        assert await visitor.sign_in() == "/sign-in?problem=START_AGAIN"
        await north.wishes(claims={"auth_time": None})
        assert await visitor.sign_in() == "/sign-in?problem=START_AGAIN"


async def test_the_first_sign_in_writes_the_link_down_and_later_ones_need_no_claim(town: Town, north: Provider) -> None:
    person_id = await town.hire()
    visitor = await town.visitor()
    await visitor.sign_in()

    async with town.database() as session:
        link = (await session.scalars(select(ExternalIdentity))).one()
    assert (link.provider, link.subject, link.person_id) == ("north", "demo|li.na", person_id)
    assert link.linked_by == "employee_number"

    await north.wishes(claims={"employee_number": None})
    assert await visitor.sign_in() == "/"


async def test_the_company_s_own_session_ends_with_ours(town: Town, north: Provider) -> None:
    await town.hire()
    visitor = await town.visitor()
    await visitor.sign_in()

    answer = await visitor.ours.post("/auth/sign-out", json={})

    leads = answer.json()["next"]
    assert leads.startswith(f"{north.url}/end-session?")
    assert query_of(leads)["client_id"] == "trueshelf"
    assert query_of(leads)["post_logout_redirect_uri"] == "http://127.0.0.1:8000/sign-in"
    assert "id_token_hint" not in leads
    assert not await visitor.is_known()


async def test_a_provider_that_is_away_keeps_nobody_from_signing_out(town: Town, north: Provider) -> None:
    await town.hire()
    visitor = await town.visitor()
    await visitor.sign_in()
    provider = town.auth.company.providers["north"]
    provider.discovery._metadata = None  # type: ignore[attr-defined]
    await north.wishes(discovery={"status": 503})

    answer = await visitor.ours.post("/auth/sign-out", json={})

    assert (answer.status_code, answer.json()) == (200, {"next": None})
    assert not await visitor.is_known()
