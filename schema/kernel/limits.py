"""How much one operation may ask for: measured before anything runs, so that a short text cannot cost long work.

Three measures, each taken as soon as it can be: characters and tokens while the text is parsed; depth, aliases and
fields on the parsed document, before it is validated (validation itself can be made slow); the cost, which needs the
types and the variables, just before execution. Every refusal names the limit, what was asked and what is allowed.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

_DIGITS = re.compile("[0-9]+")

ASSUMED_ITEMS = 10
"""What a list is taken to hold when no `first` says so."""

OWN_COST = "cost"
"""Under this name a field's metadata says what it costs itself, where that is more than a value: work of its own."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that one operation may ask for.

    `spreads` counts the fragments that are opened, also those without a field: whoever walks a document walks them too.
    `cost` counts field values: a field costs one (or its `OWN_COST`), and what is below a list counts as often as the
    `first` of the list or of the connection around it says (else `ASSUMED_ITEMS` times). `depth` leaves room for the
    standard introspection query.
    """

    characters: int = 64 * 1024
    tokens: int = 2_000
    digits: int = 1_000
    depth: int = 16
    aliases: int = 30
    root_fields: int = 10
    fields: int = 300
    spreads: int = 300
    cost: int = 100_000


class LimitExceeded(GraphQLError):
    """The operation asks for more than one operation may."""

    def __init__(self, limit: str, asked: int, allowed: int) -> None:
        super().__init__(
            f"The operation is too large: its {limit} is {asked}, at most {allowed} is allowed.",
            extensions={"code": "GRAPHQL_LIMIT_EXCEEDED"},
        )


def longest_number(text: str) -> int:
    """Return how many digits stand in a row at most: Python reads no number of more than some thousand."""
    return max(map(len, _DIGITS.findall(text)), default=0)


def hold(limit: str, asked: int, allowed: int) -> None:
    """Raise `LimitExceeded` when more is asked than allowed."""
    if asked > allowed:
        raise LimitExceeded(limit, asked, allowed)


def check_shape(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document that spreads out, however short its text is; raises `LimitExceeded`."""
    measure = _ShapeMeasure(document)
    for definition in document.definitions:
        if isinstance(definition, (OperationDefinitionNode, FragmentDefinitionNode)):
            shape = measure.of_definition(definition)
            hold("depth", shape.depth, limits.depth)
            hold("number of aliases", shape.aliases, limits.aliases)
            hold("number of fields", shape.fields, limits.fields)
            hold("number of fragments opened", shape.spreads, limits.spreads)
            if isinstance(definition, OperationDefinitionNode):
                hold("number of root fields", shape.width, limits.root_fields)


class _Shape(NamedTuple):
    depth: int = 0
    aliases: int = 0
    fields: int = 0
    width: int = 0
    spreads: int = 0


class _ShapeMeasure:
    """Counts with every fragment opened wherever it is spread.

    Each fragment is measured once, so fragments that double one another cost a line each, not two to the n.
    """

    def __init__(self, document: DocumentNode) -> None:
        self._fragments = fragments_of(document)
        self._measured: dict[str, _Shape] = {}

    def of_definition(self, definition: OperationDefinitionNode | FragmentDefinitionNode) -> _Shape:
        try:
            return self.below(definition.selection_set)
        except RecursionError:
            # The parser bounds what nests inside one definition; only a chain of fragments gets here.
            raise LimitExceeded("number of nested fragments", len(self._fragments), 100) from None

    def below(self, selections: SelectionSetNode | None) -> _Shape:
        depth = aliases = fields = width = spreads = 0
        for node in selections.selections if selections else ():
            shape = self._selection(node)
            depth = max(depth, shape.depth)
            aliases += shape.aliases
            fields += shape.fields
            width += shape.width
            spreads += shape.spreads
        return _Shape(depth, aliases, fields, width, spreads)

    def _selection(self, node: SelectionNode) -> _Shape:
        if isinstance(node, FragmentSpreadNode):
            opened = self._fragment(node.name.value)
            return opened._replace(spreads=opened.spreads + 1)
        if isinstance(node, InlineFragmentNode):
            opened = self.below(node.selection_set)
            return opened._replace(spreads=opened.spreads + 1)
        below = self.below(node.selection_set) if isinstance(node, FieldNode) else _Shape()
        alias = isinstance(node, FieldNode) and node.alias is not None
        return _Shape(below.depth + 1, below.aliases + alias, below.fields + 1, 1, below.spreads)

    def _fragment(self, name: str) -> _Shape:
        if name not in self._measured:
            self._measured[name] = _Shape()  # a cycle counts nothing here: validation reports it
            fragment = self._fragments.get(name)
            if fragment is not None:
                self._measured[name] = self.below(fragment.selection_set)
        return self._measured[name]


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}


