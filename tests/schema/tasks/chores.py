"""Short words for what people do with tasks and checklists, through the API."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from tests.support.asking import Asker, Told
from tests.support.chain import Chain, Shop, Staff, origin

TASK = """id kind day dueAt priority why whyEn title titleEn note must state isLate ownerId ownerName doneByName doneAt
  checklistId checklistVersion needs { id title titleEn kind unit min max must } photos { id status aboutId }"""
RECORD = """id taskId byName doneAt recordedAt clockErrorSeconds latitude longitude distanceMetres isLate note
  answers { itemId kind tick number text photoIds isOutside }"""
CHECKLIST = "id version title items { id title kind min max } active moment times weekdays storeIds chainWide savedBy"
_REFUSED = """... on Refusal { code message messageZh } ... on InvalidInput { problems { path code } }
  ... on NotFound { path } ... on NotPermitted { permission }"""


def document(mutation: str, shown: str, refused: str = "") -> str:
    """Return a mutation that shows this of its success."""
    pascal = mutation[0].upper() + mutation[1:]
    return (
        f"mutation($input: {pascal}Input!) {{ {mutation}(input: $input) {{ __typename "
        f"... on {pascal}Success {{ {shown} }} {_REFUSED} {refused} }} }}"
    )


TAKE = document("takeTask", f"task {{ {TASK} }}", "... on TaskTaken { ownerId ownerName } ... on TaskOver { by at }")
LEAVE = document("leaveTask", f"task {{ {TASK} }}")
COMPLETE = document("completeTask", f"task {{ {TASK} }} record {{ {RECORD} }} alsoDoneBy alsoDoneAt followUpIds")
SAVE = document("saveChecklist", f"checklist {{ {CHECKLIST} }}", "... on ChecklistMoved { expected actual }")
SEND = document("sendTask", "taskIds")
WITHDRAW = document("withdrawTask", f"task {{ {TASK} }}", "... on TaskOver { by at }")
TASKS = f"query($store: UUID!, $over: Boolean!) {{ tasks(storeId: $store, over: $over) {{ {TASK} }} }}"
ANSWERS = f"""query($since: Date!, $until: Date!, $first: Int!, $after: String, $checklist: UUID, $stores: [UUID!]) {{
  checklistAnswers(since: $since, until: $until, first: $first, after: $after, checklistId: $checklist,
    storeIds: $stores) {{
    edges {{ node {{ storeId task {{ {TASK} }} records {{ {RECORD} }} }} }} pageInfo {{ hasNextPage endCursor }}
    totalCount due done onTime completionRate missingStoreIds waitingStoreIds waitingUntil }} }}"""
COUNTS = """query($store: UUID!, $since: Date!, $until: Date!) {
  complianceCounts(storeId: $store, since: $since, until: $until) { personName day act count } }"""


def item(title: str, kind: str = "TICK", **more: object) -> dict[str, object]:
    """Return an item of a checklist."""
    return {"id": uuid4(), "title": title, "titleEn": title, "kind": kind, **more}


FRIDGE = item("冷柜温度", "NUMBER", unit="°C", min=0, max=8)
FLOOR = item("地面已拖")


def checklist(*items: Mapping[str, object], **more: object) -> dict[str, object]:
    """Return a checklist for the last minute of every day (it ends at four), for whoever is named in `more`."""
    given = {"id": uuid4(), "title": "开店检查", "titleEn": "Opening checks", "items": list(items) or [FLOOR, FRIDGE]}
    when = {"moment": "AT_TIMES", "times": ["03:59"], "validFrom": "2020-01-01"}
    return {"requestId": uuid4(), **given, **when, **more}


async def save(asker: Asker, **given: object) -> Told:
    return await asker.ask(SAVE, input=given)


async def todo(asker: Asker, shop: Shop, *, over: bool = False, kind: str | None = "CHECKLIST") -> list[Any]:
    """Return what a store has to do, of a kind."""
    told = await asker.ask(TASKS, store=shop.id, over=over)
    return [task for task in told.data["tasks"] if kind is None or task["kind"] == kind]


async def take(clerk: Staff, task: Mapping[str, Any], **more: object) -> Told:
    given = {"requestId": uuid4(), "storeId": clerk.shop.id, "taskId": task["id"], "origin": origin(), **more}
    return await clerk.ask(TAKE, input=given)


async def complete(clerk: Staff, task: Mapping[str, Any], *answers: Mapping[str, object], **more: object) -> Told:
    """Complete a task; without answers, as a clerk does who finds all in order."""
    given = list(answers) or [in_order(need) for need in task["needs"]]
    what = {"storeId": clerk.shop.id, "taskId": task["id"], "recordId": uuid4(), "origin": origin(), "photos": []}
    return await clerk.ask(COMPLETE, input={"requestId": uuid4(), **what, "answers": given, **more})


def in_order(need: Mapping[str, Any]) -> dict[str, object]:
    """Return an answer that finds nothing wrong."""
    said: dict[str, dict[str, object]] = {
        "TICK": {"tick": True},
        "NUMBER": {"number": need["min"] if need.get("min") is not None else 1},
        "TEXT": {"text": "好"},
    }
    return {"itemId": need["id"], **said[need["kind"]]}


def photo() -> dict[str, object]:
    """Return a picture that was taken just now."""
    return {"id": uuid4(), "sha256": uuid4().hex * 2, "bytes": 1000, "takenAt": datetime.now(UTC).isoformat()}


async def today(chain: Chain, shop: Shop) -> date:
    """Return a store's business day by plain arithmetic."""
    row = (await chain.rows("select zone, day_cutoff from store where id = $1", shop.id))[0]
    local = datetime.now(ZoneInfo(row["zone"]))
    return local.date() - timedelta(days=local.time() < row["day_cutoff"])


async def move_store(chain: Chain, shop: Shop, zone: str, cutoff: time = time(4)) -> None:
    """Put a store into another zone, and let the server hear of it."""
    await chain.rows("update store set zone = $2, day_cutoff = $3 where id = $1", shop.id, zone, cutoff)


def ids(tasks: list[Any]) -> set[UUID]:
    return {UUID(task["id"]) for task in tasks}
