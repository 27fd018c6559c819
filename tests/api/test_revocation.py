"""A right that ends, ends within five seconds, also for a socket that is open all the while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from websockets.exceptions import ConnectionClosed

from retail.access.permissions import Role
from retail.kernel.clock import utc_now
from tests.support.asking import Asker
from tests.support.chain import Chain, Shop

WITHIN = 5.0
ME = "{ me { name permissions } }"

Ending = Callable[[Chain, Asker], Awaitable[object]]


async def sign_out(chain: Chain, clerk: Asker) -> None:
    answer = await chain.http.post(f"{chain.server}/auth/sign-out", headers=dict(clerk.headers), json={})
    assert answer.status_code in {200, 204}


async def revoke_session(chain: Chain, clerk: Asker) -> None:
    await chain.rows("update staff_session set revoked_at = now() where person_id = $1", clerk.id)


async def leave(chain: Chain, clerk: Asker) -> None:
    await chain.rows("update person set left_at = now() where id = $1", clerk.id)


async def end_assignment(chain: Chain, clerk: Asker) -> None:
    await chain.rows("update assignment set valid_until = now() where person_id = $1", clerk.id)


async def change_store(chain: Chain, clerk: Asker) -> None:
    harbour = await chain.open_store("Harbour")
    await chain.rows("update assignment set store_ids = $2 where person_id = $1", clerk.id, [harbour.id])


@pytest.mark.parametrize("ending", [sign_out, revoke_session, leave, end_assignment, change_store])
async def test_an_open_socket_is_closed_within_five_seconds(chain: Chain, ending: Ending) -> None:
    clerk = await chain.clerk_at(await chain.open_store("Riverside"))
    async with clerk.watch() as watch:
        await watch.next()

        await ending(chain, clerk)
        began = time.monotonic()
        with pytest.raises(ConnectionClosed) as closed:
            await watch.socket.wire.recv()

    assert time.monotonic() - began < WITHIN
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 4403


async def test_the_sockets_of_others_stay_open(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, colleague = await chain.clerk_at(riverside), await chain.clerk_at(riverside)
    tea = (await chain.goods("tea")).id
    async with clerk.watch() as gone, colleague.watch() as stays:
        await gone.next()
        await stays.next()

        await revoke_session(chain, clerk)
        with pytest.raises(ConnectionClosed):
            await gone.socket.wire.recv()

        await colleague.receive(tea=1)
        await stays.until(riverside.id, tea, 1)


async def test_nothing_is_told_after_the_right_has_ended(chain: Chain) -> None:
    riverside = await chain.open_store("Riverside")
    clerk, colleague = await chain.clerk_at(riverside), await chain.clerk_at(riverside)
    async with clerk.watch() as watch:
        await watch.next()
        await revoke_session(chain, clerk)
        await asyncio.sleep(WITHIN)

        await colleague.receive(tea=1)

        with pytest.raises(ConnectionClosed):
            await watch.socket.wire.recv()


async def test_a_revoked_session_asks_nothing_more(chain: Chain) -> None:
    clerk = await chain.clerk_at(await chain.open_store("Riverside"))
    assert (await clerk.ask(ME)).data["me"]["name"] == clerk.name

    await revoke_session(chain, clerk)

    await turns_into(clerk, 401)


async def test_a_revoked_channel_sells_nothing_more(chain: Chain) -> None:
    meituan = await chain.staff(Role.CHANNEL, await chain.open_store("Riverside"))
    assert (await meituan.sell(tea=1)).kind == "RecordSaleSuccess"

    await chain.rows("update channel_client set revoked_at = now() where id = $1", meituan.id)

    await turns_into(meituan, 401)


async def turns_into(asker: Asker, status: int) -> None:
    async with asyncio.timeout(WITHIN):
        while (await asker.ask(ME)).status != status:  # noqa: ASYNC110 -- the server is asked, as a client would
            await asyncio.sleep(0.1)


async def hired_until(chain: Chain, shop: Shop, seconds: float) -> Asker:
    return await chain.hire(Role.CLERK, store_ids=[shop.id], until=utc_now() + timedelta(seconds=seconds))


async def test_an_assignment_ends_by_itself(chain: Chain) -> None:
    clerk = await hired_until(chain, await chain.open_store("Riverside"), 1.5)
    began = time.monotonic()
    assert "sale:record" in (await clerk.ask(ME)).data["me"]["permissions"]

    await asyncio.sleep(1.5)
    await turns_into(clerk, 401)

    assert time.monotonic() - began > 1
    assert (await clerk.ask(ME)).codes == ["ACCESS_ENDED"]
