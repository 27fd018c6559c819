"""What counts as unusual looking, and how far one's permission reaches."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.access.actor import Actor, ActorKind, Held
from retail.access.permissions import Permission, Role
from retail.access.scope import grants_of
from retail.people.models import AlarmKind
from retail.people.rules import Looking, Reach, ViewingPolicy, reach_of, unusual

POLICY = ViewingPolicy(people_an_hour=20, times_usual=5, least_unusual=10, views_an_hour=60)
SHELF, QUAY, HILL = uuid4(), uuid4(), uuid4()
NORTH, SOUTH = uuid4(), uuid4()
REGION_OF = {SHELF: NORTH, QUAY: NORTH, HILL: SOUTH}


def looking(views: int = 1, people: int = 1, today: int = 1, usual: int = 0) -> Looking:
    return Looking(views, people, today, dict.fromkeys(range(1, 31), usual))


@pytest.mark.parametrize(
    ("seen", "found"),
    [
        (looking(), set()),
        (looking(views=20, people=20, today=10), set()),
        (looking(views=21, people=21, today=10), {AlarmKind.MANY_PEOPLE}),
        (looking(today=11), {AlarmKind.FAR_ABOVE_USUAL}),
        (looking(today=40, usual=8), set()),
        (looking(today=41, usual=8), {AlarmKind.FAR_ABOVE_USUAL}),
        (looking(views=59), set()),
        (looking(views=60), {AlarmKind.LIMIT_REACHED}),
        (looking(views=60, people=60, today=60), set(AlarmKind)),
    ],
)
def test_what_is_unusual(seen: Looking, found: set[AlarmKind]) -> None:
    assert unusual(seen, POLICY) == found


def test_the_usual_day_is_the_median_and_idle_days_count() -> None:
    assert Looking(0, 0, 0, {1: 100, 2: 100}).usual == 0
    assert Looking(0, 0, 0, dict.fromkeys(range(1, 31), 7)).usual == 7


@given(st.integers(0, 200), st.integers(0, 200), st.integers(0, 200), st.integers(0, 40), st.integers(1, 50))
def test_looking_more_is_never_less_unusual(views: int, people: int, today: int, usual: int, more: int) -> None:
    before = unusual(looking(views, people, today, usual), POLICY)

    assert before <= unusual(looking(views + more, people + more, today + more, usual), POLICY)


def actor(role: Role, *stores: object, regions: frozenset[object] = frozenset(), chain_wide: bool = False) -> Actor:
    held = Held(role, chain_wide, frozenset(stores), frozenset(regions), datetime.now(UTC), None)  # type: ignore[arg-type]
    return Actor(uuid4(), ActorKind.PERSON, "李娜", (held,), grants_of([held]))


def test_a_manager_reaches_her_store_and_nobody_above_it() -> None:
    near = reach_of(actor(Role.STORE_MANAGER, HILL), Permission.PERSON_READ, REGION_OF)

    assert near == Reach(frozenset({HILL}), frozenset(), everybody=False)


def test_the_manager_of_the_only_store_does_not_reach_headquarters() -> None:
    near = reach_of(actor(Role.STORE_MANAGER, HILL), Permission.PERSON_READ, {HILL: SOUTH})

    assert near == Reach(frozenset({HILL}), frozenset(), everybody=False)


def test_a_regional_manager_reaches_the_region() -> None:
    somebody = actor(Role.REGIONAL_MANAGER, SHELF, QUAY, regions=frozenset({NORTH}))

    near = reach_of(somebody, Permission.PERSON_READ, REGION_OF)

    assert near == Reach(frozenset({SHELF, QUAY}), frozenset({NORTH}), everybody=False)


def test_headquarters_reach_everybody_unless_something_narrows_them() -> None:
    somebody = actor(Role.HQ_COMPLIANCE, SHELF, QUAY, HILL, chain_wide=True)
    narrowed = Actor(
        somebody.id, somebody.kind, somebody.name, somebody.held, {Permission.PERSON_READ: frozenset({HILL})}
    )

    assert reach_of(somebody, Permission.PERSON_READ, REGION_OF).everybody
    assert reach_of(narrowed, Permission.PERSON_READ, REGION_OF) == Reach(
        frozenset({HILL}), frozenset(), everybody=False
    )


def test_a_clerk_reaches_nobody() -> None:
    assert reach_of(actor(Role.CLERK, HILL), Permission.PERSON_READ, REGION_OF) == Reach(
        frozenset(), frozenset(), everybody=False
    )
