"""Baskets as bulk events, as a till server or an ERP would report them: up to a thousand in a call.

A batch holds whole baskets. An event's id comes from its basket and its place there, so it is the
same however baskets are gathered.
"""

from array import array
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from api.replay.channel import Channel
from api.replay.sent import Seen, Sent, refuse
from api.replay.source import Line, Source
from api.replay.tally import Tally

_RECORD = """
mutation Replay($input: RecordMovementsInput!) {
  recordMovements(input: $input) {
    __typename
    ... on RecordMovementsSuccess { outcomes { status onHand problems { code } } }
    ... on InvalidInput { problems { path code } }
    ... on Refusal { code }
  }
}"""


@dataclass(slots=True)
class Movements:
    """Sends events in batches; a unit of work is a batch of at most `events` lines."""

    source: Source
    channel: Channel
    store_ids: Mapping[str, str]
    shift: timedelta
    baskets: int
    events: int = 1000
    _starts: "array[int]" = field(init=False)

    def __post_init__(self) -> None:
        lines = self.source.trade.starts
        self._starts = array("q", [0])
        for basket in range(1, self.baskets):
            if lines[basket + 1] - lines[self._starts[-1]] > self.events:
                self._starts.append(basket)

    @property
    def units(self) -> int:
        """Return how many units of work there are."""
        return len(self._starts)

    def due(self, number: int) -> int:
        """Return the source's time of a unit of work, in seconds: that of its last basket."""
        return self.source.trade.at[self.baskets_before(number + 1) - 1]

    def baskets_before(self, number: int) -> int:
        """Return how many baskets the units of work before this one hold."""
        return self._starts[number] if number < len(self._starts) else self.baskets

    async def send(self, number: int) -> Sent:
        """Send a batch until the server has said what became of each event."""
        first, end = self.baskets_before(number), self.baskets_before(number + 1)
        lines = [(basket, line) for basket in range(first, end) for line in self.source.basket(basket)]
        sent = Sent(Tally(baskets=end - first, lines=len(lines), requests=1))
        request_id = self.source.id_of("batch", self.source.trade.keys[first], self.source.trade.keys[end - 1], end)
        words = {
            "requestId": str(request_id),
            "source": "REPLAY",
            "events": [event for basket in range(first, end) for event in self._events(basket)],
        }
        answer = (await self.channel.ask(_RECORD, {"input": words}))["recordMovements"]
        if answer["__typename"] != "RecordMovementsSuccess":
            sent.tally.refused_baskets = end - first
            refuse(sent.tally, [line for _, line in lines], answer["code"])
            return sent
        taken: dict[int, str] = {}
        for (basket, line), outcome in zip(lines, answer["outcomes"], strict=True):
            self._count(sent, basket, line, outcome)
            if taken.get(basket) != "RECORDED":
                taken[basket] = outcome["status"] if outcome["status"] != "REFUSED" else taken.get(basket, "REFUSED")
        statuses = list(taken.values())
        sent.tally.accepted_baskets = statuses.count("RECORDED")
        sent.tally.repeated_baskets = statuses.count("REPEATED")
        sent.tally.refused_baskets = statuses.count("REFUSED")
        return sent

    def _events(self, basket: int) -> list[dict[str, Any]]:
        trade = self.source.trade
        key = trade.keys[basket]
        at = (datetime.fromtimestamp(trade.at[basket], UTC) + self.shift).isoformat()
        document_id = str(self.source.id_of("basket", key))
        store = self.source.stores[trade.store[basket]].code
        return [
            {
                "eventId": str(self.source.id_of("event", key, place)),
                "storeCode": store,
                "code": line.code,
                "kind": "SALE",
                "quantity": line.quantity,
                "amount": line.hundredths,
                "occurredAt": at,
                "documentId": document_id,
            }
            for place, line in enumerate(self.source.basket(basket))
        ]

    def _count(self, sent: Sent, basket: int, line: Line, outcome: Mapping[str, Any]) -> None:
        tally = sent.tally
        if outcome["status"] == "REFUSED":
            refuse(tally, [line], outcome["problems"][0]["code"])
            return
        tally.units += line.quantity
        tally.money += line.hundredths or 0
        tally.unpriced_lines += line.hundredths is None
        tally.below_zero_lines += outcome["onHand"] < 0
        if outcome["status"] == "REPEATED":
            tally.repeated_lines += 1
            return
        tally.accepted_lines += 1
        store = self.source.stores[self.source.trade.store[basket]].code
        sent.seen = Seen(self.store_ids[store], line.code, None, outcome["onHand"])
