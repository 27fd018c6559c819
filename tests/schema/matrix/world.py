"""The world of the matrix: one store of everybody's own, one that is foreign to all but headquarters, and who asks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID, uuid4

import orjson

from retail.access.channel_kinds import ChannelKind
from retail.access.permissions import Role
from tests.schema.returns.counter import take_back
from tests.schema.shelves.words import forget_patterns
from tests.schema.tasks.chores import today
from tests.support.chain import Chain, Goods, Shop, Staff, origin

OWN, FOREIGN, MISSING = "own", "foreign", "missing"
ITEM = UUID("00000000-0000-7000-8000-000000000001")
"""What every task of this world asks: a tick."""
NOBODY = UUID("00000000-0000-7000-8000-000000000000")
ROLE_OF = {
    "clerk": Role.CLERK,
    "manager": Role.STORE_MANAGER,
    "regional": Role.REGIONAL_MANAGER,
    "operations": Role.HQ_OPERATIONS,
    "compliance": Role.HQ_COMPLIANCE,
    "buyer": Role.BUYER,
}
HEADQUARTERS = {"operations", "compliance", "buyer"}


@dataclass
class World:
    """Two stores with stock and people; `staff` are the askers by their part, all of them at Riverside."""

    chain: Chain
    stores: Mapping[str, Shop]
    tea: Goods
    staff: Mapping[str, Staff]
    stranger: Staff
    """A clerk of Harbour."""

    @classmethod
    async def open(cls, chain: Chain) -> Self:
        riverside = await chain.open_store("Riverside", "north")
        harbour = await chain.open_store("Harbour", "south")
        tea = await chain.goods("tea")
        await forget_patterns(chain)
        staff = {part: await chain.staff(role, riverside) for part, role in ROLE_OF.items()}
        for kind in (ChannelKind.TILL, ChannelKind.PLATFORM):
            program = await chain.register_channel(store_ids=[riverside.id], kind=kind)
            staff[kind.value] = Staff(
                program.http, program.server, program.headers, program.id, program.name, shop=riverside, chain=chain
            )
        stranger = await chain.clerk_at(harbour)
        for clerk in (staff["clerk"], stranger):
            await clerk.receive(tea=1000)
            await clerk.sell(tea=1)
            await clerk.reserve(tea=1)
        return cls(chain, {OWN: riverside, FOREIGN: harbour}, tea, staff, stranger)

    def marks(self) -> set[str]:
        """What must stand in no answer to somebody of Riverside: the names and ids of what is Harbour's."""
        harbour = self.stores[FOREIGN]
        return {str(harbour.id), harbour.code, str(harbour.region_id), str(self.stranger.id), self.stranger.name}

    async def named(self, kind: str, where: str, asker: Staff | None = None) -> Any:
        """Return something of a kind that an argument can name: own, foreign or missing; fresh where acts use it up."""
        if kind == "chain":
            return str(self.tea.id)
        if where == MISSING:
            return {"store code": "NOWHERE", "phone": "13999999999"}.get(kind, str(NOBODY))
        shop = self.stores[where]
        make = {
            "store": self._store,
            "store code": self._store_code,
            "region": self._region,
            "person": self._person,
            "assignment": self._assignment,
            "reservation": self._reservation,
            "leaver": self._leaver,
            "colleague": self._colleague,
            "alarm": self._alarm,
            "client": self._client,
            "rotated client": self._rotated,
            "secret": self._secret,
            "photo": self._photo,
            "shelf": self._shelf,
            "stocktake": self._stocktake,
            "waiting code": self._waiting_code,
            "settled code": self._settled_code,
            "task": self._task,
            "hand-over": self._hand_over,
            "help call": self._help_call,
            "return": self._return,
            "sale line": self._sale_line,
            "category": self._category,
        }
        return await make[kind](shop, asker)

    async def _store(self, shop: Shop, _asker: Staff | None) -> str:
        return str(shop.id)

    async def _store_code(self, shop: Shop, _asker: Staff | None) -> str:
        return shop.code

    async def _region(self, shop: Shop, _asker: Staff | None) -> str:
        return str(shop.region_id)

    async def _person(self, shop: Shop, _asker: Staff | None) -> str:
        """A clerk with a phone number."""
        clerk = await self.chain.clerk_at(shop)
        change = "mutation($input: ChangePhoneInput!) { changePhone(input: $input) { __typename } }"
        given = {"requestId": uuid4(), "personId": clerk.id, "phone": "13800138001"}
        assert (await self.staff["operations"].ask(change, input=given)).kind == "ChangePhoneSuccess"
        return str(clerk.id)

    async def _assignment(self, shop: Shop, _asker: Staff | None) -> str:
        clerk = await self.chain.clerk_at(shop)
        return str(await self.chain.value("select id from assignment where person_id = $1", clerk.id))

    async def _reservation(self, shop: Shop, asker: Staff | None) -> str:
        holder = asker if asker is not None and shop is self.stores[OWN] else await self.chain.clerk_at(shop)
        told = await holder.reserve(tea=1)
        if told.kind != "ReserveStockSuccess":
            told = await (await self.chain.clerk_at(shop)).reserve(tea=1)
        return str(told.value["reservationId"])

    async def _leaver(self, shop: Shop, _asker: Staff | None) -> str:
        clerk = await self.chain.clerk_at(shop)
        await self.chain.rows("update person set left_at = now() - interval '1 day' where id = $1", clerk.id)
        return str(clerk.id)

    async def _colleague(self, _shop: Shop, _asker: Staff | None) -> str:
        return str((await self.chain.clerk_at(self.stores[FOREIGN])).id)

    async def _alarm(self, _shop: Shop, _asker: Staff | None) -> str:
        id, about = uuid4(), (await self.chain.clerk_at(self.stores[FOREIGN])).id
        await self.chain.rows(
            "insert into security_alarm (id, kind, about_id, people, usual, raised_at)"
            " values ($1, 'many_people', $2, 50, 2, now())",
            *(id, about),
        )
        return str(id)

    async def _client(self, shop: Shop, _asker: Staff | None) -> str:
        return str((await self.chain.register_channel(store_ids=[shop.id], kind=ChannelKind.TILL)).id)

    async def _rotated(self, shop: Shop, asker: Staff | None) -> str:
        """A client with two live secrets."""
        client = await self._client(shop, asker)
        rotate = "mutation($input: RotateClientSecretInput!) { rotateClientSecret(input: $input) { __typename } }"
        given = {"requestId": uuid4(), "channelId": client}
        assert (await self.staff["operations"].ask(rotate, input=given)).kind == "RotateClientSecretSuccess"
        return client

    async def _secret(self, _shop: Shop, _asker: Staff | None) -> str:
        """The newest secret of all: it belongs to the client that was named before it in the same input."""
        return str(await self.chain.value("select id from channel_secret order by created_at desc limit 1"))

    async def _photo(self, shop: Shop, asker: Staff | None) -> str:
        """A photo that was refused: one's own at home, somebody else's elsewhere."""
        id, by = uuid4(), asker if asker is not None and shop is self.stores[OWN] else self.stranger
        await self.chain.rows(
            "insert into photo (id, store_id, about, about_id, stands_for, announced_by, announced_at, sha256,"
            " bytes, taken_at, status, problem)"
            " values ($1, $2, 'return', $1, $1, $3, now(), '', 1, now(), 'refused', 'damaged')",
            *(id, shop.id, by.id),
        )
        return str(id)

    async def _shelf(self, shop: Shop, _asker: Staff | None) -> str:
        """A shelf that expects nothing."""
        id = uuid4()
        await self.chain.rows(
            "insert into shelf (store_id, id, zone, code, name, place, token) values ($1, $2, 'A', $3, 'A', 1, $3)",
            *(shop.id, id, id.hex[:16]),
        )
        return str(id)

    async def _stocktake(self, shop: Shop, asker: Staff | None) -> str:
        """A stocktake in which tea was counted: begun by the asker, where they may."""
        id, request = str(uuid4()), {"requestId": uuid4()}
        counter = asker if asker is not None and shop is self.stores[OWN] else await self.chain.clerk_at(shop)
        start = "mutation($input: StartStocktakeInput!) { startStocktake(input: $input) { __typename } }"
        count = "mutation($input: RecordCountsInput!) { recordCounts(input: $input) { __typename } }"
        now = datetime.now(UTC).isoformat()
        new = {**request, "id": id, "storeId": shop.id, "scope": {"kind": "STORE"}, "startedAt": now}
        if (await counter.ask(start, input=new)).kind != "StartStocktakeSuccess":
            counter = await self.chain.clerk_at(shop)
            assert (await counter.ask(start, input=new)).kind == "StartStocktakeSuccess"
        level = "select greatest(on_hand, 0) from stock_level where store_id = $1 and sku_id = $2"
        there = await self.chain.value(level, shop.id, self.tea.id)
        line = {"id": uuid4(), "skuId": self.tea.id, "quantity": there, "countedAt": now}
        told = await counter.ask(count, input={"requestId": uuid4(), "stocktakeId": id, "lines": [line]})
        assert told.kind == "RecordCountsSuccess"
        return id

    async def _waiting_code(self, shop: Shop, _asker: Staff | None) -> str:
        """A code that was found in the store and that nobody knows."""
        code = uuid4().hex
        await self.chain.rows(
            "insert into unknown_code (store_id, id, code, key, quantity, found_at, recorded_at)"
            " values ($1, $2, $3, $3, 1, now(), now())",
            *(shop.id, uuid4(), code),
        )
        return code

    async def _settled_code(self, shop: Shop, _asker: Staff | None) -> str:
        """A code that headquarters has said to be none of the chain's."""
        code = await self._waiting_code(shop, _asker)
        await self.chain.rows("update unknown_code set resolved_at = now(), verdict = 'not_ours' where key = $1", code)
        return code

    async def _task(self, shop: Shop, _asker: Staff | None) -> str:
        """A task that need not be done."""
        id = uuid4()
        need = {"id": str(ITEM), "title": "x", "title_en": "x", "kind": "tick", "must": False}
        needs = orjson.dumps([{**need, "unit": None, "low": None, "high": None}]).decode()
        await self.chain.rows(
            "insert into task (store_id, id, kind, day, title, title_en, needs, must, made_at)"
            " values ($1, $2, 'sent', $4, 'x', 'x', $3, false, now())",
            *(shop.id, id, needs, await today(self.chain, shop)),
        )
        return str(id)

    async def _hand_over(self, shop: Shop, _asker: Staff | None) -> str:
        """What somebody else handed over."""
        give = "mutation($input: HandOverInput!) { handOver(input: $input) { __typename } }"
        given = {"requestId": uuid4(), "id": str(uuid4()), "storeId": shop.id, "endsDay": False, "origin": origin()}
        told = await (await self.chain.clerk_at(shop)).ask(give, input=given)
        assert told.kind == "HandOverSuccess"
        return str(given["id"])

    async def _help_call(self, shop: Shop, _asker: Staff | None) -> str:
        """Somebody else's call for help."""
        call = "mutation($input: AskForHelpInput!) { askForHelp(input: $input) { __typename } }"
        given = {"requestId": uuid4(), "id": str(uuid4()), "storeId": shop.id, "screen": "/day", "origin": origin()}
        told = await (await self.chain.clerk_at(shop)).ask(call, input=given)
        assert told.kind == "AskForHelpSuccess"
        return str(given["id"])

    async def _return(self, shop: Shop, _asker: Staff | None) -> str:
        """A return that waits to be looked at."""
        told = await take_back(await self.chain.clerk_at(shop), "tea")
        return str(told.value["returned"]["id"])

    async def _sale_line(self, shop: Shop, _asker: Staff | None) -> str:
        clerk = await self.chain.clerk_at(shop)
        sale = (await clerk.sell(tea=1)).value["saleId"]
        return str(await self.chain.value("select movement_id from movement where document_id::text = $1", sale))

    async def _category(self, _shop: Shop, _asker: Staff | None) -> str:
        return str(await self.chain.value("select id from category order by code limit 1"))
