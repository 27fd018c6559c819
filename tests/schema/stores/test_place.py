"""Where a store is and how far around it somebody is still at work: said by whoever is not judged by it."""

from uuid import uuid4

import pytest

from retail.access.permissions import Role
from tests.schema.day.shifts import come
from tests.schema.tasks.chores import document
from tests.support.asking import Asker, Told
from tests.support.chain import Chain, Shop, origin

PLACE = document("setStorePlace", "store { latitude longitude radiusMetres }")
HERE = {"latitude": 39.9, "longitude": 116.4, "radiusMetres": 150}


async def place(asker: Asker, shop: Shop, **more: object) -> Told:
    return await asker.ask(PLACE, input={"requestId": uuid4(), "storeId": shop.id, **HERE, **more})


async def test_a_clock_in_is_judged_by_where_the_store_is_now(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    li, regional = await chain.clerk_at(riverside), await chain.staff(Role.REGIONAL_MANAGER, riverside)
    there = origin(latitude=39.9, longitude=116.402)  # 171 m to the east

    told = await place(regional, riverside)
    outside = (await come(li, origin=there)).value["entry"]
    await place(regional, riverside, radiusMetres=200)
    inside = (await come(li, origin=there)).value["entry"]

    assert told.value["store"] == HERE
    assert (outside["place"], outside["distanceMetres"]) == ("OUTSIDE", 171)
    assert inside["place"] == "INSIDE"
    acts = "select count(*) from operation_log where store_id = $1 and body like '%store.placed%'"
    assert await chain.value(acts, riverside.id) == 2


@pytest.mark.parametrize("role", [Role.CLERK, Role.STORE_MANAGER])
async def test_nobody_moves_the_store_that_they_clock_in_at(chain: Chain, role: Role) -> None:
    riverside = await chain.open_store("Riverside")

    told = await place(await chain.staff(role, riverside), riverside)

    assert (told.kind, told.value["permission"]) == ("NotPermitted", "store:place")


async def test_a_regional_manager_does_not_see_another_regions_store(chain: Chain) -> None:
    north, south = await chain.open_store("Riverside", "north"), await chain.open_store("Harbour", "south")

    told = await place(await chain.staff(Role.REGIONAL_MANAGER, north), south)

    assert (told.kind, told.value["path"]) == ("NotFound", "storeId")


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"latitude": 90.1}, ("latitude", "NOT_ON_EARTH")),
        ({"longitude": -181}, ("longitude", "NOT_ON_EARTH")),
        ({"radiusMetres": 19}, ("radiusMetres", "OUT_OF_RANGE")),
        ({"radiusMetres": 5001}, ("radiusMetres", "OUT_OF_RANGE")),
    ],
)
async def test_what_is_no_place_is_named(chain: Chain, wrong: dict[str, object], problem: tuple[str, str]) -> None:
    riverside = await chain.open_store("Riverside")

    told = await place(await chain.hire(Role.HQ_OPERATIONS), riverside, **wrong)

    assert told.problems == [problem]
