"""Who may see what, in every corner of the API: docs/access-matrix.md against the server, for every role.

Made from the schema: a field, argument, act or subscription that has no line on that page fails here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from graphql import get_named_type
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.schema.matrix import expectation
from tests.schema.matrix.expectation import ROLES
from tests.schema.matrix.filling import aimed, places_of
from tests.schema.matrix.questions import (
    GRAPH,
    LEFT_OUT,
    ROOTS,
    naming_arguments,
    object_fields,
    operation,
    root_fields,
    selection,
)
from tests.schema.matrix.world import FOREIGN, HEADQUARTERS, MISSING, NOBODY, OWN, World
from tests.support.asking import Asker, Told
from tests.support.chain import Chain, Staff, origin

PAGE = expectation.read()
CALLS = {name: (kind, field) for kind, name, field in root_fields()}
ASKED = {name: call for name, call in CALLS.items() if call[0] != "subscription"}
HIDEABLE = {
    "store",
    "store code",
    "region",
    "person",
    "assignment",
    "reservation",
    "return",
    "alarm",
    "client",
    "photo",
    "shelf",
    "stocktake",
    "task",
    "hand-over",
    "help call",
}


@pytest.fixture(scope="module")
async def world(chain: Chain) -> World:
    return await World.open(chain)


def root_of(kind: str) -> str:
    root = ROOTS[kind]
    assert root is not None
    return root.name


def test_every_corner_of_the_schema_has_its_line() -> None:
    assert set(PAGE.roots) == set(CALLS)
    assert set(PAGE.fields) == set(object_fields())
    assert set(PAGE.names) == set(naming_arguments())


@dataclass(frozen=True)
class Answer:
    """What was told, what was given, and whether the database remembers more than before."""

    told: Told
    variables: Any
    left_a_trace: bool


async def prepared(
    world: World, asker: Asker, name: str, at: tuple[str, str] | None = None
) -> tuple[str, Mapping[str, Any]]:
    """Return the document of a call and its variables; what they name is made before."""
    kind, field = CALLS[name]
    person = asker if isinstance(asker, Staff) else world.staff["clerk"]
    fill = await aimed(world, PAGE.names, (root_of(kind), name, field), person, at)
    return operation(kind, name, field, fill)


async def call(world: World, asker: Asker, name: str, at: tuple[str, str] | None = None) -> Answer:
    document, variables = await prepared(world, asker, name, at)
    before = await world.chain.footprint()
    told = await asker.ask(document, **variables)
    return Answer(told, variables, left_a_trace=await world.chain.footprint() != before)


def verdict(told: Told) -> str:
    """Say in the page's words what an answer is: `yes`, `no`, `401`, or the name of another refusal."""
    if told.status == 401:
        return "401"
    if "NOT_PERMITTED" in told.codes or told.kind == "OnlyPeople":
        return "no"
    if told.body.get("errors"):
        return f"broken {told.body['errors']}"
    if isinstance(told.value, dict) and told.kind in REFUSALS:
        return str(told.kind)
    return "yes"


REFUSALS = {
    name for name, each in GRAPH.type_map.items() if "Refusal" in {i.name for i in getattr(each, "interfaces", ())}
}


@pytest.mark.parametrize("name", ASKED)
async def test_a_stranger_gets_no_answer(world: World, name: str) -> None:
    stranger = Asker(world.chain.http, world.chain.server, {})

    answer = await call(world, stranger, name)

    assert not answer.left_a_trace
    assert verdict(answer.told) == PAGE.roots[name]["stranger"] == "401"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ASKED)
async def test_a_role_may_do_at_home_what_its_line_says(world: World, name: str, role: str) -> None:
    answer = await call(world, world.staff[role], name)
    told = answer.told

    assert verdict(told) == PAGE.roots[name][role], told.body
    shown = str(told.body)
    if role not in HEADQUARTERS:
        assert [mark for mark in world.marks() if mark in shown] == []
    if PAGE.roots[name][role] != "yes":
        assert not answer.left_a_trace
    wrong = [f"{field} is shown" for field in shown_fields(told.body.get("data")) if role not in PAGE.fields[field]]
    assert wrong == []


@pytest.mark.parametrize(
    "name", [name for name, (kind, _) in ASKED.items() if kind == "query" and PAGE.roots[name]["buyer"] == "yes"]
)
async def test_a_buyer_reads_of_nobody_at_work(world: World, name: str) -> None:
    """Wherever the chain sees who opened the day, who has a task, who took a photo: a buyer does not."""
    colleagues = [world.staff[part] for part in ("clerk", "manager", "regional")]
    await colleagues[0].do("openBusinessDay", storeId=colleagues[0].shop.id, origin=origin())

    shown = str((await call(world, world.staff["buyer"], name)).told.body)

    assert [each.name for each in colleagues if each.name in shown or str(each.id) in shown] == []


