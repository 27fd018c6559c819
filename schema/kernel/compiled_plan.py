"""The plan of an operation with one root field: its arguments, its resolver and its answer, without graphql-core.

Made once for an operation, or refused (`NotCovered`). Strawberry's exception handlers apply as they do without a
plan: a refusal that the domain raises becomes the member of the union that its handler makes of it.
"""

from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, cast

import strawberry
from graphql import DocumentNode, FieldNode, GraphQLField, GraphQLObjectType, OperationDefinitionNode, OperationType
from strawberry.schema.exception_handlers import ExceptionHandler, get_error_type, get_exception_types
from strawberry.schema.schema_converter import GraphQLCoreConverter, field_contains_type
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from schema.kernel.compiled_input import ArgumentsPlan
from schema.kernel.compiled_output import NotCovered, Projector
from schema.kernel.limits import fragments_of


@dataclass(frozen=True, slots=True)
class ResolverInfo:
    """What a resolver may ask of its `info`."""

    context: Any
    field_name: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a root resolver came to: a value, or the exception that it raised."""

    value: object = None
    error: Exception | None = None

    def resolve(self, resolve_next: Any, source: object, info: Any, **arguments: object) -> object:
        """graphql-core's middleware: answer the root field with this outcome, instead of asking the resolver again."""
        if info.path.prev is not None:
            return resolve_next(source, info, **arguments)
        if self.error is not None:
            raise self.error
        return self.value


class Plan:
    """How one operation is run; raises `NotCovered` when it asks for more than a plan does."""

    def __init__(
        self,
        schema: strawberry.Schema,
        root: GraphQLObjectType,
        document: DocumentNode,
        definition: OperationDefinitionNode,
    ) -> None:
        if definition.directives or any(variable.directives for variable in definition.variable_definitions or ()):
            raise NotCovered("directives")
        projector = Projector(schema._schema, fragments_of(document))  # noqa: SLF001  # no public name
        self._name, nodes = _only_root_field(projector, root, definition)
        graphql_field = root.fields[nodes[0].name.value]
        self._field = _strawberry_field(graphql_field)
        self._resolver = cast("StrawberryResolver[Any]", self._field.base_resolver)
        self._field_name = nodes[0].name.value
        self._handlers = [] if definition.operation is OperationType.SUBSCRIPTION else _handlers(schema, self._field)
        self._project = projector.of_field(graphql_field, nodes)
        self.arguments = ArgumentsPlan(schema._schema, definition, graphql_field, nodes[0])  # noqa: SLF001  # same

    def data(self, value: object) -> object:
        """The answer's data for what the resolver returned; raises when graphql-core has to look at it."""
        return {self._name: self._project(value)}

    def call(self, arguments: dict[str, object], context: object) -> Any:
        """Call the resolver as Strawberry does; what it returns may have to be awaited."""
        return self._call(arguments, ResolverInfo(context, self._field_name))

    def _call(self, arguments: dict[str, object], info: ResolverInfo) -> Any:
        resolver = self._resolver
        if resolver.info_parameter:
            arguments[resolver.info_parameter.name] = info
        for parameter in (resolver.parent_parameter, resolver.root_parameter):
            if parameter:
                arguments[parameter.name] = None
        if resolver.self_parameter:
            return resolver.wrapped_func(None, **arguments)  # type: ignore[operator]  # a function once its type is made
        return resolver.wrapped_func(**arguments)  # type: ignore[operator]  # same

    async def resolve(self, arguments: dict[str, object], context: object) -> Outcome:
        info = ResolverInfo(context, self._field_name)
        try:
            value = self._call(arguments, info)
            return Outcome(await value if isawaitable(value) else value)
        except Exception as error:  # noqa: BLE001  # an outcome like any other: graphql-core reports it
            return await self._handled(error, info)

    async def _handled(self, error: Exception, info: ResolverInfo) -> Outcome:
        handler = next((handler for types, handler in self._handlers if isinstance(error, types)), None)
        if handler is None:
            return Outcome(error=error)
        try:
            handled = handler.handle(error, field=self._field, info=cast("strawberry.Info", info))
            value = await handled if isawaitable(handled) else handled
        except Exception as raised:  # noqa: BLE001  # same
            return Outcome(error=raised)
        return Outcome(error=error) if value is None else Outcome(value)


def _only_root_field(
    projector: Projector, root: GraphQLObjectType, definition: OperationDefinitionNode
) -> tuple[str, list[FieldNode]]:
    selected: dict[str, list[FieldNode]] = {}
    projector.collect(definition.selection_set, root, selected)
    if len(selected) != 1:
        raise NotCovered("several root fields")
    [(name, nodes)] = selected.items()
    if nodes[0].name.value not in root.fields:
        raise NotCovered("introspection")
    return name, nodes


def _strawberry_field(field: GraphQLField) -> StrawberryField:
    own = field.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(own, StrawberryField) or own.base_resolver is None or own.extensions:
        raise NotCovered("a root field without a resolver, or with extensions or permissions")
    return own


def _handlers(
    schema: strawberry.Schema, field: StrawberryField
) -> list[tuple[tuple[type[Exception], ...], ExceptionHandler[Any, Any]]]:
    return [
        (get_exception_types(handler), handler)
        for handler in schema.exception_handlers
        if field_contains_type(field, get_error_type(handler))
    ]
