import time
from typing import Any

import pytest

from auth.company.fetching import LARGEST
from tests.auth.company.town import SITE, Provider, Town

DOWN = "/sign-in?problem=PROVIDER_DOWN"
NESTED = "[" * 100_000


async def test_a_provider_that_is_away_is_said_to_be_away(town: Town, north: Provider) -> None:
    nowhere = north.oidc(issuer="http://127.0.0.1:9")
    async with Town(town.database, nowhere) as lonely:
        assert await (await lonely.visitor()).start("north") == DOWN


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500},
        {"status": 404},
        {"status": 302, "headers": {"location": f"{SITE}/healthz"}},
        {"body": "<html>"},
        {"body": ""},
        {"body": "[]"},
        {"body": NESTED},
        {"body": "\x00"},
        {"size": LARGEST + 1},
        {"body": "{}", "headers": {"content-encoding": "gzip"}},
    ],
    ids=lambda answer: str(answer)[:40],
)
async def test_a_description_that_cannot_be_read_is_no_error_of_ours(
    town: Town, north: Provider, answer: dict[str, Any]
) -> None:
    await north.wishes(discovery=answer)

    assert await (await town.visitor()).start("north") == DOWN


@pytest.mark.parametrize(
    ("answer", "lands"),
    [
        ({"status": 500}, DOWN),
        ({"status": 503, "body": "{}"}, DOWN),
        ({"status": 429, "body": "slow down"}, DOWN),
        ({"status": 302, "headers": {"location": f"{SITE}/healthz"}}, DOWN),
        ({"size": LARGEST + 1}, DOWN),
        ({"body": "{}", "headers": {"content-encoding": "gzip"}}, DOWN),
        ({"body": "<html>"}, "/sign-in?problem=NOT_TRUSTED"),
        ({"body": "[]"}, "/sign-in?problem=NOT_TRUSTED"),
        ({"body": NESTED}, "/sign-in?problem=NOT_TRUSTED"),
        ({"body": "{}"}, "/sign-in?problem=NOT_TRUSTED"),
        ({"body": '{"access_token": "x"}'}, "/sign-in?problem=NOT_TRUSTED"),
        ({"body": '{"access_token": 7, "id_token": 8}'}, "/sign-in?problem=NOT_TRUSTED"),
        ({"body": '{"access_token": "x", "id_token": "a.b.c"}'}, "/sign-in?problem=NOT_TRUSTED"),
        ({"body": '{"access_token": "x", "id_token": {"a": []}}'}, "/sign-in?problem=NOT_TRUSTED"),
        ({"body": '{"error": "invalid_client"}', "status": 401}, "/sign-in?problem=NOT_TRUSTED"),
        ({"body": '{"error": ["x"]}', "status": 400}, "/sign-in?problem=START_AGAIN"),
    ],
    ids=lambda answer: str(answer)[:50],
)
async def test_a_token_answer_that_cannot_be_read_is_no_error_of_ours(
    town: Town, north: Provider, answer: dict[str, Any], lands: str
) -> None:
    await town.hire()
    visitor = await town.visitor()
    await north.wishes(token=answer)

    assert await visitor.sign_in() == lands
    assert not await visitor.is_known()


@pytest.mark.parametrize("how", [{"after": 9, "body": "{}"}, {"drip": 9}], ids=["silent", "dripping"])
async def test_a_slow_provider_is_waited_for_five_seconds_and_no_more(
    town: Town, north: Provider, how: dict[str, Any]
) -> None:
    await town.hire()
    visitor = await town.visitor()
    back = await visitor.choose(await visitor.start("north"))
    await north.wishes(token=how)

    begin = time.monotonic()
    assert await visitor.come_back(back) == DOWN
    assert 4 < time.monotonic() - begin < 7


async def test_a_provider_that_has_failed_is_left_alone_for_a_moment(town: Town, north: Provider) -> None:
    await north.wishes(discovery={"status": 500})
    visitor = await town.visitor()
    before = await north.asked("discovery")

    for _ in range(20):
        assert await visitor.start("north") == DOWN

    assert await north.asked("discovery") == before + 1


async def test_only_so_many_wait_for_one_provider(town: Town) -> None:
    await town.hire()
    visitor = await town.visitor()
    back = await visitor.choose(await visitor.start("north"))
    town.auth.company._waiting["north"] = 32

    assert await visitor.come_back(back) == DOWN
