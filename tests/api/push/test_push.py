"""Somebody has looked at too many people's data: whoever reads the log is woken, and told nothing."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from py_vapid import Vapid02

from api.outbound.webpush import MESSAGE_BYTES
from retail.access.permissions import Role
from tests.support.asking import Asker
from tests.support.chain import Chain, found_chain, open_chain
from tests.support.postgres import TestingPostgres
from tests.support.push_service import Browser, PushService, push_service
from tests.support.server import ServerProcess

SUBSCRIBE = """mutation($input: SubscribePushInput!) { subscribePush(input: $input) { __typename
  ... on SubscribePushSuccess { subscriptionId } ... on Refusal { code }
  ... on InvalidInput { problems { path code } } } }"""
UNSUBSCRIBE = """mutation($input: UnsubscribePushInput!) { unsubscribePush(input: $input) { __typename
  ... on UnsubscribePushSuccess { removed } ... on Refusal { code } } }"""


@pytest.fixture(scope="module")
async def shop(postgres: TestingPostgres) -> AsyncIterator[Chain]:
    with postgres.database(postgres.migrated()) as url:
        await found_chain(url, 20)
        with ServerProcess(url, TRUESHELF_PUSH_INSIDE="true") as server:
            async with open_chain(url, server.url) as chain:
                yield chain


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as running:
        yield running


async def subscribe(asker: Asker, browser: Browser, request: UUID | None = None) -> Any:
    return await asker.ask(SUBSCRIBE, input={"requestId": request or uuid4(), **browser.subscription})


async def raise_alarm(chain: Chain, about: UUID | None = None) -> None:
    await chain.rows(
        "insert into security_alarm (id, kind, about_id, people, usual, raised_at)"
        " values (gen_random_uuid(), 'many_people', $1, 40, 2, now()) returning id",
        about or uuid4(),
    )


async def subscriptions(chain: Chain, asker: Asker) -> list[Any]:
    return list(await chain.rows("select * from push_subscription where person_id = $1", asker.id))


async def until(chain: Chain, asker: Asker, count: int, patience: float = 10) -> bool:
    """Say whether somebody has so many subscriptions within a while."""
    for _ in range(int(patience / 0.1)):
        if len(await subscriptions(chain, asker)) == count:
            return True
        await asyncio.sleep(0.1)
    return False


async def test_an_alarm_wakes_whoever_reads_the_log_and_says_nothing(shop: Chain, service: PushService) -> None:
    auditor, browser = await shop.hire(Role.HQ_COMPLIANCE), service.browser("auditors")
    key = (await auditor.ask("{ pushPublicKey }")).value
    assert (await subscribe(auditor, browser)).kind == "SubscribePushSuccess"

    suspect = uuid4()
    await raise_alarm(shop, suspect)
    message = await service.next("auditors")

    said = browser.open(message.body)
    assert orjson.loads(said) == {"path": "/people/alarms"}
    assert len(said) == MESSAGE_BYTES
    everything = message.body + orjson.dumps(dict(message.headers)) + said
    for secret in (suspect.hex, str(suspect), str(auditor.id), auditor.name, "40"):
        assert secret.encode() not in said, secret
    assert auditor.name.encode() not in everything
    assert message.headers["content-encoding"] == "aes128gcm"
    assert int(message.headers["ttl"]) > 0
    assert f"k={key}" in message.headers["authorization"]
    assert Vapid02.verify(message.headers["authorization"])
    with pytest.raises(Exception):  # noqa: B017, PT011 -- however the library says that it cannot
        service.browser("somebody else's").open(message.body)


async def test_one_alarm_is_one_call_and_the_next_another(shop: Chain, service: PushService) -> None:
    auditor = await shop.hire(Role.HQ_COMPLIANCE)
    await subscribe(auditor, service.browser("once"))

    await raise_alarm(shop)
    await service.next("once")
    await asyncio.sleep(5)
    calls = len(service.came["once"])
    service.came.clear()
    await raise_alarm(shop)
    await service.next("once")

    assert calls == 1


@pytest.mark.parametrize("role", [Role.CLERK, Role.STORE_MANAGER, Role.REGIONAL_MANAGER])
async def test_who_does_not_read_the_log_is_not_woken(shop: Chain, service: PushService, role: Role) -> None:
    other, auditor = await shop.hire(role), await shop.hire(Role.HQ_COMPLIANCE)
    await subscribe(other, service.browser("others"))
    await subscribe(auditor, service.browser("auditors"))

    await raise_alarm(shop)
    await service.next("auditors")
    await asyncio.sleep(2.5)

    assert "others" not in service.came


async def test_whom_the_alarm_is_about_is_not_warned(shop: Chain, service: PushService) -> None:
    suspect, auditor = await shop.hire(Role.HQ_COMPLIANCE), await shop.hire(Role.HQ_COMPLIANCE)
    await shop.rows("update security_alarm set acknowledged_at = now() returning id")
    await subscribe(suspect, service.browser("suspects"))
    await subscribe(auditor, service.browser("auditors"))

    await raise_alarm(shop, suspect.id)
    await service.next("auditors")
    await asyncio.sleep(2.5)

    assert "suspects" not in service.came


async def test_who_has_signed_out_gets_nothing_and_is_forgotten(shop: Chain, service: PushService) -> None:
    auditor, other = await shop.hire(Role.HQ_COMPLIANCE), await shop.hire(Role.HQ_COMPLIANCE)
    await subscribe(auditor, service.browser("gone"))
    await subscribe(other, service.browser("there"))

    await shop.rows("update staff_session set revoked_at = now() where person_id = $1 returning 1", auditor.id)
    await raise_alarm(shop)
    await service.next("there")

    assert await until(shop, auditor, 0)
    assert "gone" not in service.came


async def test_who_has_left_gets_nothing(shop: Chain, service: PushService) -> None:
    leaver, other = await shop.hire(Role.HQ_COMPLIANCE), await shop.hire(Role.HQ_COMPLIANCE)
    await subscribe(leaver, service.browser("left"))
    await subscribe(other, service.browser("stayed"))

    await shop.rows("update person set left_at = now() where id = $1 returning id", leaver.id)
    await raise_alarm(shop)
    await service.next("stayed")
    await asyncio.sleep(2.5)

    assert "left" not in service.came


@pytest.mark.parametrize("status", [404, 410])
async def test_a_browser_that_is_gone_is_forgotten(shop: Chain, service: PushService, status: int) -> None:
    auditor = await shop.hire(Role.HQ_COMPLIANCE)
    service.answers["lost"] = [status]
    await subscribe(auditor, service.browser("lost"))

    await raise_alarm(shop)
    await service.next("lost")

    assert await until(shop, auditor, 0)


async def test_a_service_that_is_busy_is_asked_again_later(shop: Chain, service: PushService) -> None:
    auditor = await shop.hire(Role.HQ_COMPLIANCE)
    service.answers["busy"] = [503, 429, 201]
    await subscribe(auditor, service.browser("busy"))

    await raise_alarm(shop)
    for _ in range(300):
        if len(service.came.get("busy", [])) == 3:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(1)

    kept = (await subscriptions(shop, auditor))[0]
    assert len(service.came["busy"]) == 3
    assert (kept["failures"], kept["due_at"]) == (0, None)
    assert list(orjson.loads(kept["called"])) == ["/people/alarms"]


async def test_a_redirect_leads_nowhere(shop: Chain, service: PushService) -> None:
    auditor = await shop.hire(Role.HQ_COMPLIANCE)
    service.answers["turned"] = [307]
    await subscribe(auditor, service.browser("turned"))

    await raise_alarm(shop)
    await service.next("turned")
    await asyncio.sleep(0.5)

    assert (await subscriptions(shop, auditor))[0]["failures"] == 1


async def test_subscribing_again_is_one_subscription_and_eleven_browsers_are_ten(
    shop: Chain, service: PushService
) -> None:
    clerk = await shop.hire(Role.CLERK)
    request = uuid4()
    first = await subscribe(clerk, service.browser("mine"), request)
    browser = service.browser("other")
    for _ in range(2):
        await subscribe(clerk, browser)

    assert first.kind == "SubscribePushSuccess"
    assert len(await subscriptions(shop, clerk)) == 2
    for n in range(11):
        await subscribe(clerk, service.browser(f"browser {n}".replace(" ", "-")))
    assert len(await subscriptions(shop, clerk)) == 10


async def test_nobody_ends_the_subscription_of_another(shop: Chain, service: PushService) -> None:
    hers, his = await shop.hire(Role.CLERK), await shop.hire(Role.CLERK)
    browser = service.browser("shared")
    await subscribe(hers, browser)

    foreign = await his.ask(UNSUBSCRIBE, input={"requestId": uuid4(), "endpoint": browser.endpoint})
    own = await hers.ask(UNSUBSCRIBE, input={"requestId": uuid4(), "endpoint": browser.endpoint})

    assert (foreign.value["removed"], own.value["removed"]) == (False, True)
    assert await subscriptions(shop, hers) == []


async def test_a_program_has_no_browser(shop: Chain, service: PushService) -> None:
    channel = await shop.register_channel()

    told = await subscribe(channel, service.browser("program"))

    assert (told.kind, told.value["code"]) == ("OnlyPeople", "ONLY_PEOPLE")


async def test_in_a_real_chain_no_push_service_is_inside(chain: Chain) -> None:
    clerk = await chain.hire(Role.CLERK)

    for url in ("http://127.0.0.1:9", "https://localhost", "https://10.0.0.1", "http://push.example.com"):
        told = await subscribe(clerk, Browser("inside", url))

        assert (told.kind, told.problems) == ("InvalidInput", [("endpoint", "NOT_A_PUSH_SERVICE")])
