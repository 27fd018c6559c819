"""Turns the JSON of a request into what a resolver takes: one function for each argument, made once for an operation.

A coercion gives exactly what graphql-core and Strawberry would give together, or raises. It explains nothing: whoever
calls it lets graphql-core coerce again, for the message that names the variable and the path.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING
from typing import Any, Final, NamedTuple, cast

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLID,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    Undefined,
    ValueNode,
    VariableDefinitionNode,
    VariableNode,
    type_from_ast,
)
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal
from strawberry.relay.types import GlobalID
from strawberry.schema.schema_converter import CustomGraphQLEnumType, GraphQLCoreConverter
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.field import StrawberryField

from schema.kernel.compiled_output import Irregular, NotCovered

Coercion = Callable[[Any], object]
"""From JSON to the value."""

Values = Mapping[str, object]
Filling = Callable[[Values], object]
"""From the coerced variables to the value, or `ABSENT`."""

ABSENT: Final = object()
"""What is not given is not passed on: the resolver's or the input's own default counts."""


class ArgumentsPlan:
    """Makes the keyword arguments of a root field's resolver from the variables of a request."""

    def __init__(
        self, schema: GraphQLSchema, operation: OperationDefinitionNode, field: GraphQLField, node: FieldNode
    ) -> None:
        coercions = _Coercions()
        self._variables = [_variable(schema, coercions, each) for each in operation.variable_definitions or ()]
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        self._parts = [_part(coercions, argument, name, given.get(name)) for name, argument in field.args.items()]

    def __call__(self, variables: Values) -> dict[str, object]:
        """The keyword arguments; raises when any variable is not exactly what it should be."""
        values: dict[str, object] = {}
        for variable in self._variables:
            value = variables.get(variable.name, ABSENT)
            if value is not ABSENT:
                values[variable.name] = variable.coerce(value)
            elif variable.default is not None:
                values[variable.name] = variable.default({})
            elif variable.required:
                raise Irregular
        return _filled(self._parts, values, {})


class _Variable(NamedTuple):
    name: str
    coerce: Coercion
    required: bool
    default: Filling | None


class _Part(NamedTuple):
    """One argument, or one field of an input object written in the text."""

    python_name: str
    fill: Filling | None
    required: bool
    default: Filling | None


def _filled(parts: list[_Part], values: Values, filled: dict[str, object]) -> dict[str, object]:
    for part in parts:
        value = ABSENT if part.fill is None else part.fill(values)
        if value is not ABSENT:
            filled[part.python_name] = value
        elif part.default is not None:
            filled[part.python_name] = part.default(values)
        elif part.required:
            raise Irregular
    return filled


def _variable(schema: GraphQLSchema, coercions: "_Coercions", definition: VariableDefinitionNode) -> _Variable:
    type_ = cast("GraphQLInputType", type_from_ast(schema, definition.type))
    default = definition.default_value
    return _Variable(
        name=definition.variable.name.value,
        coerce=coercions.of(type_),
        required=isinstance(type_, GraphQLNonNull),
        default=None if default is None else _fill(coercions, type_, default),
    )


def _part(
    coercions: "_Coercions", target: GraphQLArgument | GraphQLInputField, name: str, node: ValueNode | None
) -> _Part:
    own = target.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(own, (StrawberryArgument, StrawberryField)) or target.out_name not in {None, name}:
        raise NotCovered(name)
    _check_plain(own.type)
    default = _default(target)
    return _Part(
        python_name=own.python_name,
        fill=None if node is None else _fill(coercions, target.type, node),
        required=isinstance(target.type, GraphQLNonNull) and default is None,
        default=default,
    )


def _check_plain(type_: object) -> None:
    """Refuse the types that Strawberry converts in a way of their own."""
    while isinstance(type_, (StrawberryList, StrawberryOptional)):
        if isinstance(type_, StrawberryMaybe):
            raise NotCovered("Maybe")
        type_ = type_.of_type
    if type_ is GlobalID:
        raise NotCovered("GlobalID")


def _default(target: GraphQLArgument | GraphQLInputField) -> Filling | None:
    value = coerce_default_value(target)
    return None if value is Undefined else _constant(value)


def _constant(value: object) -> Filling:
    if isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value):
        return lambda _values: list(value)  # a resolver may change its list
    if isinstance(value, (list, dict)):
        raise NotCovered("a constant that is neither a leaf nor a list of leaves")
    return lambda _values: value


def _fill(coercions: "_Coercions", type_: GraphQLInputType, node: ValueNode) -> Filling:
    """How a value written in the text is made, with the variables in it."""
    if isinstance(node, VariableNode):
        return _from_variable(node.name.value, required=isinstance(type_, GraphQLNonNull))
    if isinstance(type_, GraphQLNonNull):
        return _fill(coercions, type_.of_type, node)
    if isinstance(node, NullValueNode):
        return _constant(None)
    if isinstance(type_, GraphQLList):
        return _fill_list(coercions, type_.of_type, node)
    if isinstance(type_, GraphQLInputObjectType):
        if not isinstance(node, ObjectValueNode):
            raise NotCovered("not an object")
        return _fill_object(coercions, type_, node)
    value = coerce_input_literal(node, type_)
    if value is Undefined:
        raise NotCovered("a literal of another type")
    return _constant(value)


