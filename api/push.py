"""Rounds of calling: mark who is to be woken, call them, and forget whose session is over."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

from api.outbound.webpush import WebPush, public_text, server_key
from retail.access.work import Office
from retail.day.calls import call_about_help
from retail.kernel.privacy.masters import MasterKeys
from retail.push.calls import Call, Outcome, call_about_alarms, claim_calls, forget, note, sessions_behind, still_may
from retail.push.endpoints import PushRules
from retail.tasks.assigning import call_about_tasks

AT_ONCE = 16

Live = Callable[[Collection[bytes]], Awaitable[set[bytes]]]
"""Which of these sessions (by the hash of their token) are good now; see `auth.sessions`."""


class PushRounds:
    """The push of one process; any process may call for any."""

    def __init__(self, office: Office, live: Live, sender: WebPush) -> None:
        self._office = office
        self._live = live
        self._sender = sender

    async def call(self) -> None:
        """Call everybody whose turn it is: only in a session that is alive, only about what they may see now."""
        async with self._office.work(None) as work:
            await call_about_alarms(work.session, work.now)
            await call_about_help(work.session, work.now)
            await call_about_tasks(work.session, work.now)
            calls = await claim_calls(work.session, work.now, AT_ONCE)
            allowed = await still_may(work.session, calls, work.now) if calls else set()
        if not calls:
            return
        alive = await self._alive({call.session_key for call in calls})
        await asyncio.gather(
            *(self._one(call, alive=call.session_key in alive, may=call.id in allowed) for call in calls)
        )

    async def sweep(self) -> None:
        """Forget the subscriptions whose session is over."""
        async with self._office.work(None) as work:
            behind = await sessions_behind(work.session)
        alive = await self._alive(set(behind.values()))
        if over := [id for id, key in behind.items() if key not in alive]:
            async with self._office.work(None) as work:
                await forget(work.session, over)

    async def close(self) -> None:
        await self._sender.close()

    async def _one(self, call: Call, *, alive: bool, may: bool) -> None:
        outcome = Outcome.NOT_THEIRS if alive else Outcome.GONE
        if alive and may:
            outcome = await self._sender.send(call)
        async with self._office.work(None) as work:
            await note(work.session, call.id, outcome, work.now)

    async def _alive(self, keys: Collection[str]) -> set[str]:
        return {each.hex() for each in await self._live({bytes.fromhex(key) for key in keys})}


def rules(masters: MasterKeys, *, inside_allowed: bool) -> PushRules:
    """Return what browsers need to subscribe here."""
    return PushRules(public_text(server_key(masters)), masters.first, inside_allowed=inside_allowed)
