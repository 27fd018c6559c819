"""Short words for what people do at work: come, go, hand over, take over, ask for help."""

import asyncio
from typing import Any
from uuid import uuid4

from tests.schema.tasks.chores import document
from tests.support.asking import Asker, Told
from tests.support.chain import Chain, Shop, Staff, origin

SALES = "{ amount baskets units }"
HAND_OVER = f"""id day endsDay givenByName note openedAt sales {SALES} sinceThen {SALES} returnsWaiting
  returns {{ number refunds }} unknownCodes wasted {{ sku {{ name }} quantity value }} wastedCount
  tasks {{ id kind title must isLate reason }} differences {{ sku {{ name }} quantity value }} differencesCount
  belowZero {{ sku {{ name }} quantity value }} belowZeroCount photos {{ id }}
  confirmations {{ byName disputes {{ id taskId words }} }}"""
ENTRY = "id personName direction day occurredAt recordedAt clockErrorSeconds place distanceMetres flags"
CALL = """id storeId askedByName state screen subject subjectId appVersion lastProblem words closedAt
  answers { byName words } photos { id }"""
CLOCK_IN = document("clockIn", f"entry {{ {ENTRY} }}")
CLOCK_OUT = document("clockOut", f"entry {{ {ENTRY} }}")
GIVE = document("handOver", f"handOver {{ {HAND_OVER} }}", "... on MustDoOpen { tasks { id title } }")
CONFIRM = document("confirmHandOver", f"handOver {{ {HAND_OVER} }}")
ASK = document("askForHelp", f"call {{ {CALL} }}")
ANSWER = document("answerHelp", f"call {{ {CALL} }}")
OPEN = document("openBusinessDay", "store { id }")
DAY = f"""query($store: UUID!) {{ dayOf(storeId: $store) {{ day openedAt openTasks returnsWaiting belowZeroCount
  returns {{ number refunds }} unknownCodes wasted {{ sku {{ name }} quantity value }} wastedCount
  previous {{ {HAND_OVER} }} latest {{ {HAND_OVER} }} mustDo {{ id title state }} sales {SALES} differencesCount
  differences {{ sku {{ name }} quantity value }} onShift {{ personName place since }} }} }}"""
HAND_OVERS = f"""query($store: UUID!, $first: Int!, $after: String) {{
  handOvers(storeId: $store, first: $first, after: $after) {{
    edges {{ node {{ {HAND_OVER} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
SEEN = f"""query($store: UUID!, $id: UUID!) {{ handOver(storeId: $store, id: $id) {{ {HAND_OVER} }} }}"""
ENTRIES = f"""query($store: UUID!, $since: Date!, $until: Date!) {{
  clockEntries(storeId: $store, since: $since, until: $until) {{ {ENTRY} }} }}"""
CALLS = f"""query($first: Int!, $after: String, $states: [HelpState!], $store: UUID) {{
  helpCalls(first: $first, after: $after, states: $states, storeId: $store) {{
    edges {{ node {{ {CALL} }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""


def _act(who: Staff, **more: object) -> dict[str, object]:
    return {"requestId": uuid4(), "id": uuid4(), "storeId": who.shop.id, "origin": origin(), **more}


async def come(who: Staff, **more: object) -> Told:
    return await who.ask(CLOCK_IN, input=_act(who, **more))


async def go(who: Staff, **more: object) -> Told:
    return await who.ask(CLOCK_OUT, input=_act(who, **more))


async def give(who: Staff, **more: object) -> Told:
    return await who.ask(GIVE, input=_act(who, **more))


async def confirm(who: Staff, hand_over: object, **more: object) -> Told:
    return await who.ask(CONFIRM, input=_act(who, handOverId=hand_over, **more))


async def ask_for_help(who: Staff, **more: object) -> Told:
    return await who.ask(ASK, input=_act(who, **{"screen": "/stocktake", **more}))


async def answer(who: Asker, shop: Shop, help_id: object, **more: object) -> Told:
    return await who.ask(ANSWER, input={"requestId": uuid4(), "storeId": shop.id, "helpId": help_id, **more})


async def day_of(who: Asker, shop: Shop) -> Any:
    return (await who.ask(DAY, store=shop.id)).data["dayOf"]


async def hand_over_seen_by(who: Asker, shop: Shop, id: object) -> Any:
    return (await who.ask(SEEN, store=shop.id, id=id)).data["handOver"]


async def calls_seen_by(who: Asker, shop: Shop, **more: object) -> list[Any]:
    told = await who.ask(CALLS, first=100, store=shop.id, **more)
    return [edge["node"] for edge in told.data["helpCalls"]["edges"]]


async def settled(chain: Chain, shop: Shop, units: int) -> None:
    """Wait until the sums of sales have followed the ledger so far."""
    for _ in range(100):
        if await chain.value("select coalesce(sum(units), 0) from sales_day where store_id = $1", shop.id) == units:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("the sums do not follow the ledger")