def _from_variable(name: str, *, required: bool) -> Filling:
    def fill(values: Values) -> object:
        value = values.get(name, ABSENT)
        if value is None and required:
            raise Irregular
        return value

    return fill


def _fill_list(coercions: "_Coercions", item_type: GraphQLInputType, node: ValueNode) -> Filling:
    nodes = node.values if isinstance(node, ListValueNode) else (node,)
    if any(isinstance(each, VariableNode) for each in nodes):
        raise NotCovered("a variable inside a list")
    fills = [_fill(coercions, item_type, each) for each in nodes]
    return lambda values: [fill(values) for fill in fills]


def _fill_object(coercions: "_Coercions", type_: GraphQLInputObjectType, node: ObjectValueNode) -> Filling:
    make, unset = _maker(type_)
    given = {field.name.value: field.value for field in node.fields}
    parts = [_part(coercions, field, name, given.get(name)) for name, field in type_.fields.items()]
    return lambda values: make(**_filled(parts, values, unset.copy()))


def _maker(type_: GraphQLInputObjectType) -> tuple[Callable[..., object], dict[str, object]]:
    """The class of an input, and what its fields are when nothing is said about them."""
    definition = type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryObjectDefinition):
        raise NotCovered(f"{type_} is not a Strawberry type")
    if definition.from_input is not None or definition.is_one_of or definition.concrete_of:
        raise NotCovered(f"{type_} is made in a way of its own")
    unset: dict[str, object] = {
        field.python_name: None
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    }
    return definition.origin, unset


class _Coercions:
    """The coercions of one operation, by type."""

    def __init__(self) -> None:
        self._open: set[str] = set()

    def of(self, type_: GraphQLInputType) -> Coercion:
        if isinstance(type_, GraphQLNonNull):
            return self._of_nullable(type_.of_type)
        coerce = self._of_nullable(type_)
        return lambda value: None if value is None else coerce(value)

    def _of_nullable(self, type_: GraphQLInputType) -> Coercion:
        """A coercion that raises when it is given None."""
        if isinstance(type_, GraphQLList):
            return _each(self.of(type_.of_type))
        if isinstance(type_, GraphQLInputObjectType):
            return self._of_object(type_)
        if isinstance(type_, GraphQLEnumType):
            return _enum(type_)
        if isinstance(type_, GraphQLScalarType):
            return _BUILTIN[type_] if type_ in _BUILTIN else _custom(type_)
        raise NotCovered(str(type_))

    def _of_object(self, type_: GraphQLInputObjectType) -> Coercion:
        if type_.name in self._open:
            raise NotCovered(f"{type_} holds itself")
        self._open.add(type_.name)
        make, unset = _maker(type_)
        fields = [(name, _part(self, field, name, None), self.of(field.type)) for name, field in type_.fields.items()]
        self._open.discard(type_.name)

        def coerce(value: Any) -> object:
            if type(value) is not dict:
                raise Irregular
            known = 0
            filled = unset.copy()
            for name, part, coerce_field in fields:
                if name in value:
                    known += 1
                    filled[part.python_name] = coerce_field(value[name])
                elif part.default is not None:
                    filled[part.python_name] = part.default({})
                elif part.required:
                    raise Irregular
            if known != len(value):
                raise Irregular
            return make(**filled)

        return coerce


def _each(coerce: Coercion) -> Coercion:
    def coerce_all(values: Any) -> object:
        if type(values) is not list:
            raise Irregular
        return [coerce(value) for value in values]

    return coerce_all


def _enum(type_: GraphQLEnumType) -> Coercion:
    if not isinstance(type_, CustomGraphQLEnumType):
        raise NotCovered(f"{type_} is not a Strawberry enum")
    members: dict[str, object] = {name: type_.wrapped_cls(value.value) for name, value in type_.values.items()}

    def coerce(name: Any) -> object:
        if type(name) is not str:
            raise Irregular
        return members[name]

    return coerce


def _custom(type_: GraphQLScalarType) -> Coercion:
    parse = type_.coerce_input_value

    def coerce(value: Any) -> object:
        if value is None:
            raise Irregular
        parsed = parse(value)
        if parsed is Undefined:
            raise Irregular
        return parsed

    return coerce


def _int(value: Any) -> object:
    if type(value) is int and -2147483648 <= value <= 2147483647:  # noqa: PLR2004  # GraphQL's Int
        return value
    raise Irregular


def _float(value: Any) -> object:
    if type(value) is float:  # JSON has no infinite ones
        return value
    if type(value) is int and -(2**53) <= value <= 2**53:  # those a float holds exactly
        return float(value)
    raise Irregular


def _string(value: Any) -> object:
    if type(value) is str:
        return value
    raise Irregular


def _boolean(value: Any) -> object:
    if type(value) is bool:
        return value
    raise Irregular


_BUILTIN: dict[GraphQLScalarType, Coercion] = {
    GraphQLInt: _int,
    GraphQLFloat: _float,
    GraphQLString: _string,
    GraphQLID: _string,
    GraphQLBoolean: _boolean,
}
