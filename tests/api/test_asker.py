"""What a process remembers of who may do what, when its clock is set back."""

from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, Self
from uuid import UUID, uuid4

import pytest

from api import asker
from api.asker import REMEMBERED_FOR, Askers
from auth.identify import Identity
from retail.access.actor import Actor, ActorKind
from retail.kernel.clock import utc_now
from retail.stores.directory import Directory
from tests.auth.door import TurnableClock

AN_HOUR = timedelta(hours=1)


class Sessions:
    """Opens nothing, and counts how often it was asked to."""

    def __init__(self) -> None:
        self.opened = 0

    def __call__(self) -> "Sessions":
        self.opened += 1
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        """Nothing was opened."""

    async def scalars(self, _statement: object) -> Any:
        return SimpleNamespace(all=list)


async def test_a_clock_that_is_set_back_lets_nobody_be_believed_for_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, looked_up = TurnableClock(), []
    identity = Identity(ActorKind.PERSON, uuid4(), "a session", utc_now() + AN_HOUR)

    async def load(_session: object, **_wanted: object) -> Actor:
        looked_up.append(clock())
        return Actor(identity.id, ActorKind.PERSON, "Li Na")

    async def nowhere() -> Mapping[UUID, UUID]:
        return {}

    monkeypatch.setattr(asker, "load_actor", load)
    office = SimpleNamespace(clock=clock, system=Sessions())
    desk: Any = SimpleNamespace(office=office, directory=SimpleNamespace(region_of=nowhere))
    auth: Any = SimpleNamespace(identify=None)
    feed: Any = None
    askers = Askers(auth, desk, feed)

    for turn, known in ((timedelta(0), 1), (REMEMBERED_FOR / 2, 1), (REMEMBERED_FOR, 2), (-AN_HOUR, 3)):
        clock.turn(turn)
        await askers._actor(identity)
        assert len(looked_up) == known


async def test_a_clock_that_is_set_back_lets_no_list_of_stores_grow_old() -> None:
    clock, sessions = TurnableClock(), Sessions()
    opened: Any = sessions
    directory = Directory(opened, clock)

    for turn, read in ((timedelta(0), 1), (timedelta(seconds=1), 1), (timedelta(seconds=5), 2), (-AN_HOUR, 3)):
        clock.turn(turn)
        await directory.stores()
        assert sessions.opened == read
