"""Turns what a resolver returned into JSON-ready data: one function for each selection, made once for an operation.

A projection gives exactly what graphql-core would give, or raises: `Irregular`, or whatever the object raised. It
never guesses, so whoever calls it lets graphql-core find the answer (and the errors) then. It only reads: attributes,
and methods of the type that take nothing but `self` (which must not change anything, as they may be called twice).
"""

from collections.abc import Callable, Mapping
from math import isfinite
from operator import attrgetter
from typing import Any, cast
from uuid import UUID

import orjson
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    InlineFragmentNode,
    SelectionSetNode,
)
from strawberry.schema.schema_converter import CustomGraphQLEnumType, GraphQLCoreConverter
from strawberry.schema.types.base_scalars import UUIDDefinition
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

Projection = Callable[[Any], object]


class NotCovered(Exception):
    """The operation needs something that a plan does not do; it runs through graphql-core."""


class Irregular(Exception):
    """A value is not what its type promises, or only after a conversion; graphql-core decides."""


class SharedItem:
    """An item that many subscribers are given as one object: each operation projects and encodes it once.

    Only for items that nobody changes once they are made.
    """

    def encoded_by(self, projection: Projection) -> orjson.Fragment:
        """The JSON of what the projection makes of this item."""
        encodings: dict[Projection, orjson.Fragment] = self.__dict__.setdefault("_encodings", {})
        encoded = encodings.get(projection)
        if encoded is None:
            encoded = encodings[projection] = orjson.Fragment(orjson.dumps(projection(self)))
        return encoded


class Projector:
    """Makes the projections of one operation."""

    def __init__(self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        self._schema = schema
        self._fragments = fragments

    def of_field(self, field: GraphQLField, nodes: list[FieldNode]) -> Projection:
        """The projection of a field's value; `nodes` are all the places that select it under one name."""
        return self._of_type(field.type, nodes)

    def _of_type(self, type_: GraphQLOutputType, nodes: list[FieldNode]) -> Projection:
        if isinstance(type_, GraphQLNonNull):
            return self._of_nullable(type_.of_type, nodes)
        return _or_null(self._of_nullable(type_, nodes))

    def _of_nullable(self, type_: GraphQLOutputType, nodes: list[FieldNode]) -> Projection:
        """A projection that raises when it is given None."""
        if isinstance(type_, GraphQLList):
            return _each(self._of_type(type_.of_type, nodes))
        if isinstance(type_, GraphQLScalarType):
            return _scalar(type_)
        if isinstance(type_, GraphQLEnumType):
            return _enum(type_)
        if isinstance(type_, GraphQLObjectType):
            return self._of_object(type_, nodes)
        if isinstance(type_, (GraphQLUnionType, GraphQLInterfaceType)):
            return self._of_abstract(type_, nodes)
        raise NotCovered(str(type_))

    def _of_abstract(self, type_: GraphQLUnionType | GraphQLInterfaceType, nodes: list[FieldNode]) -> Projection:
        if isinstance(type_, GraphQLInterfaceType) and _definition(type_).resolve_type:
            raise NotCovered(f"{type_} tells types apart by a function")
        by_class: dict[type, Projection] = {}
        for possible in self._schema.get_possible_types(type_):
            definition = _definition(possible)
            if definition.concrete_of or definition.origin in by_class:
                raise NotCovered(f"the class does not tell the members of {type_} apart")
            by_class[definition.origin] = self._of_object(possible, nodes)

        def project(value: Any) -> object:
            return by_class[type(value)](value)

        return project

    def _of_object(self, type_: GraphQLObjectType, nodes: list[FieldNode]) -> Projection:
        definition = _definition(type_)
        if definition.is_type_of:
            raise NotCovered(f"{type_} knows its own by a function")
        selected: dict[str, list[FieldNode]] = {}
        for node in nodes:
            self.collect(node.selection_set, type_, selected)
        project = _object([self._member(type_, name, same) for name, same in selected.items()])
        return _instance(definition.origin, project) if type_.interfaces else project

    def collect(
        self, selections: SelectionSetNode | None, type_: GraphQLObjectType, into: dict[str, list[FieldNode]]
    ) -> None:
        """Group the fields that objects of this type answer by the name they answer under."""
        for node in selections.selections if selections else ():
            if node.directives:
                raise NotCovered("directives")
            if isinstance(node, FieldNode):
                into.setdefault(response_name(node), []).append(node)
                continue
            fragment = self._fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            fragment = cast("InlineFragmentNode | FragmentDefinitionNode", fragment)
            if self._applies(fragment, type_):
                self.collect(fragment.selection_set, type_, into)

    def _applies(self, fragment: InlineFragmentNode | FragmentDefinitionNode, type_: GraphQLObjectType) -> bool:
        if fragment.type_condition is None:
            return True
        condition = self._schema.get_type(fragment.type_condition.name.value)
        if condition is type_:
            return True
        return isinstance(condition, (GraphQLUnionType, GraphQLInterfaceType)) and self._schema.is_sub_type(
            condition, type_
        )

    def _member(self, type_: GraphQLObjectType, name: str, nodes: list[FieldNode]) -> "_Member":
        field_name = nodes[0].name.value
        if field_name == "__typename":
            return name, lambda _source: type_.name, _as_it_is
        field = type_.fields.get(field_name)
        if field is None or field.args:
            raise NotCovered(f"{type_}.{field_name}")
        return name, _reader(field), self.of_field(field, nodes)


_Member = tuple[str, Callable[[Any], Any], Projection]
"""The name to answer under, how to read the value from the object, and the projection of the value."""


def response_name(node: FieldNode) -> str:
    return node.alias.value if node.alias else node.name.value


def _definition(type_: GraphQLObjectType | GraphQLInterfaceType) -> StrawberryObjectDefinition:
    definition = type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryObjectDefinition):
        raise NotCovered(f"{type_} is not a Strawberry type")
    return definition


