"""Labels are printed for whoever may arrange the shelves, and for nobody else."""

import asyncio
from uuid import uuid4
from xml.etree import ElementTree as ET

import httpx
import pytest
import zxingcpp

from retail.access.permissions import Role
from tests.api.shelves.test_labels import contents, drawn
from tests.schema.shelves.words import do
from tests.support.asking import Asker
from tests.support.chain import Chain, Staff


@pytest.fixture
async def manager(chain: Chain) -> Staff:
    manager = await chain.staff(Role.STORE_MANAGER, await chain.open_store())
    await do(manager, "addShelves", storeId=manager.shop.id, zone="A", codes=["A-01", "A-02", "A-03"])
    return manager


async def printed(asker: Asker, kind: str = "pdf", /, **query: object) -> httpx.Response:
    wanted = {k: str(v) for k, v in query.items()}
    return await asker.http.get(f"{asker.server}/labels/shelves.{kind}", params=wanted, headers=asker.headers)


async def test_a_manager_prints_all_shelves_and_each_qr_opens_its_shelf(chain: Chain, manager: Staff) -> None:
    answer = await printed(manager, store=manager.shop.id, size="medium")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    scanned = [each.text for each in zxingcpp.read_barcodes(drawn(contents(answer.content)[0]))]
    tokens = await chain.rows("select token from shelf where store_id = $1", manager.shop.id)
    assert sorted(scanned) == sorted(f"{manager.server}/s/{row['token']}" for row in tokens)


async def test_one_shelf_is_printed_alone(chain: Chain, manager: Staff) -> None:
    shelf = (await chain.rows("select id, token from shelf where store_id = $1 and code = 'A-02'", manager.shop.id))[0]

    answer = await printed(manager, store=manager.shop.id, shelf=shelf["id"], size="large")

    scanned = [each.text for each in zxingcpp.read_barcodes(drawn(contents(answer.content)[0]))]
    assert scanned == [f"{manager.server}/s/{shelf['token']}"]


async def test_the_first_sheet_is_shown_before_it_is_printed(manager: Staff) -> None:
    await do(manager, "addShelves", storeId=manager.shop.id, zone="茶 <&>", codes=["T-01"], name="奶茶")

    answer = await printed(manager, "svg", store=manager.shop.id, size="medium")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
    page = ET.fromstring(answer.text)  # noqa: S314 -- our own
    words = [each.text for each in page.iter("{http://www.w3.org/2000/svg}text")]
    assert {"A-01", "A-02", "A-03", "T-01", "茶 <&>", "奶茶"} <= set(words)
    assert "sandbox" in answer.headers["content-security-policy"]


async def test_who_may_not_arrange_shelves_prints_none(chain: Chain, manager: Staff) -> None:
    clerk = await chain.clerk_at(manager.shop)
    stranger = await chain.staff(Role.STORE_MANAGER, await chain.open_store("Harbour"))
    nobody = Asker(chain.http, chain.server, {})

    answers = [
        await printed(who, kind, store=manager.shop.id) for kind in ("pdf", "svg") for who in (clerk, stranger, nobody)
    ]

    assert [each.status_code for each in answers] == [403, 404, 401] * 2
    assert all(each.json()["errors"][0]["extensions"]["messageZh"] for each in answers)


async def test_whoever_loses_the_role_is_told_so_within_five_seconds(chain: Chain, manager: Staff) -> None:
    await chain.rows("update assignment set valid_until = now() where person_id = $1", manager.id)

    for _ in range(25):
        answer = await printed(manager, store=manager.shop.id)
        if answer.status_code == 401:
            break
        await asyncio.sleep(0.2)

    assert answer.json()["errors"][0]["extensions"]["code"] == "ACCESS_ENDED"


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"size": "huge"}, 400),
        ({"store": "x"}, 400),
        ({"shelf": "x"}, 400),
        ({"shelf": uuid4()}, 404),
        ({"store": uuid4()}, 404),
    ],
)
async def test_a_wrong_question_is_answered_in_words(manager: Staff, query: dict[str, object], status: int) -> None:
    answer = await printed(manager, **{"store": manager.shop.id, **query})

    assert answer.status_code == status
    assert answer.json()["errors"][0]["message"]


async def test_a_store_without_shelves_has_nothing_to_print(chain: Chain) -> None:
    manager = await chain.staff(Role.STORE_MANAGER, await chain.open_store("Empty"))

    answer = await printed(manager, store=manager.shop.id)

    assert answer.status_code == 400
