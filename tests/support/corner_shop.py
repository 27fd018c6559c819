"""A small shop as a Strawberry schema, with every kind of field, input and mistake that the GraphQL tests need."""

import asyncio
import datetime as dt
import enum
import itertools
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, NewType
from uuid import UUID

import orjson
import strawberry
from strawberry.schema.config import StrawberryConfig

from schema.kernel.compiled import SharedItem

Fen = NewType("Fen", int)
Rows = NewType("Rows", bytes)


def _fen(value: Any) -> int:
    if type(value) is not int:
        raise ValueError(f"{value!r} is not a number of fen")
    return value


SCALARS: dict[object, Any] = {
    Fen: strawberry.scalar(name="Fen", serialize=int, parse_value=_fen),
    Rows: strawberry.scalar(name="Rows", serialize=orjson.Fragment, parse_value=lambda value: value),
}

TEA = UUID("11111111-1111-4111-8111-111111111111")
OPENED = dt.datetime(2026, 3, 1, 8, 30, tzinfo=dt.UTC)


@strawberry.enum
class Kind(enum.Enum):
    SALE = "sale"
    RETURN = "return"
    WASTE = strawberry.enum_value("waste", name="THROWN_AWAY")


class SoldOut(Exception):
    pass


class Broken(Exception):
    pass


@strawberry.interface
class Refusal:
    code: str
    message: str


@strawberry.type
class NotEnough(Refusal):
    available: int


@strawberry.type
class NotToday(Refusal):
    until: dt.date | None = None


@strawberry.type
class Line:
    sku_id: UUID
    quantity: int
    kind: Kind = Kind.SALE
    amount: Fen | None = None
    note: str | None = None
    weight: float = 0.5
    kinds: list[Kind | None] = strawberry.field(default_factory=lambda: [Kind.SALE, None])
    parts: list[list[int]] = strawberry.field(default_factory=lambda: [[1, 2], []])
    inner: "Line | None" = None

    @strawberry.field
    def below_zero(self) -> bool:
        return self.quantity < 0

    @strawberry.field
    def half(self) -> int:
        if self.quantity % 2:
            raise Broken("an odd quantity has no half")
        return self.quantity // 2

    @strawberry.field
    async def slow_name(self) -> str:
        await asyncio.sleep(0)
        return "tea"

    @strawberry.field
    def price(self, times: int = 1) -> int:
        return self.quantity * times


@dataclass
class Row:
    """Not a Strawberry object, but it has what a Line has; some of it as other types than promised."""

    sku_id: Any = TEA
    quantity: Any = 7
    kind: Any = Kind.RETURN
    amount: Any = 250
    note: Any = "row"
    weight: Any = 2
    kinds: Any = (Kind.WASTE,)
    parts: Any = field(default_factory=lambda: ((3,),))
    inner: Any = None


@strawberry.type
class Sold:
    sale_id: UUID
    at: dt.datetime
    lines: list[Line]
    refusals: list[Refusal] = strawberry.field(default_factory=list)


SaleResult = Annotated[Sold | NotEnough | NotToday, strawberry.union("SaleResult")]


class SoldOutHandler(strawberry.ExceptionHandler[SoldOut, NotEnough]):
    """Tells of a sold out item; declines when it has no words for it."""

    def handle(self, exception: SoldOut, *, field: Any, info: Any) -> NotEnough | None:
        del field
        words = str(exception)
        return NotEnough(code="NOT_ENOUGH", message=f"{info.context}: {words}", available=0) if words else None


@strawberry.input
class LineInput:
    sku_id: UUID | None = None
    code: str | None = None
    quantity: int
    unit_price: Fen | None = strawberry.UNSET
    weight: float = 1.5


@strawberry.input
class OriginInput:
    occurred_at: dt.datetime
    device: str | None
    kind: Kind = Kind.SALE
    tags: list[str] = strawberry.field(default_factory=lambda: ["till"])


@strawberry.input
class SaleInput:
    request_id: UUID
    origin: OriginInput
    lines: list[LineInput]
    all_or_nothing: bool = False
    ids: list[strawberry.ID] | None = None


