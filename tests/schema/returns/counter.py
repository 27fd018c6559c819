"""The counter where goods come back: what is asked there, in short words."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tests.support.asking import Told
from tests.support.chain import Chain, Staff, origin

_RETURN = """
  id units reason condition disposition advised rule why whyEn overrideReason soldAt refund cancelledAt by
  sku { id }
  lot { putAt hours closedAt passedUnits failedTo note questions }
  photos { id status }
"""
_REFUSED = """
  ... on Refusal { code message messageZh }
  ... on InvalidInput { problems { path code message messageZh } }
  ... on NotFound { path }
  ... on NotPermitted { permission }
"""
RECORD = f"""
mutation($input: RecordReturnInput!) {{ recordReturn(input: $input) {{
  __typename
  ... on RecordReturnSuccess {{ returned {{ {_RETURN} }} neededAt {{ storeName lacks distanceM }} }}
  {_REFUSED}
  ... on MoreThanBought {{ bought returnedBefore wanted }}
  ... on ProofNeeded {{ mostUnits most mostADay }}
}} }}"""
CANCEL = f"""
mutation($input: CancelReturnInput!) {{ cancelReturn(input: $input) {{
  __typename ... on CancelReturnSuccess {{ returned {{ {_RETURN} }} }} {_REFUSED} ... on ReturnClosed {{ status }}
}} }}"""
INSPECT = f"""
mutation($input: InspectLotInput!) {{ inspectLot(input: $input) {{
  __typename ... on InspectLotSuccess {{ returned {{ {_RETURN} }} }} {_REFUSED} ... on ReturnClosed {{ status }}
}} }}"""
SET_HANDLING = f"""
mutation($input: SetHandlingInput!) {{ setHandling(input: $input) {{
  __typename ... on SetHandlingSuccess {{ categoryId }} {_REFUSED}
}} }}"""
SELL = f"""
mutation($input: RecordSaleInput!) {{ recordSale(input: $input) {{
  __typename ... on RecordSaleSuccess {{ saleId total }} {_REFUSED}
}} }}"""
FIND = """
query($store: UUID!, $by: SaleSought!) { salesToReturn(storeId: $store, by: $by) {
  saleId storeName soldHere soldAt lines { lineId sku { id } sold returned left paid }
} }"""
LOTS = "query($store: UUID!) { quarantineLots(storeId: $store) { id units lot { questions hours } } }"
DAY = "query($store: UUID!) { returnsOfDay(storeId: $store) { taken waiting waitingSince } }"
LEVEL = """
query($store: UUID!, $sku: UUID!) { stockLevel(storeId: $store, skuId: $sku) { onHand available quarantined } }"""
FIGURES = """
query($from: DateTime!, $to: DateTime!, $stores: [UUID!]) { returnFigures(from: $from, to: $to, storeIds: $stores) {
  returns units refund withoutProof overridden byDisposition { disposition returns }
  byReason { reason returns lotsResold medianHours }
  lotsResold medianHours p90Hours waiting waitingSince
} }"""


def photo() -> dict[str, object]:
    """A picture that somebody has taken; its bytes may come whenever."""
    return {"id": str(uuid4()), "sha256": "ab" * 32, "bytes": 1000, "takenAt": datetime.now(UTC).isoformat()}


async def sold(clerk: Staff, **basket: Any) -> Told:
    """Sell with what a sale may carry: `receipt`, `member`, `requestId`, `at`."""
    more: dict[str, Any] = {key: basket.pop(key) for key in ("receipt", "member", "requestId") if key in basket}
    at = basket.pop("at", None)
    lines = await clerk.lines(basket)
    when = origin() if at is None else origin(occurredAt=at.isoformat())
    given: dict[str, Any] = {"requestId": str(uuid4()), "storeId": clerk.shop.id, "origin": when, "lines": lines}
    return await clerk.ask(SELL, input={**given, **more})


async def take_back(clerk: Staff, goods: str, units: int = 1, **more: Any) -> Told:
    """Take something back, unopened and because it was the wrong one unless said otherwise; with one photo."""
    given: dict[str, Any] = {
        "requestId": str(uuid4()),
        "id": str(uuid4()),
        "storeId": clerk.shop.id,
        "origin": origin(),
        "skuId": (await clerk.chain.goods(goods)).id,
        "quantity": units,
        "reason": "WRONG_ITEM",
        "condition": "SEALED",
        "photos": [photo()],
    }
    return await clerk.ask(RECORD, input={**given, **more})


async def cancel(clerk: Staff, return_id: str, **more: Any) -> Told:
    given = {"requestId": str(uuid4()), "storeId": clerk.shop.id, "returnId": return_id, "origin": origin()}
    return await clerk.ask(CANCEL, input={**given, **more})


async def inspect(clerk: Staff, return_id: str, passed: int, **more: Any) -> Told:
    given = {"requestId": str(uuid4()), "storeId": clerk.shop.id, "returnId": return_id, "origin": origin()}
    good = ["SEAL_INTACT", "IN_DATE", "CLEAN"]
    return await clerk.ask(INSPECT, input={**given, "passed": passed, "good": good, **more})


async def find(clerk: Staff, **by: Any) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = (await clerk.ask(FIND, store=clerk.shop.id, by=by)).data["salesToReturn"]
    return told


async def line_of(clerk: Staff, **by: Any) -> str:
    """The one line of the one sale that is found."""
    (sale,) = await find(clerk, **by)
    (line,) = sale["lines"]
    return str(line["lineId"])


async def moved(chain: Chain, return_id: str) -> list[tuple[str, int, str]]:
    """What the ledger says of a return: kind, quantity and counter-account, in its order."""
    rows = await chain.rows(
        "select kind, quantity, counter_account from movement where document_id = $1 order by version", UUID(return_id)
    )
    return [tuple(row) for row in rows]
