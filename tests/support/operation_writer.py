"""Writes GraphQL operations on the corner shop: anything that validates, and now and then not."""

import json
from collections.abc import Callable
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_composite_type,
)
from hypothesis import strategies as st

from tests.support.corner_shop import LINES, TEA, corner_shop

GRAPHQL = corner_shop()._schema


class Writer:
    """Writes an operation: any fields, aliases, fragments and arguments that validate, and now and then not."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw
        self._declared: list[str] = []
        self.variables: dict[str, Any] = {}

    def operation(self, kind: str, root: GraphQLObjectType) -> str:
        name = self._draw(st.sampled_from(sorted(root.fields)))
        body = self._field(root, name, depth=0)
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        return f"{kind} Generated{declared} {{ {body} }}"

    def _field(self, parent: GraphQLObjectType | GraphQLInterfaceType, name: str, depth: int) -> str:
        field = parent.fields[name]
        alias = self._draw(st.sampled_from(["", "", "", f"{name}_: ", f"x{depth}: "]))
        arguments = [
            f"{key}: {self._argument(argument.type)}"
            for key, argument in field.args.items()
            if isinstance(argument.type, GraphQLNonNull) or self._draw(st.booleans())
        ]
        given = f"({', '.join(arguments)})" if arguments else ""
        named = get_named_type(field.type)
        below = f" {{ {self._selections(named, depth + 1)} }}" if is_composite_type(named) else ""
        return f"{alias}{name}{given}{below}"

    def _selections(self, type_: GraphQLNamedType, depth: int) -> str:
        if isinstance(type_, GraphQLUnionType):
            parts = ["__typename"]
        else:
            assert isinstance(type_, (GraphQLObjectType, GraphQLInterfaceType))
            names = [
                name
                for name, field in type_.fields.items()
                if depth < 3 or not is_composite_type(get_named_type(field.type))
            ]
            chosen = self._draw(st.lists(st.sampled_from(names), min_size=1, max_size=5, unique=True))
            parts = [self._field(type_, name, depth) for name in chosen]
        if isinstance(type_, (GraphQLUnionType, GraphQLInterfaceType)):
            for possible in GRAPHQL.get_possible_types(type_):
                if self._draw(st.booleans()):
                    parts.append(f"... on {possible.name} {{ {self._selections(possible, depth + 1)} }}")
        return " ".join(parts)

    def _argument(self, type_: GraphQLInputType) -> str:
        value = self._draw(json_of(type_))
        if self._draw(st.booleans()):
            return literal(type_, value)
        name = f"v{len(self._declared)}"
        self._declared.append(f"${name}: {type_}")
        if self._draw(st.integers(0, 9)) == 0:
            value = self._draw(st.sampled_from([None, 5, "x", [], {}, True, 1.5]))
        if value is not None or self._draw(st.booleans()):
            self.variables[name] = value
        return f"${name}"


def json_of(type_: GraphQLInputType) -> st.SearchStrategy[Any]:
    if isinstance(type_, GraphQLNonNull):
        return _json_of_nullable(type_.of_type)
    return st.none() | _json_of_nullable(type_)


LEAVES: dict[str, st.SearchStrategy[Any]] = {
    "Int": st.integers(-3, 3),
    "Float": st.sampled_from([0.5, 2, -1.25]),
    "String": st.sampled_from([*LINES, "sold out", "broken", "speechless", "茶", 'a "quoted" one']),
    "Boolean": st.booleans(),
    "ID": st.sampled_from(["a", "7"]),
    "UUID": st.just(str(TEA)),
    "DateTime": st.sampled_from(["2026-03-01T08:30:00+00:00", "2026-03-01T08:30:00Z"]),
    "Fen": st.integers(0, 300),
}


def _json_of_nullable(type_: GraphQLInputType) -> st.SearchStrategy[Any]:
    if isinstance(type_, GraphQLList):
        return st.lists(json_of(type_.of_type), max_size=2)
    if isinstance(type_, GraphQLEnumType):
        return st.sampled_from(sorted(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        required = {
            key: json_of(each.type) for key, each in type_.fields.items() if isinstance(each.type, GraphQLNonNull)
        }
        optional = {key: json_of(each.type) for key, each in type_.fields.items() if key not in required}
        return st.fixed_dictionaries(required, optional=optional)
    return LEAVES[get_named_type(type_).name]


def literal(type_: GraphQLInputType, value: Any) -> str:
    if isinstance(type_, GraphQLNonNull):
        return literal(type_.of_type, value)
    if value is None:
        return "null"
    if isinstance(type_, GraphQLList):
        return f"[{', '.join(literal(type_.of_type, item) for item in value)}]"
    if isinstance(type_, GraphQLInputObjectType):
        return "{" + ", ".join(f"{key}: {literal(type_.fields[key].type, item)}" for key, item in value.items()) + "}"
    return str(value) if isinstance(type_, GraphQLEnumType) else json.dumps(value, ensure_ascii=False)


@st.composite
def generated(draw: Callable[[st.SearchStrategy[Any]], Any]) -> tuple[str, dict[str, Any]]:
    writer = Writer(draw)
    kind, root = draw(st.sampled_from([("query", GRAPHQL.query_type), ("mutation", GRAPHQL.mutation_type)]))
    return writer.operation(kind, root), writer.variables
