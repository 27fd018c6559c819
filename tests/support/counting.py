"""Counting through the API, in short words: `await count(clerk, stocktake, tea=7)`."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from tests.support.asking import Told
from tests.support.chain import Staff

_REFUSED = """... on Refusal { code message messageZh } ... on InvalidInput { problems { path code } }
  ... on NotFound { path } ... on NotPermitted { permission }"""
_OWN = {
    "confirmStocktake": "... on StocktakeClosed { status } ... on CountsOpen { openCounts }",
    "cancelStocktake": "... on StocktakeClosed { status }",
    "askRecount": "... on StocktakeClosed { status }",
    "settleCount": "... on StocktakeClosed { status }",
    "setCountPolicy": "",
}
_SHOWN = {
    "startStocktake": "stocktakeId version",
    "recordCounts": "stocktakeId version outcomes { id outcome problems { path code } }",
    "askRecount": "stocktakeId version rounds { skuId round }",
    "settleCount": "stocktakeId version",
    "confirmStocktake": "stocktakeId version posted changed leftOut",
    "cancelStocktake": "stocktakeId version",
    "setCountPolicy": "policy { recountValue oddJump }",
}
_ITEM = """state round counted book difference unsure value settledLater reason decision sku { id name }
  figures { personId units }"""
SHEET = f"""query($id: UUID!) {{ stocktake(id: $id) {{
  id status version blind lineCount unknownCount followsId closedBy startedBy scope {{ kind zone ids }}
  states {{ state count }}
  items(first: 100) {{ totalCount edges {{ node {{ {_ITEM} }} }} }}
  lines(first: 100) {{ hasMore lines {{ id version quantity units personId }} }}
  counters {{ personId name lines }}
  result {{ linesRight {{ numerator denominator value }} unitsRight differenceUnits differenceValue atCost
    minutesPerHundred {{ numerator denominator }} shrinkage {{ sku {{ name }} units value }}
    surplus {{ sku {{ name }} units value }} }}
}} }}"""


def _document(act: str) -> str:
    pascal = act[0].upper() + act[1:]
    refused = _REFUSED if act != "setCountPolicy" else _REFUSED.replace("... on NotFound { path }", "")
    shown = f"... on {pascal}Success {{ {_SHOWN[act]} }} {refused} {_OWN.get(act, '')}"
    return f"mutation($input: {pascal}Input!) {{ {act}(input: $input) {{ __typename {shown} }} }}"


DOCUMENTS = {act: _document(act) for act in _SHOWN}


async def do(who: Staff, act: str, *, request_id: UUID | None = None, **input: Any) -> Told:
    """Carry an act of counting out."""
    return await who.ask(DOCUMENTS[act], input={"requestId": request_id or uuid4(), **input})


def now(minutes: float = 0) -> str:
    """The time so many minutes from now, as a device writes it."""
    return (datetime.now(UTC) + timedelta(minutes=minutes)).isoformat()


async def start(who: Staff, *, blind: bool = True, **scope: object) -> str:
    """Begin a stocktake of the whole store, or of another scope; returns its id."""
    id = str(uuid4())
    wanted = {"kind": "STORE", **scope}
    told = await do(who, "startStocktake", id=id, storeId=who.shop.id, scope=wanted, startedAt=now(), blind=blind)
    assert told.kind == "StartStocktakeSuccess", told.body
    return id


async def line(who: Staff, goods: str, units: int, minutes: float = 0, **more: object) -> dict[str, Any]:
    sku = (await who.chain.goods(goods)).id
    return {"id": str(uuid4()), "skuId": str(sku), "quantity": units, "countedAt": now(minutes), **more}


async def count(who: Staff, stocktake: str, minutes: float = 0, **goods: int) -> Told:
    """Count some goods at one place."""
    lines = [await line(who, name, units, minutes) for name, units in goods.items()]
    return await do(who, "recordCounts", stocktakeId=stocktake, lines=lines)


async def confirm(who: Staff, stocktake: str, **how: Any) -> Told:
    return await do(who, "confirmStocktake", stocktakeId=stocktake, **how)


async def sheet(who: Staff, stocktake: str) -> dict[str, Any]:
    """What somebody is told of a stocktake; `goods` are its SKUs by name."""
    told: dict[str, Any] = (await who.ask(SHEET, id=stocktake)).data["stocktake"]
    told["goods"] = {edge["node"]["sku"]["name"]: edge["node"] for edge in told["items"]["edges"]}
    return told