def _reader(field: GraphQLField) -> Callable[[Any], Any]:
    """How a field is read from its object: an attribute, or a method that takes nothing but `self`."""
    own = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(own, StrawberryField) or own.extensions or own.default_resolver is not getattr:
        raise NotCovered("a field with extensions, permissions or a reader of its own")
    resolver = own.base_resolver
    if resolver is None:
        return attrgetter(own.python_name)
    if resolver.is_async or list(resolver.signature.parameters) != ["self"]:
        raise NotCovered("a field with a resolver that waits or asks for something")
    return cast("Callable[[Any], Any]", resolver.wrapped_func)


def _or_null(project: Projection) -> Projection:
    return lambda value: None if value is None else project(value)


def _each(project: Projection) -> Projection:
    def project_all(values: Any) -> object:
        if type(values) is not list and type(values) is not tuple:
            raise Irregular
        return [project(value) for value in values]

    return project_all


def _object(members: list[_Member]) -> Projection:
    def project(source: Any) -> object:
        if source is None:
            raise Irregular
        return {name: convert(read(source)) for name, read, convert in members}

    return project


def _instance(origin: type, project: Projection) -> Projection:
    """graphql-core checks the class of objects whose type implements an interface."""

    def project_instance(source: Any) -> object:
        if not isinstance(source, origin):
            raise Irregular
        return project(source)

    return project_instance


def _enum(type_: GraphQLEnumType) -> Projection:
    if not isinstance(type_, CustomGraphQLEnumType):
        raise NotCovered(f"{type_} is not a Strawberry enum")
    names: dict[object, str] = {type_.wrapped_cls(value.value): name for name, value in type_.values.items()}
    member_class: type[Any] = type_.wrapped_cls

    def project(member: Any) -> object:
        if type(member) is not member_class:
            raise Irregular
        return names[member]

    return project


def _scalar(type_: GraphQLScalarType) -> Projection:
    if type_ in _BUILTIN:
        return _BUILTIN[type_]
    if type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF) is UUIDDefinition:
        return _uuid
    return _custom(type_.coerce_output_value)


def _custom(serialize: Callable[[Any], object]) -> Projection:
    def project(value: Any) -> object:
        if value is None or isinstance(value, Exception):
            raise Irregular
        serialized = serialize(value)
        if serialized is None:
            raise Irregular
        return serialized

    return project


def _as_it_is(value: Any) -> object:
    return value


def _int(value: Any) -> object:
    if type(value) is int and -2147483648 <= value <= 2147483647:  # noqa: PLR2004  # GraphQL's Int, inline as it is hot
        return value
    raise Irregular


def _float(value: Any) -> object:
    if type(value) is float and isfinite(value):
        return value
    raise Irregular


def _string(value: Any) -> object:
    if type(value) is str:
        return value
    raise Irregular


def _boolean(value: Any) -> object:
    if type(value) is bool:
        return value
    raise Irregular


def _uuid(value: Any) -> object:
    """A UUID is written by orjson as its scalar would, without making a text first."""
    return value if type(value) is UUID else _uuid_text(value)


_uuid_text = _custom(str)

_BUILTIN: dict[GraphQLScalarType, Projection] = {
    GraphQLInt: _int,
    GraphQLFloat: _float,
    GraphQLString: _string,
    GraphQLID: _string,
    GraphQLBoolean: _boolean,
}