def shown_fields(part: Any) -> set[str]:
    """Return `Type.field` of everything in an answer that holds a value."""
    if isinstance(part, list):
        return {each for item in part for each in shown_fields(item)}
    if not isinstance(part, Mapping):
        return set()
    own = {
        f"{part['__typename']}.{key.rpartition('__')[2]}"
        for key, value in part.items()
        if key != "__typename" and "__typename" in part and value is not None
    }
    return own | {each for value in part.values() for each in shown_fields(value)}


def aims() -> list[tuple[str, str]]:
    """Return every (call, place) by which something that may be foreign can be named."""
    found = []
    for name, (kind, field) in ASKED.items():
        for place, _, _ in places_of(root_of(kind), name, field):
            if PAGE.names.get(place) in HIDEABLE:
                found.append((name, place))
    return found


@pytest.mark.parametrize("role", [role for role in ROLES if role not in HEADQUARTERS])
@pytest.mark.parametrize(("name", "place"), aims())
async def test_what_is_foreign_is_answered_like_what_is_missing(world: World, name: str, place: str, role: str) -> None:
    asker = world.staff[role]
    missing = await call(world, asker, name, (place, MISSING))
    foreign = await call(world, asker, name, (place, FOREIGN))

    assert neutral(foreign) == neutral(missing)
    assert not foreign.left_a_trace
    given = ids_in(foreign.variables)
    assert [mark for mark in world.marks() - given if mark in str(foreign.told.body)] == []


@pytest.mark.parametrize("role", [role for role in ROLES if role not in HEADQUARTERS])
async def test_aliases_in_one_document_open_nothing_and_close_nothing(world: World, role: str) -> None:
    own, foreign, tea = world.stores[OWN].id, world.stores[FOREIGN].id, world.tea.id
    document = f"""{{
        a: store(id: "{own}") {{ code }} b: store(id: "{foreign}") {{ code }} c: store(id: "{NOBODY}") {{ code }}
        d: stockLevel(storeId: "{own}", skuId: "{tea}") {{ store {{ code }} sku {{ here: price(storeId: "{own}") }} }}
        e: stockLevel(storeId: "{foreign}", skuId: "{tea}") {{ store {{ code }} }}
        f: stock(first: 5, filter: {{storeIds: ["{own}", "{foreign}"]}}) {{
            totalCount edges {{ node {{ store {{ code }} }} }}
        }}
    }}"""

    told = (await world.staff[role].ask(document)).data

    here = {"code": world.stores[OWN].code}
    assert (told["a"], told["b"], told["c"]) == (here, None, None)
    assert (told["d"]["store"], told["e"]) == (here, None)
    assert told["f"] == {"totalCount": 1, "edges": [{"node": {"store": here}}]}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", [name for name, call in CALLS.items() if call[0] == "subscription"])
async def test_a_role_watches_what_its_line_says(world: World, name: str, role: str) -> None:
    first = await watched(world, role, name, None)

    assert ("no" if "NOT_PERMITTED" in first else "yes") == PAGE.roots[name][role], first
    if role in HEADQUARTERS:
        return
    assert [mark for mark in world.marks() if mark in first] == []
    foreign = await watched(world, role, name, world.stores[FOREIGN].id)
    assert foreign == await watched(world, role, name, NOBODY)


async def watched(world: World, role: str, name: str, store: UUID | None) -> str:
    """Return the first item of a subscription to everything or to one store, as text."""
    _, field = CALLS[name]
    below = selection(get_named_type(field.type), lambda *_: LEFT_OUT, 4)
    shown = "" if store is None else f'(filter: {{storeIds: ["{store}"]}})'
    async with world.staff[role].socket() as socket:
        await socket.subscribe(f"subscription {{ {name}{shown} {below} }}")
        return str(timeless(await socket.hear()))


async def test_a_stranger_watches_nothing(world: World) -> None:
    stranger = Asker(world.chain.http, world.chain.server, {})

    with pytest.raises((ConnectionClosed, InvalidStatus, AssertionError)):
        async with stranger.socket():
            pass


MOMENTARY = {"asOf", "cursor", "extensions.id", "extensions.requestId"}
"""What differs from one moment to the next."""


def neutral(answer: Answer) -> str:
    """Return an answer without what differs from call to call: the ids that were given, and the moment."""
    text = str(timeless(answer.told.body))
    for id in ids_in(answer.variables):
        text = text.replace(id, "…")
    return text


def timeless(part: Any, inside: str = "") -> Any:
    if isinstance(part, list):
        return [timeless(each) for each in part]
    if isinstance(part, Mapping):
        lasting = {key: value for key, value in part.items() if not {key, f"{inside}.{key}"} & MOMENTARY}
        return {key: timeless(value, key) for key, value in lasting.items()}
    return part


def ids_in(part: Any) -> set[str]:
    if isinstance(part, dict):
        return {each for value in part.values() for each in ids_in(value)}
    if isinstance(part, list):
        return {each for value in part for each in ids_in(value)}
    return {part} if isinstance(part, str) and len(part) > 3 else set()
