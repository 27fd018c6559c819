"""Rubbish in any place of any call is refused in words or taken as what it is: it is never a fault of ours.

Made from the schema: every argument and input field of every question and act is given, one after the other, what its
type lets through and no good client sends. The rest of the call is an ordinary one, so that it gets as far as it can.
"""

import itertools
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    get_named_type,
    is_enum_type,
    is_list_type,
    is_non_null_type,
)

from tests.schema.matrix import expectation
from tests.schema.matrix.expectation import ROLES
from tests.schema.matrix.filling import aimed
from tests.schema.matrix.questions import GRAPH, LEFT_OUT, ROOTS, Fill, operation, root_fields, sample
from tests.schema.matrix.world import World
from tests.support.asking import Told
from tests.support.chain import Chain

PAGE = expectation.read()
CALLS = {name: (kind, field) for kind, name, field in root_fields() if kind != "subscription"}
MANY = 2_000
"""More than most lists may hold."""
SHALLOW = 2
"""How much of an answer is asked for: a question costs its asker, and this is about what goes in."""
RUBBISH: Mapping[str, tuple[object, ...]] = {
    "String": ("", " ", "\0", "茶\0", "x" * 1_000_000, "🍵" * 5_000, "\u202e\ufeff", "%_\\'\"", "0" * 14, "-1"),
    "UUID": ("00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff", "tea"),
    "Int": (0, -1, 2**31 - 1, -(2**31), 2**63),
    "Float": (0, -1, 1e308, -1e308, 5e-324, 10**30, 2**63),
    "Fen": (0, -1, 2**53 - 1, -(2**53) + 1, 2**63),
    "DateTime": ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T12:00:00Z", "1900-01-01T00:00:00Z"),
    "Date": ("0001-01-01", "9999-12-31", "2026-02-30", ""),
    "Boolean": (True, False),
}


def spoilt(place: str, kind: GraphQLInputType, good: Any, fill: Fill) -> Iterator[tuple[str, Any]]:
    """Yield values of a type with one thing in each spoilt, and where."""
    inner = kind.of_type if is_non_null_type(kind) else kind
    named: Any = get_named_type(inner)
    if inner is kind:
        yield place, None
    if is_list_type(inner):
        item = good[0] if isinstance(good, list) and good else plain(place, named, fill)
        yield from ((place, [item] * times) for times in (0, 2, MANY))
        yield from ((where, [each]) for where, each in spoilt(f"{place}[]", inner.of_type, item, fill))
    elif isinstance(named, GraphQLInputObjectType):
        whole = good if isinstance(good, dict) else plain(place, named, fill)
        for name, field in named.fields.items():
            for where, each in spoilt(f"{place}.{name}", field.type, whole.get(name, LEFT_OUT), fill):
                yield where, {**whole, name: each}
    else:
        values = tuple(named.values) if is_enum_type(named) else RUBBISH[named.name]
        yield from ((place, each) for each in values)


def plain(place: str, named: GraphQLInputType, fill: Fill) -> Any:
    return str(uuid4()) if named is GRAPH.type_map["UUID"] else sample(place, named, fill, required=True)


def in_its_place(fill: Fill, place: str, value: Any) -> Fill:
    return lambda asked, kind: value if asked == place else fill(asked, kind)


async def asked(world: World, name: str) -> AsyncIterator[tuple[str, Told]]:
    """Make a call once for every spoilt value, with things that no call before has used up; yield what was told."""
    kind, field = CALLS[name]
    root = ROOTS[kind]
    assert root is not None
    asker = world.staff[next(role for role in ROLES if PAGE.roots[name][role] == "yes")]
    for argument, each in field.args.items():
        place, told = f"{root.name}.{name}({argument})", None
        for n in itertools.count():
            if told is None or told.kind.endswith("Success"):
                fill = await aimed(world, PAGE.names, (root.name, name, field), asker, None)
            found = next(itertools.islice(spoilt(argument, each.type, fill(place, each.type), fill), n, None), None)
            if found is None:
                break
            where, value = found
            if isinstance(value, dict) and where != "input.requestId":
                value = {**value, "requestId": str(uuid4())}
            document, sent = operation(kind, name, field, in_its_place(fill, place, value), SHALLOW)
            told = await asker.send(json.dumps({"query": document, "variables": sent}).encode())
            yield f"{where} of {str(value)[:200]}", told


@pytest.mark.parametrize("name", CALLS)
async def test_rubbish_in_any_place_is_no_fault_of_ours(chain: Chain, name: str) -> None:
    # A world of its own: what rubbish leaves behind, such as a must that nobody will do, stands in no other's way.
    world = await World.open(chain)

    wrong = [
        f"{what}: {told.status} {str(told.body)[:300]}"
        async for what, told in asked(world, name)
        if told.status >= 500 or {"INTERNAL", "RATE_LIMITED"} & set(told.codes)
    ]

    assert wrong == []


async def test_and_the_books_are_true(chain: Chain) -> None:
    assert await chain.audit() == []