def lines(count: int) -> list[Line]:
    made = [Line(sku_id=TEA, quantity=number, amount=Fen(number * 100)) for number in range(count)]
    for outer, inner in itertools.pairwise(made):
        outer.inner = inner
    return made


def _generated() -> Iterator[Line]:
    yield from lines(2)


LINES: dict[str, Any] = {
    "good": lambda: lines(3),
    "a tuple": lambda: tuple(lines(2)),
    "other objects": lambda: [Row(), Row()],
    "quantity as text": lambda: [Row(quantity="7")],
    "quantity too large": lambda: [Row(quantity=2**31)],
    "no quantity": lambda: [Row(quantity=None)],
    "a bare enum value": lambda: [Row(kind="sale")],
    "an endless weight": lambda: [Row(weight=float("inf"))],
    "an amount that is none": lambda: [Row(amount="a lot")],
    "a line that is none": lambda: [None],
    "an exception among them": lambda: [Broken("as a value")],
    "a generator": _generated,
    "not a list": lambda: 5,
    "nothing": lambda: None,
}


@strawberry.type
class Query:
    @strawberry.field
    async def lines(self, of: str = "good") -> list[Line]:
        found: list[Line] = LINES[of]()
        return found

    @strawberry.field
    def line(self, quantity: int | None = 2, kind: Kind = Kind.RETURN, id: strawberry.ID | None = None) -> Line | None:
        return None if quantity is None else Line(sku_id=TEA, quantity=quantity, kind=kind, note=id)

    @strawberry.field
    async def page(self, info: strawberry.Info, first: int, after: str | None = None) -> list[Line | None]:
        return [Line(sku_id=TEA, quantity=first, note=f"{info.context} {info.field_name} {after}"), None]

    @strawberry.field
    async def refusals(self) -> list[Refusal]:
        return [
            NotEnough(code="A", message="none left", available=1),
            NotToday(code="B", message="closed", until=dt.date(2026, 5, 1)),
        ]

    @strawberry.field
    def rows(self) -> Rows:
        return Rows(b'[[0,1,5],[1,0,"x"]]')

    @strawberry.field
    def total(self, amount: Fen = Fen(5), weights: list[float] | None = None) -> float:
        return amount + sum(weights or [])


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def sell(self, info: strawberry.Info, input: SaleInput) -> SaleResult:
        await asyncio.sleep(0)
        device = input.origin.device
        if device == "sold out":
            raise SoldOut("come back tomorrow")
        if device == "speechless":
            raise SoldOut
        if device == "broken":
            raise Broken("a secret of the till")
        if device == "closed":
            return NotToday(code="CLOSED", message=str(info.context))
        told = repr((input.request_id, input.origin, input.lines, input.all_or_nothing, input.ids))
        sold = [Line(sku_id=line.sku_id or TEA, quantity=line.quantity, note=told) for line in input.lines]
        return Sold(sale_id=input.request_id, at=input.origin.occurred_at, lines=sold, refusals=[])


@strawberry.type
class Change(SharedItem):
    cursor: str
    lines: list[Line]


@strawberry.type
class Quiet:
    reason: str


Item = Annotated[Change | Quiet, strawberry.union("Item")]


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def changes(
        self, info: strawberry.Info, after: str | None = None, count: int = 2
    ) -> AsyncGenerator[Item, None]:
        yield Quiet(reason=f"{info.context} after {after}")
        for number in range(count):
            yield Change(cursor=str(number), lines=lines(1))

    @strawberry.subscription
    async def breaking(self) -> AsyncGenerator[Item, None]:
        yield Quiet(reason="all is well")
        raise Broken("a secret of the feed")

    @strawberry.subscription
    async def odd(self) -> AsyncGenerator[Line, None]:
        yield Line(sku_id=TEA, quantity=1)


def corner_shop() -> strawberry.Schema:
    return strawberry.Schema(
        query=Query,
        mutation=Mutation,
        subscription=Subscription,
        types=[NotEnough, NotToday],
        exception_handlers=[SoldOutHandler()],
        config=StrawberryConfig(scalar_map=SCALARS),
    )