class Asked(NamedTuple):
    """A number of items that a variable tells, and what to take when it does not."""

    variable: str
    otherwise: int


class Cost(NamedTuple):
    """A number of field values: fixed ones, and those that variables multiply."""

    fixed: int = 0
    scaled: "tuple[tuple[Asked, Cost], ...]" = ()

    def total(self, variables: Mapping[str, object]) -> int:
        total = self.fixed
        for asked, each in self.scaled:
            value = variables.get(asked.variable)
            # A value of another type is refused as a variable; here it only must not crash.
            times = value if type(value) is int else asked.otherwise
            total += max(times, 0) * each.total(variables)
        return total

    def plus(self, other: "Cost") -> "Cost":
        return Cost(self.fixed + other.fixed, self.scaled + other.scaled)

    def times(self, items: int | Asked) -> "Cost":
        if isinstance(items, Asked):
            return Cost(0, ((items, self),))
        return Cost(self.fixed * items, tuple((asked, each.times(items)) for asked, each in self.scaled))


def cost_of(schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> Cost:
    """What a validated operation costs, as a function of its variables."""
    root = schema.get_root_type(operation.operation)
    return _CostMeasure(schema, document, operation).below(operation.selection_set, root, None)


class _CostMeasure:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode) -> None:
        self._schema = schema
        self._fragments = fragments_of(document)
        self._defaults = {
            definition.variable.name.value: int(definition.default_value.value)
            for definition in operation.variable_definitions or ()
            if isinstance(definition.default_value, IntValueNode)
        }

    def below(
        self,
        selections: SelectionSetNode | None,
        parent: GraphQLNamedType | None,
        items: int | Asked | None,
    ) -> Cost:
        """The cost of the selections; `items` is what the connection around them was asked for."""
        cost = Cost()
        for node in selections.selections if selections else ():
            if isinstance(node, FieldNode):
                cost = cost.plus(self._field(node, parent, items))
            elif isinstance(node, InlineFragmentNode):
                cost = cost.plus(self.below(node.selection_set, self._condition(node, parent), items))
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                cost = cost.plus(self.below(fragment.selection_set, self._condition(fragment, parent), items))
        return cost

    def _condition(
        self, node: InlineFragmentNode | FragmentDefinitionNode, parent: GraphQLNamedType | None
    ) -> GraphQLNamedType | None:
        condition = node.type_condition
        return parent if condition is None else self._schema.get_type(condition.name.value)

    def _field(self, node: FieldNode, parent: GraphQLNamedType | None, items: int | Asked | None) -> Cost:
        field = self._schema.get_field(parent, node.name.value) if parent is not None else None  # type: ignore[arg-type]  # validated: a parent with fields
        if field is None:
            return Cost(1)
        own = self._first(node, field)
        if not is_list_type(get_nullable_type(field.type)):
            return _own_cost(field).plus(self.below(node.selection_set, get_named_type(field.type), own))
        each = self.below(node.selection_set, get_named_type(field.type), None)
        times = next((size for size in (own, items) if size is not None), ASSUMED_ITEMS)
        return _own_cost(field).plus(each.times(times))

    def _first(self, node: FieldNode, field: GraphQLField) -> int | Asked | None:
        if "first" not in field.args:
            return None
        value = next((argument.value for argument in node.arguments or () if argument.name.value == "first"), None)
        if isinstance(value, IntValueNode):
            return max(int(value.value), 0)
        if isinstance(value, VariableNode):
            name = value.name.value
            return Asked(name, self._defaults.get(name, ASSUMED_ITEMS))
        return ASSUMED_ITEMS


def _own_cost(field: GraphQLField) -> Cost:
    definition = field.extensions.get("strawberry-definition")
    return Cost(1 if definition is None else definition.metadata.get(OWN_COST, 1))
