"""A picture comes in pieces, in any order with its announcement, and goes on wherever it stopped."""

from dataclasses import replace
from uuid import UUID

import pytest

from retail.access.actor import ActorKind
from retail.access.channel_kinds import ChannelKind
from retail.access.permissions import Role
from retail.kernel.base import new_id
from retail.photos.models import PhotoAbout
from retail.photos.rules import MOST_BYTES
from retail.photos.uploads import MOST_OF_A_PIECE
from tests.support.album import Shot, announced, bring, fetch, look, patch, refusal, shot, told
from tests.support.chain import Chain, Staff
from tests.support.pictures import BEIJING, jpeg


@pytest.fixture
async def clerk(chain: Chain) -> Staff:
    return await chain.clerk_at(await chain.open_store("Riverside"))


async def pieces_of(chain: Chain, id: UUID) -> int:
    return int(await chain.value("select count(*) from photo_piece where photo_id = $1", id))


async def test_a_picture_that_was_announced_is_kept_when_its_last_piece_is_here(chain: Chain, clerk: Staff) -> None:
    taken = Shot(jpeg(1600, 1200, place=BEIJING, model="Lin's phone"))
    await announced(chain, clerk, taken.described())

    halfway = await bring(clerk, taken, size=20_000, end=40_000)
    done = await bring(clerk, taken, begin=40_000)

    assert told(halfway) == ("AWAITED", 40_000)
    assert told(done) == ("KEPT", len(taken.data))
    row = (await chain.rows("select * from photo where id = $1", taken.id))[0]
    assert (row["status"], row["width"], row["height"]) == ("kept", 1600, 1200)
    assert (row["camera_latitude"], row["camera_longitude"]) == pytest.approx(BEIJING, abs=1e-5)
    assert await pieces_of(chain, taken.id) == 0
    served = await fetch(clerk, taken.id)
    assert b"Lin's phone" in taken.data
    assert b"Lin's phone" not in served.content
    assert b"Exif" not in served.content


async def test_a_picture_may_come_before_its_announcement(chain: Chain, clerk: Staff) -> None:
    taken = shot()

    early = await bring(clerk, taken)
    nobody = await fetch(clerk, taken.id)
    await announced(chain, clerk, taken.described())
    late = await look(clerk, taken.id)

    assert told(early) == ("UNKNOWN", len(taken.data))
    assert refusal(nobody) == (404, "NOT_FOUND")
    assert told(late) == ("KEPT", len(taken.data))
    assert (await fetch(clerk, taken.id)).status_code == 200


@pytest.mark.parametrize("size", [1000, 4096, 65_536, MOST_OF_A_PIECE])
async def test_it_goes_on_at_every_boundary(chain: Chain, clerk: Staff, size: int) -> None:
    taken = shot(width=320, height=240)
    await announced(chain, clerk, taken.described())

    for begin in range(0, len(taken.data), size):
        assert told(await look(clerk, taken.id)) == ("AWAITED", begin)
        end = min(begin + size, len(taken.data))
        last = await patch(clerk, taken.id, taken.data[begin:end], begin, len(taken.data), taken.sha256)

    assert told(last) == ("KEPT", len(taken.data))


async def test_it_goes_on_in_the_middle_of_what_would_have_been_a_piece(chain: Chain, clerk: Staff) -> None:
    taken = shot()
    await announced(chain, clerk, taken.described())

    for begin, end in (
        (0, 1),
        (1, 3),
        (3, 10_007),
        (10_007, len(taken.data) - 1),
        (len(taken.data) - 1, len(taken.data)),
    ):
        last = await bring(clerk, taken, size=MOST_OF_A_PIECE, begin=begin, end=end)

    assert told(last)[0] == "KEPT"


async def test_a_piece_that_comes_twice_is_taken_once(chain: Chain, clerk: Staff) -> None:
    taken = shot()
    await announced(chain, clerk, taken.described())
    await bring(clerk, taken, size=10_000, end=20_000)

    again = await patch(clerk, taken.id, taken.data[10_000:20_000], 10_000, len(taken.data), taken.sha256)
    done = await bring(clerk, taken, begin=20_000)

    assert refusal(again) == (409, "WRONG_OFFSET")
    assert again.json()["offset"] == int(again.headers["upload-offset"]) == 20_000
    assert told(done)[0] == "KEPT"


async def test_what_was_kept_is_told_again_to_whoever_did_not_hear_it(chain: Chain, clerk: Staff) -> None:
    taken = shot()
    await announced(chain, clerk, taken.described())
    await bring(clerk, taken)

    again = await patch(clerk, taken.id, taken.data[-5:], len(taken.data) - 5, len(taken.data), taken.sha256)

    assert told(again) == told(await look(clerk, taken.id)) == ("KEPT", len(taken.data))
    kept = [row["act"] for row in await log_of(chain, taken.id)]
    assert kept == ["photo.kept"]


