"""Who finds a code that nobody knows can show headquarters what it is on."""

from typing import Any
from uuid import uuid4

import pytest

from retail.access.permissions import Role
from retail.catalogue.codes import check_digit
from tests.schema.shelves.words import UNKNOWN
from tests.support.album import Shot, bring, shot
from tests.support.asking import Asker
from tests.support.chain import Chain, Staff
from tests.support.counting import do as act
from tests.support.counting import now, start

PHOTO = "query($id: UUID!) { photo(id: $id) { id about aboutId status } }"


@pytest.fixture
async def clerk(chain: Chain) -> Staff:
    return await chain.clerk_at(await chain.open_store())


@pytest.fixture
async def headquarters(chain: Chain) -> Asker:
    return await chain.hire(Role.HQ_OPERATIONS)


def told(photo: Shot, **other: object) -> dict[str, object]:
    return {"id": photo.id, "sha256": photo.sha256, "bytes": len(photo.data), "takenAt": now(), **other}


def strange_code() -> str:
    body = f"698{uuid4().int % 10**9:09d}"
    return body + check_digit(body)


async def waiting(asker: Asker, code: str) -> dict[str, Any]:
    page = (await asker.ask(UNKNOWN, first=100, after=None)).data["unknownCodes"]
    return next(edge["node"] for edge in page["edges"] if edge["node"]["code"] == code)


async def test_headquarters_sees_the_picture_of_what_the_clerk_found(clerk: Staff, headquarters: Asker) -> None:
    stocktake, code, picture = await start(clerk), strange_code(), shot()
    found = {"id": uuid4(), "code": code, "quantity": 3, "countedAt": now()}
    shown = {"id": uuid4(), "code": code, "quantity": 0, "countedAt": now(), "photo": told(picture)}
    await act(clerk, "recordCounts", stocktakeId=stocktake, lines=[found])

    answer = await act(clerk, "recordCounts", stocktakeId=stocktake, lines=[shown])
    await bring(clerk, picture)

    assert answer.value["outcomes"][0]["outcome"] == "RECORDED"
    seen = await waiting(headquarters, code)
    assert (seen["times"], seen["quantity"]) == (1, 3)
    assert [each["photo"]["id"] for each in seen["sightings"] if each["photo"]] == [str(picture.id)]
    photo = (await headquarters.ask(PHOTO, id=picture.id)).data["photo"]
    assert photo == {"id": str(picture.id), "about": "UNKNOWN_CODE", "aboutId": str(shown["id"]), "status": "KEPT"}


async def test_nobody_of_another_store_sees_it(chain: Chain, clerk: Staff) -> None:
    stocktake, picture = await start(clerk), shot(2)
    line = {"id": uuid4(), "code": strange_code(), "quantity": 1, "countedAt": now(), "photo": told(picture)}
    await act(clerk, "recordCounts", stocktakeId=stocktake, lines=[line])
    stranger = await chain.clerk_at(await chain.open_store())

    assert (await clerk.ask(PHOTO, id=picture.id)).data["photo"]["status"] == "AWAITED"
    assert (await stranger.ask(PHOTO, id=picture.id)).data["photo"] is None


async def test_a_picture_that_cannot_be_costs_its_own_line_and_no_other(chain: Chain, clerk: Staff) -> None:
    stocktake, picture = await start(clerk), shot(3)
    good = {"id": uuid4(), "code": strange_code(), "quantity": 1, "countedAt": now()}
    bad = {"id": uuid4(), "code": strange_code(), "quantity": 1, "countedAt": now(), "photo": told(picture, bytes=0)}

    answer = await act(clerk, "recordCounts", stocktakeId=stocktake, lines=[good, bad])

    outcomes = {each["id"]: each for each in answer.value["outcomes"]}
    assert outcomes[str(good["id"])]["outcome"] == "RECORDED"
    assert outcomes[str(bad["id"])]["problems"][0]["path"] == "lines[1].photo.bytes"
    assert await chain.value("select count(*) from photo where id = $1", picture.id) == 0


async def test_a_picture_that_is_another_lines_costs_its_own_line_and_no_other(chain: Chain, clerk: Staff) -> None:
    stocktake, picture, again = await start(clerk), shot(5), shot(6)
    shown, twice, elsewhere = (
        {"id": uuid4(), "code": strange_code(), "quantity": 1, "countedAt": now(), "photo": told(one)}
        for one in (picture, picture, again)
    )
    before = {"id": uuid4(), "code": strange_code(), "quantity": 1, "countedAt": now(), "photo": told(again)}
    await act(clerk, "recordCounts", stocktakeId=stocktake, lines=[before])

    answer = await act(clerk, "recordCounts", stocktakeId=stocktake, lines=[shown, twice, elsewhere])

    outcomes = [(each["outcome"], [why["path"] for why in each["problems"]]) for each in answer.value["outcomes"]]
    assert outcomes == [("RECORDED", []), ("REFUSED", ["lines[1].photo.id"]), ("REFUSED", ["lines[2].photo.id"])]
    about = "select about_id from photo where id = $1"
    assert [await chain.value(about, each.id) for each in (picture, again)] == [shown["id"], before["id"]]


async def test_the_same_lines_sent_twice_bring_one_picture(chain: Chain, clerk: Staff) -> None:
    stocktake, picture, request = await start(clerk), shot(4), uuid4()
    line = {"id": uuid4(), "code": strange_code(), "quantity": 1, "countedAt": now(), "photo": told(picture)}

    first = await act(clerk, "recordCounts", requestId=request, stocktakeId=stocktake, lines=[line])
    again = await act(clerk, "recordCounts", requestId=request, stocktakeId=stocktake, lines=[line])
    later = await act(clerk, "recordCounts", stocktakeId=stocktake, lines=[line])

    assert first.value == again.value
    assert later.value["outcomes"][0]["outcome"] == "REPEATED"
    assert await chain.value("select count(*) from photo where id = $1", picture.id) == 1
