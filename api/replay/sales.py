"""A basket as a sale: what is sent for it, and what became of it.

A faithful integrator sends what its tills say. If the server names lines that cannot be (the
source has lines of no units), the rest of the basket is sent again without them, under the same
request id: a refused request leaves no trace, so that id is still free.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from api.replay.channel import Channel
from api.replay.sent import Seen, Sent, refuse
from api.replay.source import Line, Source
from api.replay.tally import Tally

_SALE = """
mutation Replay($input: RecordSaleInput!) {
  recordSale(input: $input) {
    __typename
    ... on RecordSaleSuccess { recordedAt clockErrorSeconds lines { skuId onHand } }
    ... on InvalidInput { problems { path code } }
    ... on Refusal { code }
  }
}"""
_BAD_LINE = re.compile(r"lines\[(\d+)\]")


@dataclass(slots=True)
class Sales:
    """Sends baskets one by one; a unit of work is a basket."""

    source: Source
    channel: Channel
    store_ids: Mapping[str, str]
    shift: timedelta
    baskets: int

    @property
    def units(self) -> int:
        """Return how many units of work there are."""
        return self.baskets

    def due(self, number: int) -> int:
        """Return the source's time of a unit of work, in seconds."""
        return self.source.trade.at[number]

    def lines_before(self, number: int) -> int:
        """Return how many lines the units of work before this one hold."""
        return self.source.trade.starts[number]

    def baskets_before(self, number: int) -> int:
        """Return how many whole baskets the units of work before this one hold."""
        return number

    async def send(self, number: int) -> Sent:
        """Send a basket until the server has taken it or refused it for good."""
        lines = list(self.source.basket(number))
        sent = Sent(Tally(baskets=1, lines=len(lines)))
        answer, began = await self._record(number, lines, sent.tally)
        if answer["__typename"] == "InvalidInput" and (bad := _bad_lines(answer, lines)):
            for line, code in bad.items():
                refuse(sent.tally, [lines[line]], code)
            lines = [line for n, line in enumerate(lines) if n not in bad]
            if not lines:
                sent.tally.refused_baskets = 1
                return sent
            sent.tally.mended_baskets = 1
            answer, began = await self._record(number, lines, sent.tally)
        if answer["__typename"] != "RecordSaleSuccess":
            sent.tally.refused_baskets, sent.tally.mended_baskets = 1, 0
            refuse(sent.tally, lines, answer["code"])
            return sent
        self._take(number, lines, answer, began, sent)
        return sent

    def _take(self, number: int, lines: Sequence[Line], answer: Mapping[str, Any], began: datetime, sent: Sent) -> None:
        tally = sent.tally
        tally.units += sum(line.quantity for line in lines)
        tally.money += sum(line.hundredths or 0 for line in lines)
        tally.unpriced_lines += sum(line.hundredths is None for line in lines)
        tally.split_lines += sum(len(priced(line)) > 1 for line in lines)
        tally.below_zero_lines += sum(line["onHand"] < 0 for line in answer["lines"])
        tally.clock_errors += answer["clockErrorSeconds"] is not None
        if datetime.fromisoformat(answer["recordedAt"]) < began:
            tally.repeated_baskets += 1
            tally.repeated_lines += len(lines)
            return
        tally.accepted_baskets += 1
        tally.accepted_lines += len(lines)
        if tally.mended_baskets:
            return  # two requests: how long the second took is not known
        last = answer["lines"][-1]
        sent.seen = Seen(self._store(number), lines[-1].code, last["skuId"], last["onHand"])

    async def _record(self, number: int, lines: Sequence[Line], tally: Tally) -> tuple[dict[str, Any], datetime]:
        began = datetime.now(UTC)
        tally.requests += 1
        at = datetime.fromtimestamp(self.due(number), UTC) + self.shift
        words = {
            "requestId": str(self.source.id_of("sale", self.source.trade.keys[number])),
            "storeId": self._store(number),
            "origin": {"occurredAt": at.isoformat(), "source": "REPLAY"},
            "lines": [
                {"code": line.code, "quantity": units, "unitPrice": price}
                for line in lines
                for units, price in priced(line)
            ],
        }
        answer: dict[str, Any] = (await self.channel.ask(_SALE, {"input": words}))["recordSale"]
        return answer, began

    def _store(self, number: int) -> str:
        return self.store_ids[self.source.stores[self.source.trade.store[number]].code]


def priced(line: Line) -> list[tuple[int, int | None]]:
    """Return a line as counts with whole prices that add up to its money: one, or two a hundredth apart."""
    if line.hundredths is None or line.quantity <= 0:
        return [(line.quantity, line.hundredths)]
    price, rest = divmod(line.hundredths, line.quantity)
    if rest == 0:
        return [(line.quantity, price)]
    return [(line.quantity - rest, price), (rest, price + 1)]


def _bad_lines(answer: Mapping[str, Any], lines: Sequence[Line]) -> dict[int, str]:
    """Return the places of the lines that the server will not have, with its code; empty if it is more than lines."""
    places = [n for n, line in enumerate(lines) for _ in priced(line)]
    bad: dict[int, str] = {}
    for problem in answer["problems"]:
        found = _BAD_LINE.match(problem["path"])
        if found is None:
            return {}
        bad.setdefault(places[int(found[1])], problem["code"])
    return bad
