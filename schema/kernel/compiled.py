"""Runs GraphQL operations: each text is parsed, validated and planned once, then run as often as it is asked.

An operation that a plan covers runs without graphql-core; everything else runs through graphql-core as Strawberry
would run it. Whenever a covered operation meets something out of the ordinary (a variable of the wrong type, a null
where none may be, an exception), graphql-core finds the answer: before the resolver has run, from the start;
afterwards, from the resolver's own outcome, which is never asked for twice. So both ways answer alike.

A resolver that runs in a plan is handed a `ResolverInfo`, which knows `context` and `field_name` only.
"""

import re
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, NamedTuple, TypeGuard, cast

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    MiddlewareManager,
    OperationDefinitionNode,
    OperationType,
    execute,
    parse,
    specified_rules,
    subscribe,
)
from strawberry.execution import optimized_is_awaitable
from strawberry.schema.schema import validate_document

from schema.kernel.compiled_output import NotCovered, SharedItem
from schema.kernel.compiled_plan import Outcome, Plan
from schema.kernel.limits import Cost, LimitExceeded, Limits, check_shape, cost_of, hold, longest_number

__all__ = ["Answer", "Operation", "Operations", "Rejected", "SharedItem"]

CACHED_OPERATIONS = 256
CACHED_CHARACTERS = 512 * 1024
"""Both bound the memory of the cache: a parsed text takes some hundred times its characters."""

Variables = Mapping[str, object]
_is_awaitable = cast("Callable[[Any], TypeGuard[Awaitable[Any]]]", optimized_is_awaitable)


class Answer(NamedTuple):
    """What an operation came to: data for orjson (it may hold `orjson.Fragment`s and UUIDs), and the errors beside it.

    `executed` is False when there is no data at all: nothing ran, or a subscription's source broke off.
    """

    data: object
    errors: list[GraphQLError]
    executed: bool = True


class Rejected(Exception):
    """The text is not an operation that may run; each error's `extensions["code"]` says at which step it failed."""

    def __init__(self, errors: list[GraphQLError], code: str) -> None:
        super().__init__(errors[0].message)
        self.errors = coded(errors, code)


