"""Checklists, designed by headquarters without code: saving one, and the list of them.

They are the chain's, like its catalogue, so they are saved in the system's session by whoever holds the permission.
A change is a new version beside the old ones. One that is switched off takes its tasks back that are not done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from retail.access.actor import Actor
from retail.access.models import Person
from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit import log
from retail.inventory.intake import problem
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, NotPermitted
from retail.tasks.drafts import Draft, draft_problems
from retail.tasks.errors import ChecklistMoved
from retail.tasks.making import plan_of
from retail.tasks.models import ChecklistVersion, StoredTask
from retail.tasks.needs import needs_as_json
from retail.tasks.schedule import Plan

CHECKLISTS_AT_MOST = 500
_LOCK = text("select pg_advisory_xact_lock(hashtextextended('checklist ' || cast(:id as text), 0))")


@dataclass(frozen=True, slots=True)
class ChecklistSaved:
    """The answer of `save_checklist`."""

    checklist_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """The newest version of a checklist, and the name of who saved it."""

    plan: Plan
    saved_by: str

    @property
    def place(self) -> tuple[str, UUID]:
        """Return where the checklist stands in the list."""
        return self.plan.title, self.plan.checklist_id


def require_design(actor: Actor) -> None:
    """Refuse whoever may design checklists nowhere."""
    if not actor.stores(Permission.CHECKLIST_DESIGN):
        raise NotPermitted(Permission.CHECKLIST_DESIGN)


async def save_checklist(work: Work, draft: Draft, *, region_of: Mapping[UUID, UUID]) -> ChecklistSaved:
    """Save a checklist as its next version; somebody else's change in between is not written over.

    `region_of` names the region of every store there is.
    """
    if problems := draft_problems(draft):
        raise InvalidInput(problems)
    _require_places(draft, region_of)
    await work.session.execute(_LOCK, {"id": str(draft.checklist_id)})
    newest = await work.session.scalar(
        select(func.max(ChecklistVersion.version)).where(ChecklistVersion.checklist_id == draft.checklist_id)
    )
    if (draft.expected_version or 0) != (newest or 0):
        raise ChecklistMoved(draft.expected_version or 0, newest or 0)
    if newest is None:
        await _require_room(work.session)
    version = (newest or 0) + 1
    work.session.add(_version(work, draft, version))
    await work.session.flush()
    if not draft.active:
        await _withdraw(work, draft.checklist_id)
    details = {"checklist": draft.checklist_id, "version": version, "active": draft.active}
    await log.append(
        work.session, act="checklist.saved", actor_id=work.actor_id, details=details, clock=lambda: work.now
    )
    return ChecklistSaved(draft.checklist_id, version)


async def checklist_rows(session: AsyncSession, *, only_active: bool = False) -> list[ChecklistRow]:
    """Return the newest version of every checklist by title. A chain has some hundred: they are sorted in memory."""
    newest = (
        select(ChecklistVersion)
        .ext(distinct_on(ChecklistVersion.checklist_id))
        .order_by(ChecklistVersion.checklist_id, ChecklistVersion.version.desc())
    )
    rows = list(await session.scalars(newest))
    names = await names_of(session, {as_uuid(row.saved_by) for row in rows})
    found = [ChecklistRow(plan_of(row), names.get(as_uuid(row.saved_by), "")) for row in rows]
    return sorted((row for row in found if row.plan.active or not only_active), key=lambda row: row.place)


async def names_of(session: AsyncSession, ids: set[UUID]) -> dict[UUID, str]:
    """Return people's names by id; whoever is not a person has none."""
    if not ids:
        return {}
    rows = await session.execute(select(Person.id, Person.name).where(Person.id.in_(ids)))
    return {as_uuid(row.id): row.name for row in rows}


def page_of(
    rows: Sequence[ChecklistRow], *, first: int, after: Sequence[Any] | None
) -> tuple[list[ChecklistRow], bool]:
    """Return up to `first` rows after a place, and whether more follow."""
    rest = [row for row in rows if after is None or row.place > tuple(after)]
    return rest[:first], len(rest) > first


def _require_places(draft: Draft, region_of: Mapping[UUID, UUID]) -> None:
    if unknown := sorted(set(draft.store_ids or ()) - set(region_of)):
        raise NotFound(f"storeIds ({unknown[0]})", "store", "门店")
    if unknown := sorted(set(draft.region_ids or ()) - set(region_of.values())):
        raise NotFound(f"regionIds ({unknown[0]})", "region", "区域")


async def _require_room(session: AsyncSession) -> None:
    there = await session.scalar(select(func.count(ChecklistVersion.checklist_id.distinct())))
    if (there or 0) >= CHECKLISTS_AT_MOST:
        words = (f"At most {CHECKLISTS_AT_MOST} checklists.", f"最多 {CHECKLISTS_AT_MOST} 份清单。")
        raise InvalidInput([problem("id", "TOO_MANY_CHECKLISTS", *words)])


def _version(work: Work, draft: Draft, version: int) -> ChecklistVersion:
    return ChecklistVersion(
        checklist_id=draft.checklist_id,
        version=version,
        title=draft.title,
        title_en=draft.title_en,
        needs=needs_as_json(draft.needs),
        must=draft.must,
        moment=draft.moment,
        times=sorted(set(draft.times)),
        weekdays=sorted(set(draft.weekdays)),
        store_ids=None if draft.store_ids is None else list(draft.store_ids),
        region_ids=None if draft.region_ids is None else list(draft.region_ids),
        valid_from=draft.valid_from,
        valid_until=draft.valid_until,
        active=draft.active,
        saved_at=work.now,
        saved_by=work.actor_id,
    )


async def _withdraw(work: Work, checklist_id: UUID) -> None:
    await work.session.execute(
        update(StoredTask)
        .where(
            StoredTask.checklist_id == checklist_id,
            StoredTask.done_at.is_(None),
            StoredTask.withdrawn_at.is_(None),
            StoredTask.expires_at > work.now,
        )
        .values(withdrawn_at=work.now, withdrawn_by=work.actor_id)
    )
