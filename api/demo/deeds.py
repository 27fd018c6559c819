"""What customers, delivery platforms and lorries do to the demo chain, each through the public API."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from api.demo.goods import Good
from api.demo.market import Market, Place
from api.demo.rhythm import range_of
from api.replay.channel import Channel

_SALE = """
mutation Sale($input: RecordSaleInput!) {
  recordSale(input: $input) { __typename ... on RecordSaleSuccess { lines { skuId onHand } } }
}"""
_RESERVE = """
mutation Reserve($input: ReserveStockInput!) {
  reserveStock(input: $input) { __typename ... on ReserveStockSuccess { reservationId } }
}"""
_RELEASE = "mutation Release($input: ReleaseReservationInput!) { releaseReservation(input: $input) { __typename } }"
_RECEIVE = """
mutation Receive($input: ReceiveGoodsInput!) {
  receiveGoods(input: $input) { __typename ... on ReceiveGoodsSuccess { lines { skuId onHand } } }
}"""
_RECORD = """
mutation Record($input: RecordMovementsInput!) {
  recordMovements(input: $input) { __typename ... on RecordMovementsSuccess { recorded refused } }
}"""

SELLS_WHAT_IS_NOT_THERE = 0.06
"""How often a customer holds something in his hand that the book says is not there."""
IN_WAREHOUSE = 0.7
MEMBER = "88660001"
"""The code of the one member whom the demo names (README): so that a return can be tried by it."""
_MEMBER_BUYS = 2
_PICKED_UP, _CANCELLED = 0.84, 0.94
_HELD_SECONDS = 120
_FILL_UP_TO = 4
_CASE = 6


@dataclass(slots=True)
class Traded:
    """What the simulator has done so far; `refused` counts the API's typed refusals by their kind."""

    sales: int = 0
    reserved: int = 0
    released: int = 0
    receipts: int = 0
    returns: int = 0
    below_zero: int = 0
    refused: dict[str, int] = field(default_factory=dict)

    def refuse(self, kind: str) -> None:
        """Count a refusal."""
        self.refused[kind] = self.refused.get(kind, 0) + 1


@dataclass(slots=True)
class Deeds:
    """The acts of the demo's trade."""

    market: Market
    till: Channel
    platforms: Mapping[str, Channel]
    supply: Channel
    hurry: float
    traded: Traded = field(default_factory=Traded)
    chance: random.Random = field(default_factory=random.Random)

    async def buy(self, place: Place) -> None:
        """Let a customer carry a basket to the till; the till scans barcodes."""
        basket = self._found(place, range_of(place.city.code).basket(self.chance))
        if basket:
            await self._sell(self.till, place, basket, "TILL", f"till-{self.chance.randint(1, 2)}", None)

    async def buy_as_member(self, place: Place) -> None:
        """Let the demo's member buy some packed things that the shop has."""
        packed = [good for good in range_of(place.city.code).goods if not good.made_here]
        there = [good for good in packed if self.market.level(place, good).available > 0]
        basket = dict.fromkeys(self.chance.sample(there, min(_MEMBER_BUYS, len(there))), 1)
        if basket:
            await self._sell(self.till, place, basket, "TILL", "till-1", None, member=MEMBER)

    async def order(self, place: Place) -> None:
        """Let a platform's customer order: reserved first, then picked up, cancelled or forgotten."""
        source = self.chance.choices(list(self.platforms), (2, 1))[0]
        channel = self.platforms[source]
        basket = range_of(place.city.code).basket(self.chance)
        answer = await self._ask(
            channel,
            _RESERVE,
            "reserveStock",
            {
                "storeId": place.id,
                "source": source,
                "expiresInSeconds": _HELD_SECONDS,
                "lines": [{"code": good.gtin, "quantity": units} for good, units in basket.items()],
            },
        )
        if answer["__typename"] != "ReserveStockSuccess":
            return
        self.traded.reserved += 1
        await asyncio.sleep(self.chance.uniform(2, 20) / self.hurry)
        fate = self.chance.random()
        if fate < _PICKED_UP:
            await self._sell(channel, place, basket, source, None, answer["reservationId"])
        elif fate < _CANCELLED:
            await self._ask(channel, _RELEASE, "releaseReservation", {"reservationId": answer["reservationId"]})
            self.traded.released += 1

    async def deliver(self, place: Place) -> None:
        """Let a lorry bring most of what a shop has too little of; the warehouse never has everything."""
        short = {good: level for good, level in self.market.short(place).items() if self.chance.random() < IN_WAREHOUSE}
        if not short:
            return
        lines = []
        for good, level in short.items():
            case = good.case_units or _CASE
            wanted = max(level.safety * _FILL_UP_TO - level.on_hand, 1)
            lines.append({"skuId": self.market.sku_id(good), "quantity": case * -(-wanted // case)})
        receipt = {"storeId": place.id, "origin": self._origin("ERP", None), "lines": lines, "note": "补货"}
        answer = await self._ask(self.supply, _RECEIVE, "receiveGoods", receipt)
        if answer["__typename"] == "ReceiveGoodsSuccess":
            self.traded.receipts += 1
            self.market.hear(place, answer["lines"])

    async def bring_back(self, place: Place) -> None:
        """Let a customer return one packed item."""
        good = self.chance.choice([each for each in range_of(place.city.code).goods if not each.made_here])
        event = {
            "eventId": str(uuid4()),
            "storeId": place.id,
            "code": good.gtin,
            "kind": "CUSTOMER_RETURN",
            "quantity": 1,
            "occurredAt": _now(),
        }
        answer = await self._ask(self.till, _RECORD, "recordMovements", {"source": "TILL", "events": [event]})
        if answer["__typename"] == "RecordMovementsSuccess" and answer["recorded"]:
            self.traded.returns += 1

    def _found(self, place: Place, basket: Mapping[Good, int]) -> dict[Good, int]:
        """Return what of a basket a customer finds; sometimes that is more than the book knows of."""
        return {
            good: units
            for good, units in basket.items()
            if self.market.level(place, good).available >= units or self.chance.random() < SELLS_WHAT_IS_NOT_THERE
        }

    async def _sell(
        self,
        channel: Channel,
        place: Place,
        basket: Mapping[Good, int],
        source: str,
        device: str | None,
        reservation_id: str | None,
        *,
        member: str | None = None,
    ) -> None:
        sale = {
            "storeId": place.id,
            "origin": self._origin(source, device),
            "lines": [{"code": good.gtin, "quantity": units} for good, units in basket.items()],
            "reservationId": reservation_id,
            "receipt": f"{(device or source)[:6].upper()}-{self.chance.getrandbits(32):08X}",
            "member": member,
        }
        answer = await self._ask(channel, _SALE, "recordSale", sale)
        if answer["__typename"] == "RecordSaleSuccess":
            self.traded.sales += 1
            self.traded.below_zero += any(line["onHand"] < 0 for line in answer["lines"])
            self.market.hear(place, answer["lines"])

    async def _ask(self, channel: Channel, document: str, field_name: str, words: dict[str, Any]) -> dict[str, Any]:
        """Send a mutation with an id of its own, and count a refusal by its kind."""
        data = await channel.ask(document, {"input": {"requestId": str(uuid4()), **words}})
        answer: dict[str, Any] = data[field_name]
        if not answer["__typename"].endswith("Success"):
            self.traded.refuse(answer["__typename"])
        return answer

    def _origin(self, source: str, device: str | None) -> dict[str, str | None]:
        return {"occurredAt": _now(), "source": source, "device": device}


def _now() -> str:
    return datetime.now(UTC).isoformat()
