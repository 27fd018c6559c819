"""Filling arguments and inputs: what the schema demands, aimed at one's own, a foreign or a missing thing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    get_named_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
)

from tests.schema.matrix.questions import LEFT_OUT, Fill, sample
from tests.schema.matrix.world import ITEM, OWN, World
from tests.support.chain import Staff

USUALLY = {
    "AdjustStockInput.skuId",
    "MovementEvent.skuId",
    "MovementEvent.storeId",
    "ReceiptLine.skuId",
    "ReservationLine.skuId",
    "SaleLine.skuId",
    "CountLineInput.skuId",
    "RecordReturnInput.skuId",
    "RecordReturnInput.saleLineId",
    "SaleSought.skuId",
    "GrantRoleInput.storeIds",
    "SetPriceInput.storeId",
    "RegisterChannelClientInput.storeIds",
    "SaveChecklistInput.storeIds",
    "Query.prices(storeId)",
}
"""Names that are optional but belong to an ordinary call."""
INSTEAD = {
    "code": "skuId",
    "storeCode": "storeId",
    "regionIds": "storeIds",
}
"""Of each pair only one may be given."""


def fixed(place: str) -> Any:
    """Return the value that makes a call an ordinary one where the type alone does not say it."""
    now = datetime.now(UTC)
    # The business day of a shop is that of Greenwich, or one beside it.
    yesterday, tomorrow = [(now + timedelta(days=days)).date().isoformat() for days in (-1, 1)]
    values: dict[str, Any] = {
        "AdjustStockInput.delta": 1,
        "AdjustStockInput.reason": "FOUND",
        "MovementEvent.kind": "SALE",
        "GrantRoleInput.role": "CLERK",
        "LendPersonInput.validUntil": (now + timedelta(days=1)).isoformat(),
        "ReserveStockInput.source": "PHONE",
        "ReserveStockInput.expiresInSeconds": 900,
        "RegisterChannelClientInput.kind": "TILL",
        "SetClientScopesInput.scopes": ["sale:record"],
        "ChangePhoneInput.phone": "13800138000",
        "ConfirmStocktakeInput.notSeen": "LEAVE_OUT",
        "SetCountPolicyInput.recountPercent": 10,
        "SetCountPolicyInput.confirmPercent": 50,
        "SetCountPolicyInput.oddJump": 5,
        "TaskAnswerInput.itemId": str(ITEM),
        "SaveChecklistInput.moment": "AT_OPENING",
        "SaveChecklistInput.validFrom": "2099-01-01",  # so that it asks nobody anything
        "Query.checklistAnswers(since)": yesterday,
        "Query.checklistAnswers(until)": tomorrow,
        "Query.complianceCounts(since)": yesterday,
        "Query.complianceCounts(until)": tomorrow,
        "Query.clockEntries(since)": yesterday,
        "Query.clockEntries(until)": tomorrow,
        "AnswerHelpInput.words": "好",
        "AnswerRestockInput.outcome": "FILLED",
        "SetStorePlaceInput.latitude": 39.9,
        "SetStorePlaceInput.longitude": 116.4,
        "SetStorePlaceInput.radiusMetres": 200,
        "PhotoInput.sha256": "0" * 64,
        "SubscribePushInput.endpoint": "https://push.example/send/1",
        "SubscribePushInput.p256dh": (
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        "SubscribePushInput.auth": "BTBZMqHH6r4Tts7J_aSIgg",
        "UnsubscribePushInput.endpoint": "https://push.example/send/1",
        "InspectLotInput.passed": 0,
        "InspectLotInput.failedTo": "DESTROYED",
        "Query.returnFigures(from)": "2026-01-01T00:00:00Z",
        "Query.personByPhone(phone)": "13999999999",
        "AddShelvesInput.codes": [uuid4().hex[:12]],
        "ResolveCodeInput.packUnits": 1,
        "TagReadInput.epc": "3074257BF7194E4000001A85",
        "InStorePatternInput.prefix": "29",
        "InStorePatternInput.itemDigits": 5,
        "InStorePatternInput.valueDigits": 5,
    }
    return values.get(place, LEFT_OUT)


def places_of(root: str, name: str, field: GraphQLField) -> Iterator[tuple[str, GraphQLInputType, bool]]:
    """Yield every argument and input field that a call of a root field can hold, and whether it must."""
    for argument, each in field.args.items():
        yield f"{root}.{name}({argument})", each.type, is_non_null_type(each.type)
        yield from _inside(each.type, set())


def _inside(given: GraphQLInputType, seen: set[str]) -> Iterator[tuple[str, GraphQLInputType, bool]]:
    named = get_named_type(given)
    if not isinstance(named, GraphQLInputObjectType) or named.name in seen:
        return
    for name, each in named.fields.items():
        yield f"{named.name}.{name}", each.type, is_required_input_field(each)
        yield from _inside(each.type, {*seen, named.name})


async def aimed(
    world: World,
    names: Mapping[str, str],
    call: tuple[str, str, GraphQLField],
    asker: Staff,
    at: tuple[str, str] | None,
) -> Fill:
    """Return what fills a call: `at` is the place that names something else than usual, and where that is."""
    target, where = at or ("", OWN)
    given: dict[str, Any] = {}
    for place, _, required in places_of(*call):
        if place == target:
            given[place] = await world.named(names[place], where, asker)
        elif place in names:
            given[place] = await _usual(world, names[place], asker, called=required or place in USUALLY)
    owner, _, name = target.rpartition(".")
    if name in INSTEAD:
        given[f"{owner}.{INSTEAD[name]}"] = LEFT_OUT
    return _Filling(given, target, str(world.stores[OWN].id)).fill


async def _usual(world: World, kind: str, asker: Staff, *, called: bool) -> Any:
    """Return what an ordinary call names: one's own."""
    if not called:
        return LEFT_OUT
    if kind == "new":
        return str(uuid4())
    if kind == "code":
        return world.tea.code
    return "x" if kind in {"words", "cursor"} else await world.named(kind, OWN, asker)


@dataclass(frozen=True)
class _Filling:
    """What is given by place; the rest follows from the types."""

    given: Mapping[str, Any]
    target: str
    shop: str

    def fill(self, place: str, kind: GraphQLInputType) -> Any:
        """Return the value of one argument or input field."""
        value = fixed(place)
        if value is LEFT_OUT:
            value = self.given.get(place, LEFT_OUT)
            inner = kind.of_type if is_non_null_type(kind) else kind
            value = [value] if is_list_type(inner) and value is not LEFT_OUT else value
        if value is LEFT_OUT and place not in self.given:
            value = self._by_type(place, kind)
        return value

    def _by_type(self, place: str, kind: GraphQLInputType) -> Any:
        named = get_named_type(kind)
        if place.endswith("(storeId)"):
            return self.shop
        if place.endswith("(first)"):
            return 2
        if named.name == "DateTime":
            return datetime.now(UTC).isoformat() if is_non_null_type(kind) else LEFT_OUT
        is_aimed_at = self.target.startswith(f"{named.name}.")
        if isinstance(named, GraphQLInputObjectType) and not is_non_null_type(kind) and not is_aimed_at:
            return LEFT_OUT
        return sample(place, kind, self.fill, required=is_aimed_at)
