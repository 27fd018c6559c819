"""A model of one small shop beside the real one: random stories must end with both saying the same.

The model is a few lines of plain Python. After every step the answers are compared; at the end of a story the
books are read with plain SQL: conservation, the sum of each level, dense versions, balances, open reservations.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import httpx
import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from tests.support.asking import MUTATIONS
from tests.support.chain import Shop, origin

GOODS = ("tea", "milk")
goods_st = st.sampled_from(GOODS)
few = st.integers(1, 9)
baskets = st.lists(st.tuples(goods_st, few), min_size=1, max_size=3)


@dataclass
class World:
    """What a machine needs of the real chain: a server, somebody who may do everything, fresh stores, plain SQL."""

    http: httpx.Client
    server: str
    headers: Mapping[str, str]
    skus: Mapping[str, UUID]
    next_shop: Callable[[], Shop]
    rows: Callable[[str], list[dict[str, Any]]]
    audit: Callable[[], list[str]]
    expire: Callable[[UUID], None]

    def do(self, mutation: str, asked: Mapping[str, object]) -> dict[str, Any]:
        body = orjson.dumps({"query": MUTATIONS[mutation], "variables": {"input": asked}})
        sent = {"content-type": "application/json", **self.headers}
        answer = orjson.loads(self.http.post(f"{self.server}/graphql", content=body, headers=sent).content)
        assert "errors" not in answer, answer
        told: dict[str, Any] = answer["data"][mutation]
        return told


@dataclass
class Model:
    """The shop as it should be."""

    on_hand: Counter[str] = field(default_factory=Counter)
    sold: Counter[str] = field(default_factory=Counter)
    versions: Counter[str] = field(default_factory=Counter)
    open: dict[str, Counter[str]] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)

    def reserved(self, goods: str) -> int:
        return sum(held[goods] for held in self.open.values())

    def move(self, goods: str, quantity: int) -> int:
        self.on_hand[goods] += quantity
        self.versions[goods] += 1
        return self.on_hand[goods]

    def end(self, reservation: str) -> None:
        for goods in self.open.pop(reservation):
            self.versions[goods] += 1
        self.closed.append(reservation)


class ShelfMachine(RuleBasedStateMachine):
    """Sales, events, receipts, adjustments, promises, replays and refusals in any order."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.shop = self.world.next_shop()
        self.model = Model()
        self.answers: list[tuple[str, dict[str, object], dict[str, Any]]] = []
        self.events: list[tuple[dict[str, object], int]] = []

    # ------------------------------------------------------------ facts

    @rule(basket=baskets)
    def sell(self, basket: list[tuple[str, int]]) -> None:
        told = self._do("recordSale", self._fact(lines=self._lines(basket)))
        for goods, quantity in basket:
            self.model.sold[goods] += quantity
        self._same_lines(told, [(goods, -quantity) for goods, quantity in basket])

    @rule(basket=baskets)
    def receive(self, basket: list[tuple[str, int]]) -> None:
        told = self._do("receiveGoods", self._fact(lines=self._lines(basket)))
        self._same_lines(told, basket)

    @rule(goods=goods_st, delta=st.integers(-9, 9).filter(bool))
    def adjust(self, goods: str, delta: int) -> None:
        told = self._do("adjustStock", self._fact(skuId=self.world.skus[goods], delta=delta, reason="OTHER"))
        assert told["line"]["onHand"] == self.model.move(goods, delta)

    @rule(goods=goods_st, count=st.integers(0, 20), off=st.sampled_from([0, 0, 0, 1]))
    def count(self, goods: str, count: int, off: int) -> None:
        book = self.model.on_hand[goods]
        asked = self._fact(skuId=self.world.skus[goods], setTo=count, expected=book + off, reason="COUNTED")
        told = self._do("adjustStock", asked)
        if off:
            assert (told["__typename"], told["actual"]) == ("StockMoved", book)
            return
        assert (told["line"]["quantity"], told["line"]["onHand"]) == (count - book, count)
        if count != book:
            self.model.move(goods, count - book)

    @rule(basket=baskets, kind=st.sampled_from(["SALE", "CUSTOMER_RETURN", "RECEIPT", "WASTE"]), again=st.booleans())
    def send_events(self, basket: list[tuple[str, int]], kind: str, *, again: bool) -> None:
        """New events, and with them perhaps one that was sent long ago."""
        fresh = [self._event(goods, kind, quantity) for goods, quantity in basket]
        old = self.events[: 1 if again else 0]
        asked = {"requestId": uuid4(), "source": "TILL", "events": [*fresh, *(event for event, _ in old)]}
        told = self.world.do("recordMovements", asked)
        sign = -1 if kind in {"SALE", "WASTE"} else 1
        balances = [self.model.move(goods, sign * quantity) for goods, quantity in basket]
        if kind in {"SALE", "CUSTOMER_RETURN"}:
            for goods, quantity in basket:
                self.model.sold[goods] -= sign * quantity
        self.events += zip(fresh, balances, strict=True)
        expected = [("RECORDED", balance) for balance in balances] + [("REPEATED", balance) for _, balance in old]
        assert [(each["status"], each["onHand"]) for each in told["outcomes"]] == expected

    # ------------------------------------------------------------ promises

    @rule(basket=baskets)
    def reserve(self, basket: list[tuple[str, int]]) -> None:
        wanted: Counter[str] = Counter()
        for goods, quantity in basket:
            wanted[goods] += quantity
        fits = all(self.model.on_hand[goods] - self.model.reserved(goods) >= n for goods, n in wanted.items())
        told = self._do("reserveStock", self._asked(source="MEITUAN", lines=self._lines(basket)))
        assert told["__typename"] == ("ReserveStockSuccess" if fits else "InsufficientStock")
        if fits:
            self.model.open[told["reservationId"]] = wanted
            self.model.versions.update(dict.fromkeys(wanted, 1))

    @precondition(lambda self: self.model.open)
    @rule(which=st.integers(0, 99), how=st.sampled_from(["release", "sell", "expire"]))
    def end_a_promise(self, which: int, how: str) -> None:
        reservation = list(self.model.open)[which % len(self.model.open)]
        held = self.model.open[reservation]
        if how == "release":
            told = self._do("releaseReservation", {"requestId": uuid4(), "reservationId": reservation})
            assert told["__typename"] == "ReleaseReservationSuccess"
        elif how == "expire":
            self.world.expire(UUID(reservation))
        else:
            asked = self._fact(lines=self._lines(held.items()), reservationId=reservation)
            self._same_lines(self._do("recordSale", asked), [(goods, -n) for goods, n in held.items()])
            self.model.sold.update(held)
        self.model.end(reservation)

    @precondition(lambda self: self.model.closed)
    @rule(which=st.integers(0, 99))
    def end_it_twice(self, which: int) -> None:
        reservation = self.model.closed[which % len(self.model.closed)]
        told = self._do("releaseReservation", {"requestId": uuid4(), "reservationId": reservation})
        assert told["__typename"] == "ReservationClosed"

    # ------------------------------------------------------------ repetitions and refusals

    @precondition(lambda self: self.answers)
    @rule(which=st.integers(0, 99), twisted=st.booleans())
    def ask_again(self, which: int, *, twisted: bool) -> None:
        """The same request gives the first answer; the same id for something else is a conflict."""
        mutation, asked, first = self.answers[which % len(self.answers)]
        if not twisted:
            assert self.world.do(mutation, asked) == first
        else:
            other = self._fact(lines=self._lines([("tea", 1)]), requestId=asked["requestId"])
            assert self.world.do("receiveGoods", other)["__typename"] == "RequestIdConflict"

    @rule(basket=baskets, wrong=st.sampled_from([{"quantity": 0}, {"skuId": uuid4()}, {"code": "both"}]))
    def send_nonsense(self, basket: list[tuple[str, int]], wrong: dict[str, object]) -> None:
        lines = self._lines(basket)
        told = self.world.do("recordSale", self._fact(lines=[*lines, {**lines[0], **wrong}]))
        assert told["__typename"] == "InvalidInput"

    def teardown(self) -> None:
        rows = self.world.rows(f"select * from stock_level where store_id = '{self.shop.id}'")  # noqa: S608 -- our own id
        names = {sku: goods for goods, sku in self.world.skus.items()}
        found = {names[r["sku_id"]]: (r["on_hand"], r["reserved"], r["sold_units"], r["version"]) for r in rows}
        model = self.model
        for goods in GOODS:
            should = (model.on_hand[goods], model.reserved(goods), model.sold[goods], model.versions[goods])
            assert found.get(goods, (0, 0, 0, 0)) == should, goods
        assert self.world.audit() == []

    # ------------------------------------------------------------ how

    def _do(self, mutation: str, asked: dict[str, object]) -> dict[str, Any]:
        told = self.world.do(mutation, asked)
        if told["__typename"].endswith("Success"):
            self.answers.append((mutation, asked, told))
        return told

    def _asked(self, **more: object) -> dict[str, object]:
        return {"requestId": uuid4(), "storeId": self.shop.id, **more}

    def _fact(self, **more: object) -> dict[str, object]:
        return self._asked(origin=origin(), **more)

    def _lines(self, basket: Any) -> list[dict[str, object]]:
        return [{"skuId": self.world.skus[goods], "quantity": quantity} for goods, quantity in basket]

    def _event(self, goods: str, kind: str, quantity: int) -> dict[str, object]:
        what = {"skuId": self.world.skus[goods], "kind": kind, "quantity": quantity}
        return {"eventId": uuid4(), "storeId": self.shop.id, **what, **origin()}

    def _same_lines(self, told: dict[str, Any], moved: list[tuple[str, int]]) -> None:
        expected = [(quantity, self.model.move(goods, quantity)) for goods, quantity in moved]
        assert [(line["quantity"], line["onHand"]) for line in told["lines"]] == expected


def tell_stories(world: World, rules: settings) -> None:
    """Run the machine against a chain; raises when any story ends differently from the model's."""
    machine = type("ShelfMachineHere", (ShelfMachine,), {"world": world})
    run_state_machine_as_test(machine, settings=rules)