async def log_of(chain: Chain, photo_id: UUID) -> list[dict[str, object]]:
    rows = await chain.rows(
        "select body::jsonb ->> 'act' as act, body::jsonb ->> 'actor' as actor from operation_log"
        " where body::jsonb -> 'details' ->> 'photo' = $1 order by store_id, seq",
        str(photo_id),
    )
    return [dict(row) for row in rows]


# ------------------------------------------------------------ what is not taken


@pytest.mark.parametrize("offset", [1, 5000, 2**31 - 1])
async def test_no_gap_is_left(chain: Chain, clerk: Staff, offset: int) -> None:
    taken = shot(width=1600, height=1600)
    await announced(chain, clerk, taken.described())

    refused = await patch(clerk, taken.id, b"x", offset, len(taken.data), taken.sha256)

    expected = (409, "WRONG_OFFSET") if offset < len(taken.data) else (413, "TOO_MANY_BYTES")
    assert refusal(refused) == expected
    assert told(await look(clerk, taken.id)) == ("AWAITED", 0)


async def test_no_more_comes_than_was_said(chain: Chain, clerk: Staff) -> None:
    taken = shot()
    await announced(chain, clerk, taken.described())

    over = await patch(clerk, taken.id, taken.data + b"x", 0, len(taken.data), taken.sha256)
    huge = await patch(clerk, taken.id, b"x" * (MOST_OF_A_PIECE + 1), 0, MOST_BYTES, taken.sha256)
    endless = await patch(clerk, taken.id, b"x", 0, MOST_BYTES + 1, taken.sha256)

    assert refusal(over) == refusal(huge) == refusal(endless) == (413, "TOO_MANY_BYTES")
    assert await pieces_of(chain, taken.id) == 0


async def test_other_bytes_than_those_announced_are_not_taken(chain: Chain, clerk: Staff) -> None:
    taken, other = shot(1), shot(2)
    await announced(chain, clerk, taken.described())

    refused = await patch(clerk, taken.id, other.data[:100], 0, len(other.data), other.sha256)

    assert refusal(refused) == (422, "NOT_AS_ANNOUNCED")
    assert await pieces_of(chain, taken.id) == 0


async def test_bytes_that_were_spoilt_on_the_way_are_dropped_and_may_come_again(chain: Chain, clerk: Staff) -> None:
    taken = shot()
    await announced(chain, clerk, taken.described())
    spoilt = bytes([taken.data[0] ^ 1]) + taken.data[1:]

    await patch(clerk, taken.id, spoilt[:5000], 0, len(taken.data), taken.sha256)
    refused = await patch(clerk, taken.id, spoilt[5000:], 5000, len(taken.data), taken.sha256)

    assert refusal(refused) == (422, "WRONG_HASH")
    assert told(await look(clerk, taken.id)) == ("AWAITED", 0)
    assert await pieces_of(chain, taken.id) == 0
    assert told(await bring(clerk, taken))[0] == "KEPT"


async def test_a_photo_that_nobody_waits_for_any_more_is_not_taken(chain: Chain, clerk: Staff) -> None:
    taken = shot()
    await announced(chain, clerk, taken.described())
    await chain.rows("update photo set announced_at = now() - interval '91 days' where id = $1", taken.id)

    assert refusal(await patch(clerk, taken.id, b"x", 0, len(taken.data), taken.sha256)) == (410, "PHOTO_EXPIRED")
    assert await pieces_of(chain, taken.id) == 0


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"upload-offset": "first"}, 400, "INVALID_INPUT"),
        ({"upload-offset": "-1"}, 400, "INVALID_INPUT"),
        ({"upload-length": "9" * 5000}, 400, "INVALID_INPUT"),
        ({"upload-length": "0"}, 400, "INVALID_INPUT"),
        ({"upload-sha256": "abc"}, 400, "INVALID_INPUT"),
        ({"upload-sha256": ""}, 400, "INVALID_INPUT"),
        ({"content-type": "image/jpeg"}, 415, "UNSUPPORTED_MEDIA_TYPE"),
        ({"x-trueshelf": "0"}, 403, "MISSING_HEADER"),
        ({"origin": "https://evil.example"}, 401, "UNAUTHENTICATED"),
        ({"cookie": "trueshelf_session=nobody"}, 401, "UNAUTHENTICATED"),
        ({"x-trueshelf-person": str(UUID(int=7))}, 401, "ANOTHER_PERSON"),
    ],
)
async def test_a_piece_that_says_nonsense_is_refused(
    chain: Chain, clerk: Staff, wrong: dict[str, str], status: int, code: str
) -> None:
    taken = shot()
    await announced(chain, clerk, taken.described())

    refused = await patch(clerk, taken.id, b"x", 0, len(taken.data), taken.sha256, **wrong)

    assert refusal(refused) == (status, code)
    assert await pieces_of(chain, taken.id) == 0


