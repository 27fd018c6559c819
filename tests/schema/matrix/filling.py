"""Filling arguments and inputs: what the schema demands, aimed at one's own, a foreign or a missing thing."""

from collections.abc import Iterator, Mapping
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
from tests.schema.matrix.world import OWN, World
from tests.support.chain import Staff

USUALLY = {
    "AdjustStockInput.skuId",
    "MovementEvent.skuId",
    "MovementEvent.storeId",
    "ReceiptLine.skuId",
    "ReservationLine.skuId",
    "SaleLine.skuId",
    "GrantRoleInput.storeIds",
    "SetPriceInput.storeId",
    "RegisterChannelClientInput.storeIds",
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
    values: dict[str, Any] = {
        "AdjustStockInput.delta": 1,
        "AdjustStockInput.reason": "FOUND",
        "MovementEvent.kind": "SALE",
        "GrantRoleInput.role": "CLERK",
        "LendPersonInput.validUntil": (now + timedelta(days=1)).isoformat(),
        "ReserveStockInput.source": "PHONE",
        "RegisterChannelClientInput.kind": "TILL",
        "SetClientScopesInput.scopes": ["sale:record"],
        "ChangePhoneInput.phone": "13800138000",
        "SubscribePushInput.endpoint": "https://push.example/send/1",
        "SubscribePushInput.p256dh": (
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
        ),
        "SubscribePushInput.auth": "BTBZMqHH6r4Tts7J_aSIgg",
        "UnsubscribePushInput.endpoint": "https://push.example/send/1",
        "Query.personByPhone(phone)": "13999999999",
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
        kind = names.get(place)
        if place == target:
            given[place] = await world.named(kind or "", where, asker)
        elif kind not in {None, "new", "words", "cursor"} and (required or place in USUALLY):
            given[place] = world.tea.code if kind == "code" else await world.named(kind, OWN, asker)
        elif kind == "new":
            given[place] = str(uuid4()) if required else LEFT_OUT
        elif kind is not None and not required:
            given[place] = LEFT_OUT
    for place in list(given):
        owner, _, name = place.rpartition(".")
        if place == target and name in INSTEAD:
            given[f"{owner}.{INSTEAD[name]}"] = LEFT_OUT
    shop = str(world.stores[OWN].id)

    def fill(place: str, kind: GraphQLInputType) -> Any:
        if place in given:
            value = given[place]
            inner = kind.of_type if is_non_null_type(kind) else kind
            return [value] if is_list_type(inner) and value is not LEFT_OUT else value
        if place.endswith("(storeId)"):
            return shop
        if (value := fixed(place)) is not LEFT_OUT:
            return value
        if get_named_type(kind).name == "DateTime":
            return datetime.now(UTC).isoformat() if is_non_null_type(kind) else LEFT_OUT
        if place.endswith("(first)"):
            return 2
        inside = get_named_type(kind)
        opens = isinstance(inside, GraphQLInputObjectType) and any(
            place.startswith(inside.name) or each.startswith(f"{inside.name}.") for each in (target,)
        )
        if isinstance(inside, GraphQLInputObjectType) and not is_non_null_type(kind) and not opens:
            return LEFT_OUT
        return sample(place, kind, fill)

    return fill
