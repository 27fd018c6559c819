"""Announcing photos, reading of them, and taking one again that could not be kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from retail.access.permissions import Role
from retail.kernel.base import new_id
from retail.kernel.clock import utc_now
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted
from retail.photos.models import PhotoAbout
from retail.photos.rules import MOST_BYTES, MOST_OF_ONE_ACT
from tests.support.album import Shot, announced, bring, fetch, look, refusal, shot, told
from tests.support.asking import Asker, Told
from tests.support.chain import Chain, Staff

SHOWN = "id storeId about aboutId standsFor status problem takenAt width height url smallUrl"
LIST = f"""query($store: UUID!, $first: Int!, $after: String, $status: PhotoStatus) {{
    photos(storeId: $store, first: $first, after: $after, status: $status) {{
        edges {{ node {{ {SHOWN} }} }} pageInfo {{ hasNextPage endCursor }}
    }}
}}"""
ONE = f"query($id: UUID!) {{ photo(id: $id) {{ {SHOWN} }} }}"
RETAKE = f"""mutation($input: RetakePhotoInput!) {{ retakePhoto(input: $input) {{
    __typename ... on RetakePhotoSuccess {{ photo {{ {SHOWN} }} }} ... on Refusal {{ code message messageZh }}
    ... on InvalidInput {{ problems {{ path code }} }}
}} }}"""


@pytest.fixture
async def clerk(chain: Chain) -> Staff:
    return await chain.clerk_at(await chain.open_store("Riverside"))


async def photo(by: Asker, id: UUID) -> Any:
    return (await by.ask(ONE, id=id)).data["photo"]


async def listed(by: Asker, clerk: Staff, **how: object) -> list[Any]:
    page = (await by.ask(LIST, store=clerk.shop.id, **{"first": 100, **how})).data["photos"]
    return [edge["node"] for edge in page["edges"]]


def as_input(taken: Shot, **other: object) -> dict[str, object]:
    told = {"id": taken.id, "sha256": taken.sha256, "bytes": len(taken.data), "takenAt": utc_now().isoformat()}
    return {**told, **other}


async def retake(by: Asker, old: UUID, taken: Shot, **other: object) -> Told:
    return await by.ask(RETAKE, input={"requestId": uuid4(), "photoId": old, "photo": as_input(taken, **other)})


async def a_refused_photo(chain: Chain, clerk: Staff) -> tuple[UUID, UUID]:
    """Return a photo that could not be kept, and what it is about."""
    rubbish = Shot(b"this is no picture")
    thing = await announced(chain, clerk, rubbish.described())
    assert told(await bring(clerk, rubbish))[0] == "REFUSED"
    return rubbish.id, thing


# ------------------------------------------------------------ reading


async def test_an_announced_photo_is_awaited_until_it_is_here(chain: Chain, clerk: Staff) -> None:
    manager = await chain.staff(Role.STORE_MANAGER, clerk.shop)
    taken = shot()
    thing = await announced(chain, clerk, taken.described())

    before = await photo(manager, taken.id)
    await bring(clerk, taken)
    after = await photo(manager, taken.id)

    assert (before["status"], before["url"], before["width"]) == ("AWAITED", None, None)
    assert (after["status"], after["about"], after["aboutId"]) == ("KEPT", "RETURN", str(thing))
    assert (after["width"], after["height"]) == (640, 480)
    served = await manager.http.get(manager.server + after["url"], headers=manager.headers)
    small = await manager.http.get(manager.server + after["smallUrl"], headers=manager.headers)
    assert 0 < len(small.content) < len(served.content)


async def test_those_that_never_came_can_be_listed(chain: Chain, clerk: Staff) -> None:
    here, missing = shot(1), shot(2)
    await announced(chain, clerk, here.described(), missing.described())
    await bring(clerk, here)

    assert [each["id"] for each in await listed(clerk, clerk, status="AWAITED")] == [str(missing.id)]
    assert [each["id"] for each in await listed(clerk, clerk, status="KEPT")] == [str(here.id)]
    assert len(await listed(clerk, clerk)) == 2


async def test_pages_hold_every_photo_once(chain: Chain, clerk: Staff) -> None:
    shots = [shot(seed, width=32, height=32) for seed in range(5)]
    for each in shots:
        await announced(chain, clerk, each.described())

    found, after = [], None
    while True:
        page = (await clerk.ask(LIST, store=clerk.shop.id, first=2, after=after)).data["photos"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break

    assert found == [str(each.id) for each in reversed(shots)]


async def test_a_photo_of_another_store_is_no_photo(chain: Chain, clerk: Staff) -> None:
    stranger = await chain.clerk_at(await chain.open_store("Harbour"))
    taken = shot()
    await announced(chain, clerk, taken.described())

    foreign = await stranger.ask(LIST, store=clerk.shop.id, first=10)

    assert await photo(stranger, taken.id) is None
    assert foreign.codes == (await stranger.ask(LIST, store=uuid4(), first=10)).codes
    assert str(taken.id) not in str(foreign.body)


@pytest.mark.parametrize("how", [{"first": 0}, {"first": 101}, {"first": 5, "after": "nonsense"}])
async def test_a_page_that_cannot_be_is_refused(clerk: Staff, how: dict[str, object]) -> None:
    answer = await clerk.ask(LIST, store=clerk.shop.id, **how)

    assert answer.codes == ["INVALID_INPUT"]


# ------------------------------------------------------------ serving


async def test_a_browser_asks_each_time_whether_it_may_still_show_it(chain: Chain, clerk: Staff) -> None:
    taken = shot()
    await announced(chain, clerk, taken.described())
    await bring(clerk, taken)

    served = await fetch(clerk, taken.id)
    again = await fetch(clerk, taken.id, **{"if-none-match": served.headers["etag"]})
    stranger = await fetch(Asker(clerk.http, clerk.server, {}), taken.id, **{"if-none-match": served.headers["etag"]})

    assert served.headers["content-type"] == "image/jpeg"
    assert served.headers["cache-control"] == "private, no-cache"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in served.headers["content-security-policy"]
    assert served.headers["cross-origin-resource-policy"] == "same-origin"
    assert (again.status_code, again.content) == (304, b"")
    assert refusal(stranger) == (401, "UNAUTHENTICATED")


async def test_what_is_not_here_yet_or_was_refused_is_not_served(chain: Chain, clerk: Staff) -> None:
    awaited = shot()
    await announced(chain, clerk, awaited.described())
    refused, _ = await a_refused_photo(chain, clerk)

    for id in (awaited.id, refused, uuid4()):
        for size in ("", "/small"):
            assert refusal(await fetch(clerk, id, size)) == (404, "NOT_FOUND")


# ------------------------------------------------------------ taking it again


async def test_a_photo_that_is_none_says_why(chain: Chain, clerk: Staff) -> None:
    id, _ = await a_refused_photo(chain, clerk)

    standing = await clerk.http.get(f"{clerk.server}/photos/{id}/upload", headers=clerk.headers)

    assert standing.json()["problem"]["code"] == (await look(clerk, id)).headers["photo-problem"] == "NOT_A_PICTURE"
    assert "重拍" in standing.json()["problem"]["messageZh"]
    assert (await photo(clerk, id))["problem"] == "NOT_A_PICTURE"


async def test_the_new_picture_stands_in_the_place_of_the_old_one(chain: Chain, clerk: Staff) -> None:
    old, thing = await a_refused_photo(chain, clerk)
    new = shot()
    given = {"requestId": uuid4(), "photoId": old, "photo": as_input(new)}

    done = await clerk.ask(RETAKE, input=given)
    again = await clerk.ask(RETAKE, input=given)
    await bring(clerk, new)

    assert done.kind == "RetakePhotoSuccess"
    assert (done.value["photo"]["aboutId"], done.value["photo"]["status"]) == (str(thing), "AWAITED")
    assert done.value["photo"]["standsFor"] == str(old)
    assert again.body == done.body
    assert (await photo(clerk, new.id))["status"] == "KEPT"
    assert await chain.value("select replaces_id from photo where id = $1", new.id) == old


async def test_only_what_was_refused_is_taken_again_and_only_once(chain: Chain, clerk: Staff) -> None:
    kept = shot(1)
    await announced(chain, clerk, kept.described())
    await bring(clerk, kept)
    refused, _ = await a_refused_photo(chain, clerk)
    await retake(clerk, refused, shot(2))

    assert (await retake(clerk, kept.id, shot(3))).problems == [("photoId", "NOT_REFUSED")]
    assert (await retake(clerk, refused, shot(4))).problems == [("photoId", "RETAKEN")]


async def test_nobody_takes_anothers_photo_again(chain: Chain, clerk: Staff) -> None:
    refused, _ = await a_refused_photo(chain, clerk)
    stranger = await chain.clerk_at(await chain.open_store("Harbour"))
    regional = await chain.staff(Role.REGIONAL_MANAGER, clerk.shop)

    assert (await retake(stranger, refused, shot(1))).kind == "NotFound"
    assert (await retake(stranger, uuid4(), shot(2))).kind == "NotFound"
    assert (await retake(regional, refused, shot(3))).kind == "NotPermitted"


async def test_a_new_picture_that_cannot_be_is_refused_by_its_fields(chain: Chain, clerk: Staff) -> None:
    refused, _ = await a_refused_photo(chain, clerk)

    answer = await retake(clerk, refused, shot(1), sha256="x", bytes=0, latitude=91.0)

    assert answer.problems == [
        ("photo.sha256", "NOT_A_HASH"),
        ("photo.bytes", "OUT_OF_RANGE"),
        ("photo.latitude", "OUT_OF_RANGE"),
        ("photo.longitude", "INCOMPLETE"),
    ]


# ------------------------------------------------------------ announcing


async def problems_of(chain: Chain, clerk: Staff, *photos: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidInput) as wrong:
        await announced(chain, clerk, *photos)
    assert await chain.value("select count(*) from photo where announced_by = $1", clerk.id) == 0
    return [(each.path, each.code) for each in wrong.value.problems]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"sha256": "f" * 63}, ("sha256", "NOT_A_HASH")),
        ({"bytes": 0}, ("bytes", "OUT_OF_RANGE")),
        ({"bytes": MOST_BYTES + 1}, ("bytes", "OUT_OF_RANGE")),
        ({"latitude": float("nan"), "longitude": 0.0}, ("latitude", "OUT_OF_RANGE")),
        ({"latitude": 0.0, "longitude": 180.5}, ("longitude", "OUT_OF_RANGE")),
        ({"longitude": 1.0}, ("latitude", "INCOMPLETE")),
    ],
)
async def test_a_description_that_cannot_be_names_its_field(
    chain: Chain, clerk: Staff, wrong: dict[str, Any], problem: tuple[str, str]
) -> None:
    path, code = problem

    found = await problems_of(chain, clerk, shot(1).described(), shot(2).described(**wrong))

    assert found == [(f"photos[1].{path}", code)]


async def test_an_act_has_so_many_photos_and_each_once(chain: Chain, clerk: Staff) -> None:
    one = shot()
    many = [Shot(b"x").described() for _ in range(MOST_OF_ONE_ACT + 1)]

    assert await problems_of(chain, clerk, one.described(), one.described()) == [("photos[1].id", "REPEATED")]
    assert await problems_of(chain, clerk, *many) == [("photos", "TOO_MANY")]


async def test_an_id_is_one_photos_whoever_may_see_it(chain: Chain, clerk: Staff) -> None:
    stranger = await chain.clerk_at(await chain.open_store("Harbour"))
    taken = shot()
    await announced(chain, stranger, taken.described())

    assert await problems_of(chain, clerk, taken.described()) == [("photos[0].id", "ID_TAKEN")]


async def test_a_wrong_clock_is_written_down_and_not_believed(chain: Chain, clerk: Staff) -> None:
    taken = shot()
    await announced(chain, clerk, taken.described(taken_at=utc_now() + timedelta(days=1)))

    row = (await chain.rows("select taken_at, clock_error_seconds from photo where id = $1", taken.id))[0]
    assert abs(row["taken_at"] - utc_now()) < timedelta(minutes=1)
    assert row["clock_error_seconds"] == pytest.approx(86_400, abs=60)


async def test_photos_are_announced_by_whoever_may_do_the_act(chain: Chain, clerk: Staff) -> None:
    regional = await chain.staff(Role.REGIONAL_MANAGER, clerk.shop)
    harbour = await chain.open_store("Harbour")

    for about in PhotoAbout:
        with pytest.raises(NotPermitted):
            await announced(chain, regional, shot().described(), about=(about, new_id()))
        with pytest.raises(NotFound):
            await announced(chain, clerk, shot().described(), about=(about, new_id()), shop=harbour)
        await announced(chain, clerk, shot().described(), about=(about, new_id()))


async def test_the_wall_stands_behind_the_question(chain: Chain, clerk: Staff) -> None:
    """PostgreSQL itself shows nobody the photos of a store that they do not see, nor anybody else's upload."""
    stranger = await chain.clerk_at(await chain.open_store("Harbour"))
    announced_one, begun = shot(1), shot(2)
    await announced(chain, clerk, announced_one.described())
    await bring(clerk, begun, end=1000)
    seen = {}
    for who in (clerk, stranger):
        async with chain.engine.connect() as wall:
            await wall.exec_driver_sql("set local role trueshelf_app")
            await wall.exec_driver_sql("select set_config('trueshelf.actor', $1, true)", (str(who.id),))
            counts = [
                (await wall.exec_driver_sql(f"select count(*) from {table} where {column} = $1", (id,))).scalar()  # noqa: S608
                for table, column, id in (
                    ("photo", "id", announced_one.id),
                    ("photo_upload", "photo_id", begun.id),
                    ("photo_piece", "photo_id", begun.id),
                )
            ]
            seen[who.name] = counts

    assert seen == {clerk.name: [1, 1, 1], stranger.name: [0, 0, 0]}
