"""Operations made from the schema: every root field with all that can be selected below it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_abstract_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from schema import schema

GRAPH = schema._schema
DEPTH = 5
LESS_DEEP = {"dayOf": 3}
"""What lies deeper there, other questions tell in full; all of it is more than one question may ask for."""
ROOTS = {"query": GRAPH.query_type, "mutation": GRAPH.mutation_type, "subscription": GRAPH.subscription_type}

Fill = Callable[[str, GraphQLInputType], Any]
"""Gives the value of an argument or input field by its name (`RecordSaleInput.storeId`), `LEFT_OUT` to leave it out."""
LEFT_OUT = object()


def root_fields() -> Iterator[tuple[str, str, GraphQLField]]:
    """Yield kind, name and definition of every query, mutation and subscription."""
    for kind, root in ROOTS.items():
        assert root is not None
        for name, field in root.fields.items():
            yield kind, name, field


def object_fields() -> Iterator[str]:
    """Yield `Type.field` of every field that an answer can hold."""
    for named in GRAPH.type_map.values():
        if is_object_type(named) and not named.name.startswith("__") and named not in ROOTS.values():
            yield from (f"{named.name}.{field}" for field in named.fields)


def naming_arguments() -> Iterator[str]:
    """Yield every argument and input field by which a client can name something."""
    for named in GRAPH.type_map.values():
        if is_input_object_type(named):
            yield from (f"{named.name}.{name}" for name, each in named.fields.items() if _names(name, each.type))
        elif is_object_type(named) and not named.name.startswith("__"):
            for name, field in named.fields.items():
                for argument, each in field.args.items():
                    if _names(argument, each.type):
                        yield f"{named.name}.{name}({argument})"


def _names(name: str, given: GraphQLInputType) -> bool:
    kind = get_named_type(given).name
    return kind == "UUID" or (
        kind in {"String", "ID"} and name.lower().endswith(("id", "code", "codes", "phone", "after"))
    )


def operation(
    kind: str, name: str, field: GraphQLField, fill: Fill, depth: int = DEPTH
) -> tuple[str, Mapping[str, Any]]:
    """Return a document that asks for everything below a root field so deep, and its variables."""
    root = ROOTS[kind]
    assert root is not None
    variables: dict[str, Any] = {}
    declared, passed = [], []
    for argument, each in field.args.items():
        value = fill(f"{root.name}.{name}({argument})", each.type)
        if value is not LEFT_OUT:
            variables[argument] = value
            declared.append(f"${argument}: {each.type}")
            passed.append(f"{argument}: ${argument}")
    head = f"({', '.join(declared)})" if declared else ""
    given = f"({', '.join(passed)})" if passed else ""
    below = selection(get_named_type(field.type), fill, min(depth, LESS_DEEP.get(name, depth)))
    return f"{kind}{head} {{ {name}{given} {below} }}", variables


def selection(named: GraphQLNamedType, fill: Fill, depth: int) -> str:
    """Return everything that can be selected of a type, as deep as is asked."""
    if is_leaf_type(named):
        return ""
    if is_abstract_type(named):
        members = GRAPH.get_possible_types(named)
        return (
            "{ __typename "
            + " ".join(f"... on {each.name} {_fields(each, fill, depth, members)}" for each in members)
            + " }"
        )
    assert isinstance(named, GraphQLObjectType)
    return _fields(named, fill, depth, ())


def _fields(named: GraphQLObjectType, fill: Fill, depth: int, siblings: Any) -> str:
    parts = ["__typename"]
    for name, field in named.fields.items():
        leaf = is_leaf_type(get_named_type(field.type))
        if depth <= 1 and not leaf:
            continue
        given = {argument: fill(f"{named.name}.{name}({argument})", each.type) for argument, each in field.args.items()}
        shown = ", ".join(
            f"{argument}: {_literal(value)}" for argument, value in given.items() if value is not LEFT_OUT
        )
        # One name may mean different types in the members of a union.
        clash = any(name in each.fields and str(each.fields[name].type) != str(field.type) for each in siblings)
        alias = f"{named.name}__{name}: " if clash else ""
        below = selection(get_named_type(field.type), fill, depth - 1)
        parts.append(f"{alias}{name}{f'({shown})' if shown else ''} {below}")
    return "{ " + " ".join(parts) + " }"


def _literal(value: Any) -> str:
    return str(value) if isinstance(value, int) else f'"{value}"'


def sample(place: str, given: GraphQLInputType, fill: Fill, *, required: bool = False) -> Any:
    """Return a value for an input by its type: what must be given and what `fill` knows of, nothing more."""
    required = required or is_non_null_type(given)
    inner = given.of_type if is_non_null_type(given) else given
    if is_list_type(inner):
        return [sample(place, inner.of_type, fill)] if required else LEFT_OUT
    named = get_named_type(inner)
    if isinstance(named, GraphQLInputObjectType):
        made = {name: fill(f"{named.name}.{name}", field.type) for name, field in named.fields.items()}
        return {name: value for name, value in made.items() if value is not LEFT_OUT}
    if not required:
        return LEFT_OUT
    if is_enum_type(named):
        return next(iter(named.values))
    return {"Int": 1, "Float": 1.0, "Boolean": False, "String": "x", "Fen": 100}[named.name]