def coded(errors: list[GraphQLError], code: str) -> list[GraphQLError]:
    """The errors, each with a code: its own, or this one."""
    for error in errors:
        error.extensions = {"code": code, **(error.extensions or {})}
    return errors


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of one text, ready to run; without a plan it runs through graphql-core."""

    document: DocumentNode
    definition: OperationDefinitionNode
    cost: Cost
    introspects: bool
    plan: Plan | None

    @property
    def kind(self) -> OperationType:
        return self.definition.operation

    @property
    def name(self) -> str | None:
        return self.definition.name.value if self.definition.name else None


class Operations:
    """Prepares and runs the operations of one schema, within limits."""

    def __init__(self, schema: strawberry.Schema, limits: Limits | None = None) -> None:
        if schema.extensions or schema.directives:
            msg = "Schema extensions and operation directives are not run here: a plan would skip them."
            raise ValueError(msg)
        self.schema = schema
        self._schema = schema._schema  # noqa: SLF001  # Strawberry has no public name for it
        self._limits = limits or Limits()
        self._cache: OrderedDict[tuple[str, str | None], Operation] = OrderedDict()
        self._cached_characters = 0

    def prepare(self, text: str, name: str | None = None) -> Operation:
        """The operation called `name` (or the only one) of the text; raises `Rejected`."""
        key = (text, name)
        operation = self._cache.get(key)
        if operation is not None:
            self._cache.move_to_end(key)
            return operation

        operation = self._prepare(text, name)
        self._cache[key] = operation
        self._cached_characters += len(text)
        while len(self._cache) > CACHED_OPERATIONS or self._cached_characters > CACHED_CHARACTERS:
            (dropped, _), _ = self._cache.popitem(last=False)
            self._cached_characters -= len(dropped)
        return operation

    def _prepare(self, text: str, name: str | None) -> Operation:
        document = _parsed(text, self._limits)
        errors = validate_document(self._schema, document, specified_rules)
        if errors:
            raise Rejected(errors, "GRAPHQL_VALIDATION_FAILED")
        definition = _chosen(document, name)
        return Operation(
            document=document,
            definition=definition,
            cost=cost_of(self._schema, document, definition),
            # The names are reserved; a text that only quotes one is refused to nobody who may introspect.
            introspects=re.search(r"__(schema|type)\b", text) is not None,
            plan=self._plan(document, definition),
        )

    def _plan(self, document: DocumentNode, definition: OperationDefinitionNode) -> Plan | None:
        root = self._schema.get_root_type(definition.operation)
        try:
            return None if root is None else Plan(self.schema, root, document, definition)
        except NotCovered:
            return None

    def admit(self, operation: Operation, variables: Variables, *, introspection: bool = True) -> int:
        """Refuse what would cost too much with these variables, or may not introspect; raises `Rejected`.

        Returns the cost.
        """
        if operation.introspects and not introspection:
            raise Rejected([GraphQLError("Introspection is not allowed here.")], "GRAPHQL_VALIDATION_FAILED")
        cost = operation.cost.total(variables)
        try:
            hold("cost", cost, self._limits.cost)
        except LimitExceeded as error:
            raise Rejected([error], "GRAPHQL_LIMIT_EXCEEDED") from None
        return cost

    async def execute(self, operation: Operation, variables: Variables, context: object) -> Answer:
        """Run a query or a mutation."""
        plan = operation.plan
        if plan is None:
            return await self._ordinary(operation, variables, context)
        try:
            arguments = plan.arguments(variables)
        except Exception:  # noqa: BLE001  # whatever it is, graphql-core says it in its own words
            return await self._ordinary(operation, variables, context)
        outcome = await plan.resolve(arguments, context)
        return await self._answer(operation, plan, outcome, variables, context)

    async def _answer(
        self, operation: Operation, plan: Plan, outcome: Outcome, variables: Variables, context: object
    ) -> Answer:
        if outcome.error is None:
            try:
                return Answer(plan.data(outcome.value), [])
            except Exception:  # noqa: BLE001, S110  # the same: graphql-core looks at the outcome below
                pass
        return await self._ordinary(operation, variables, context, MiddlewareManager(outcome))

    async def _ordinary(
        self,
        operation: Operation,
        variables: Variables,
        context: object,
        middleware: MiddlewareManager | None = None,
        root: object = None,
    ) -> Answer:
        result = execute(
            self._schema,
            operation.document,
            root_value=root,
            context_value=context,
            variable_values=dict(variables),
            operation_name=operation.name,
            middleware=middleware,
            executor_class=self.schema.execution_context_class,
            is_awaitable=_is_awaitable,
            operation_extensions={},
        )
        return _answered(await result if isawaitable(result) else result)

    async def subscribe(
        self, operation: Operation, variables: Variables, context: object
    ) -> AsyncGenerator[Answer, None]:
        """Run a subscription; a source that breaks off gives a last answer that was not `executed`."""
        try:
            async with AsyncExitStack() as stack:
                source = await self._source(operation, variables, context)
                if isinstance(source, ExecutionResult):
                    yield _answered(source)._replace(executed=False)
                    return
                if hasattr(source, "aclose"):
                    await stack.enter_async_context(aclosing(source))
                async for item in source:
                    yield await self._item(operation, item, variables, context)
        except Exception as error:  # noqa: BLE001  # the API masks it, as it masks a resolver's
            yield Answer(None, [GraphQLError(str(error), original_error=error)], executed=False)

    async def _source(self, operation: Operation, variables: Variables, context: object) -> Any:
        """The items of the plan's resolver; without a plan, graphql-core's results."""
        if operation.plan is not None:
            try:
                arguments = operation.plan.arguments(variables)
            except Exception:  # noqa: BLE001, S110  # as in `execute`: graphql-core refuses them below
                pass
            else:
                source = operation.plan.call(arguments, context)
                return await source if isawaitable(source) else source
        source = subscribe(
            self._schema,
            operation.document,
            context_value=context,
            variable_values=dict(variables),
            operation_name=operation.name,
            executor_class=self.schema.execution_context_class,
            operation_extensions={},
        )
        return await source if isawaitable(source) else source

    async def _item(self, operation: Operation, item: object, variables: Variables, context: object) -> Answer:
        if isinstance(item, ExecutionResult):
            return _answered(item)
        plan = operation.plan
        try:
            if plan is not None:
                data = item.encoded_by(plan.data) if isinstance(item, SharedItem) else plan.data(item)
                return Answer(data, [])
        except Exception:  # noqa: BLE001, S110  # as in `_answer`
            pass
        return await self._ordinary(operation, variables, context, root=item)


def _parsed(text: str, limits: Limits) -> DocumentNode:
    try:
        hold("number of characters", len(text), limits.characters)
        hold("number of digits in a row", longest_number(text), limits.digits)
        document = parse(text, max_tokens=limits.tokens)
        check_shape(document, limits)
    except LimitExceeded as error:
        raise Rejected([error], "GRAPHQL_LIMIT_EXCEEDED") from None
    except GraphQLError as error:
        too_long = "Parsing aborted" in error.message
        raise Rejected([error], "GRAPHQL_LIMIT_EXCEEDED" if too_long else "GRAPHQL_PARSE_FAILED") from None
    return document


def _chosen(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is None and len(operations) == 1:
        return operations[0]
    for operation in operations:
        if name is not None and operation.name is not None and operation.name.value == name:
            return operation
    message = (
        "Must provide operation name if query contains multiple operations."
        if name is None
        else f"Unknown operation named '{name}'."
    )
    raise Rejected([GraphQLError(message)], "GRAPHQL_VALIDATION_FAILED")


def _answered(result: ExecutionResult) -> Answer:
    """graphql-core's result; an error without a path means that the request itself was refused."""
    errors = list(result.errors or ())
    if result.data is None and errors and all(error.path is None for error in errors):
        return Answer(None, coded(errors, "BAD_USER_INPUT"), executed=False)
    return Answer(result.data, errors)
