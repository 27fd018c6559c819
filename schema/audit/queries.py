"""Questions about the operation log, for whoever may read it."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor
from retail.access.names import names_of
from retail.access.permissions import ROLE_TABLE, Permission
from retail.audit.log import WHOLE_CHAIN
from retail.audit.queries import STOCK, Wanted, operations, prove, prove_growth
from retail.audit.queries import Operation as DomainOperation
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted, Problem
from schema.audit.types import Operation, OperationConnection, OperationEdge, OperationProof, SealConsistency
from schema.kernel.context import Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size

ACTS_AT_MOST = 50
SEALS_AT_MOST = 2**31 - 1
_ACT = re.compile(r"[A-Za-z0-9_.]{1,60}")

StoreId = Annotated[
    UUID | None,
    strawberry.argument(description="All of this store's log; left out, of every log what is not about stock."),
]


@strawberry.type
class AuditQuery:
    @strawberry.field(description="The operation log: what was done, by whom, newest first. For auditors of the chain.")
    async def operations(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
        store_id: StoreId = None,
        actor_id: Annotated[UUID | None, strawberry.argument(description="Only what this actor did.")] = None,
        acts: Annotated[list[str] | None, strawberry.argument(description="Only these acts, at most 50.")] = None,
    ) -> OperationConnection:
        size, place = page_size(first), key_of(after, str, UUID, int)
        chains = _chains(info.context.actor, store_id)
        wanted = Wanted(chains, store_id is not None, actor_id, _checked(acts, store_id))
        before = None if place is None else (_instant(place[0]), place[1], place[2])
        async with info.context.reading() as reading:
            found = await operations(reading.session, wanted, size, before)
            names = await _names(reading.session, found[:size])
        edges = [OperationEdge(cursor=_cursor(each), node=Operation.of(each, names)) for each in found[:size]]
        end = edges[-1].cursor if edges else None
        return OperationConnection(edges=edges, page_info=PageInfo(has_next_page=len(found) > size, end_cursor=end))

    @strawberry.field(description="What proves one entry to a third party; null if there is no such entry.")
    async def operation_proof(
        self,
        info: Info,
        seq: Annotated[int, strawberry.argument(description="The entry's number.")],
        store_id: Annotated[
            UUID | None, strawberry.argument(description="Its store; null: the whole chain's log.")
        ] = None,
    ) -> OperationProof | None:
        chain = WHOLE_CHAIN if store_id is None else store_id
        if chain not in _chains(info.context.actor, store_id):
            raise NotPermitted(Permission.AUDIT_READ)
        # Seals speak of every store, so the system reads them: the chain asked for is allowed by now.
        async with info.context.desk.office.system() as session:
            proof = await prove(session, chain, seq)
            if proof is None:
                return None
            return OperationProof.of(proof, await _names(session, [proof.operation]))

    @strawberry.field(
        description="What proves that the log has only grown since a seal. For auditors of the whole chain; else null."
    )
    async def seal_consistency(
        self, info: Info, number: Annotated[int, strawberry.argument(description="The number of a seal that was kept.")]
    ) -> SealConsistency | None:
        if WHOLE_CHAIN not in _chains(info.context.actor, None) or not 0 < number <= SEALS_AT_MOST:
            return None
        async with info.context.desk.office.system() as session:
            growth = await prove_growth(session, number)
        return None if growth is None else SealConsistency.of(growth)


def _chains(actor: Actor, store_id: UUID | None) -> set[UUID]:
    """Return the logs that an actor may read: its stores', and the whole chain's for whom is assigned to all of it."""
    stores = actor.stores(Permission.AUDIT_READ)
    if not stores:
        raise NotPermitted(Permission.AUDIT_READ)
    if store_id is not None:
        if store_id not in stores:
            raise NotFound("storeId", "store", "门店")
        return {store_id}
    everywhere = any(held.chain_wide and Permission.AUDIT_READ in ROLE_TABLE[held.role] for held in actor.held)
    return {*stores, WHOLE_CHAIN} if everywhere else set(stores)


def _checked(acts: list[str] | None, store_id: UUID | None) -> list[str] | None:
    if store_id is None and any(act.startswith(STOCK) for act in acts or ()):
        words = ("Acts of stock are listed store by store: name a storeId.", "库存操作按门店查询：请给出 storeId。")
        raise InvalidInput([Problem("storeId", "STORE_NEEDED", *words)])
    if acts is not None and (len(acts) > ACTS_AT_MOST or not all(_ACT.fullmatch(act) for act in acts)):
        words = (
            f"At most {ACTS_AT_MOST} acts, in letters, digits, dots and underscores.",
            f"最多 {ACTS_AT_MOST} 项，只含字母、数字、点和下划线。",
        )
        raise InvalidInput([Problem("acts", "NOT_AN_ACT", *words)])
    return acts


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = datetime.min  # noqa: DTZ901 -- refused for having no zone
    if instant.tzinfo is None:
        words = ("Not a cursor of this list.", "不是这个列表的游标。")
        raise InvalidInput([Problem("after", "NOT_A_CURSOR", *words)])
    return instant


def _cursor(operation: DomainOperation) -> str:
    return cursor_of((operation.written_at.isoformat(), str(operation.store_id), operation.seq))


async def _names(session: AsyncSession, found: Iterable[DomainOperation]) -> dict[UUID, str]:
    return await names_of(session, {id for each in found for id in each.ids()})
