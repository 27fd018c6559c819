"""Stores and their business days, as clerks and managers see them."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from retail.access.permissions import Role
from retail.kernel.clock import business_day, business_day_start
from tests.support.chain import Chain, origin

SHANGHAI = "Asia/Shanghai"


async def test_a_day_opened_twice_was_opened_first(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, colleague = await chain.clerk_at(riverside), await chain.clerk_at(riverside)

    first = await clerk.do("openBusinessDay", storeId=riverside.id, origin=origin())
    second = await colleague.do("openBusinessDay", storeId=riverside.id, origin=origin())

    day = first.value["store"]["businessDay"]
    assert second.value["store"]["businessDay"] == day
    assert day["openedBy"] == clerk.name
    assert day["day"] == business_day(datetime.now(UTC), SHANGHAI, time(4)).isoformat()


async def test_a_day_that_nobody_opened_is_told_so(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk = await chain.clerk_at(riverside)

    told = await clerk.ask(
        "query($id: UUID!) { store(id: $id) { businessDay { openedAt openedBy } } }", id=riverside.id
    )

    assert told.data["store"]["businessDay"] == {"openedAt": None, "openedBy": None}


async def test_the_stores_of_a_chain_come_page_by_page(chain: Chain) -> None:
    headquarters = await chain.hire(Role.HQ_OPERATIONS)
    query = "query($after: String) { stores(first: 100, after: $after) { edges { node { code } } totalCount pageInfo { hasNextPage endCursor } } }"  # noqa: E501 -- one query
    codes, after, more = [], None, True

    while more:
        page = (await headquarters.ask(query, after=after)).data["stores"]
        codes += [edge["node"]["code"] for edge in page["edges"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]

    assert codes == [row["code"] for row in await chain.rows("select code from store order by code")]
    assert page["totalCount"] == len(codes)


@pytest.mark.parametrize(
    ("local", "day"),
    [("2026-03-02 03:59", "2026-03-01"), ("2026-03-02 04:00", "2026-03-02"), ("2026-03-02 23:59", "2026-03-02")],
)
def test_a_sale_after_midnight_belongs_to_yesterday_until_the_day_turns(local: str, day: str) -> None:
    instant = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(SHANGHAI))

    found = business_day(instant, SHANGHAI, time(4))

    assert found.isoformat() == day
    assert business_day_start(found, SHANGHAI, time(4)) <= instant