async def test_an_empty_piece_is_none(clerk: Staff) -> None:
    taken = shot()

    assert refusal(await patch(clerk, taken.id, b"", 0, len(taken.data), taken.sha256)) == (400, "INVALID_INPUT")


async def test_there_is_an_end_to_what_nobody_has_announced(chain: Chain, clerk: Staff) -> None:
    await chain.rows(
        "insert into photo_upload values (gen_random_uuid(), $1, '', 300000000, 268435456, now())", clerk.id
    )

    refused = await patch(clerk, new_id(), b"x", 0, 100, "0" * 64)

    assert refusal(refused) == (429, "TOO_MANY_WAITING")
    assert refused.headers["retry-after"]


# ------------------------------------------------------------ who may bring it


async def test_a_colleague_of_the_store_may_bring_it(chain: Chain, clerk: Staff) -> None:
    colleague = await chain.clerk_at(clerk.shop)
    taken = shot()
    await announced(chain, clerk, taken.described())
    await bring(clerk, taken, end=10_000)

    assert told(await bring(colleague, taken))[0] == "KEPT"


async def test_whoever_works_elsewhere_cannot_tell_it_from_none(chain: Chain, clerk: Staff) -> None:
    stranger = await chain.clerk_at(await chain.open_store("Harbour"))
    taken = shot()
    await announced(chain, clerk, taken.described())

    foreign = await patch(stranger, taken.id, taken.data, 0, len(taken.data), taken.sha256)

    assert refusal(foreign) == (404, "NOT_FOUND")
    assert (await look(stranger, taken.id)).status_code == 404
    assert await pieces_of(chain, taken.id) == 0
    for picture in ("", "/small"):
        assert (await fetch(stranger, taken.id, picture)).content == (await fetch(stranger, new_id(), picture)).content


async def test_a_regional_manager_who_does_not_take_returns_brings_no_photos_of_them(
    chain: Chain, clerk: Staff
) -> None:
    regional = await chain.staff(Role.REGIONAL_MANAGER, clerk.shop)
    taken = shot()
    await announced(chain, clerk, taken.described())

    refused = await patch(regional, taken.id, taken.data, 0, len(taken.data), taken.sha256)

    assert refusal(refused) == (404, "NOT_FOUND")


async def test_whoever_announced_it_brings_it_though_she_works_elsewhere_by_now(chain: Chain, clerk: Staff) -> None:
    taken = shot()
    await announced(chain, clerk, taken.described())
    harbour = await chain.open_store("Harbour")
    await chain.rows("update assignment set store_ids = array[$1::uuid] where person_id = $2", harbour.id, clerk.id)
    moved = await chain.signed_in(clerk.id)

    assert told(await bring(moved, taken))[0] == "KEPT"
    assert refusal(await fetch(moved, taken.id)) == (404, "NOT_FOUND")


async def test_a_squatter_on_an_id_holds_nobody_up(chain: Chain, clerk: Staff) -> None:
    squatter = await chain.clerk_at(await chain.open_store("Harbour"))
    taken = shot()
    await patch(squatter, taken.id, b"rubbish", 0, 100, "0" * 64)

    await announced(chain, clerk, taken.described())

    assert told(await bring(clerk, taken))[0] == "KEPT"
    assert await pieces_of(chain, taken.id) == 0


async def test_a_program_brings_the_photos_of_its_returns_and_sees_no_others(chain: Chain, clerk: Staff) -> None:
    program = await chain.register_channel(store_ids=[clerk.shop.id], kind=ChannelKind.PLATFORM)
    wide = await chain.register_channel(store_ids=[clerk.shop.id])
    platform = Staff(wide.http, wide.server, wide.headers, wide.id, wide.name, shop=clerk.shop, chain=chain)
    own, shops = shot(1), shot(2)
    await announced(chain, platform, own.described(), kind=ActorKind.CHANNEL)
    await announced(chain, clerk, shops.described())

    assert told(await bring(platform, own))[0] == "KEPT"
    assert told(await bring(clerk, shops))[0] == "KEPT"
    assert (await fetch(platform, own.id)).status_code == 200
    assert refusal(await fetch(platform, shops.id)) == (404, "NOT_FOUND")
    assert refusal(await fetch(program, own.id)) == (404, "NOT_FOUND")


async def test_a_new_description_of_ones_own_upload_begins_anew(chain: Chain, clerk: Staff) -> None:
    first = shot(1)
    second = replace(shot(2), id=first.id)
    await bring(clerk, first, end=5000)

    refused = await patch(clerk, second.id, second.data[5000:6000], 5000, len(second.data), second.sha256)
    done = await bring(clerk, second)

    assert refusal(refused) == (409, "WRONG_OFFSET")
    assert told(done) == ("UNKNOWN", len(second.data))
    await announced(chain, clerk, second.described(), about=(PhotoAbout.TASK, new_id()))
    assert told(await look(clerk, second.id))[0] == "KEPT"
