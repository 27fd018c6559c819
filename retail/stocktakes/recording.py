"""Taking in what was counted, whenever it arrives.

A line is a fact: it is never refused for coming late, for its clock, for a code that nobody knows or because its
stocktake is closed. A late line of a confirmed stocktake stands in the one that follows it (made when the first such
line comes); one of a cancelled stocktake is kept there for the record. A line is known by its own id, so that it
counts once however often it is sent; lines that cannot be understood are named, and the others are kept (where none
is left to keep, the whole batch is refused).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.catalogue.lookup import Item, Name
from retail.inventory.intake import (
    LINES_AT_MOST,
    QUANTITY_AT_MOST,
    TEXT_AT_MOST,
    naming_problem,
    position_problems,
    problem,
    text_problems,
    unknown_item,
)
from retail.kernel.base import new_id
from retail.kernel.content import as_uuid, content_hash
from retail.kernel.refusal import InvalidInput, Problem
from retail.photos.commands import announce, id_taken, things_with_anothers
from retail.photos.models import PhotoAbout
from retail.photos.rules import NewPhoto, problems_of
from retail.shelves.models import Shelf
from retail.shelves.unknown import FoundCode, put_aside
from retail.stocktakes.models import CountMode, ScopeKind, Stocktake, StocktakeLine, StocktakeStatus
from retail.stocktakes.rounds import Rounds, line_of_followers, rounds_of
from retail.stocktakes.starting import lock_stocktake
from retail.stocktakes.times import ahead, counted_when


class CountOutcome(StrEnum):
    """What became of one line."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    LATE = "late"
    KEPT = "kept"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NewCount:
    """A line as it was counted, of exactly one of SKU id and code; `quantity` is of what the code stands for."""

    id: UUID
    sku_id: UUID | None
    code: str | None
    quantity: int
    counted_at: datetime
    mode: CountMode = CountMode.ADD
    round: int = 0
    shelf_id: UUID | None = None
    device: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def name(self) -> Name | None:
        """Return the one name given, or None if there is none or two."""
        if (self.sku_id is None) == (self.code is None):
            return None
        return self.sku_id or self.code


@dataclass(frozen=True, slots=True)
class LineOutcome:
    """What became of a line, and what is wrong with one that was refused."""

    id: UUID
    outcome: CountOutcome
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class CountsRecorded:
    """The answer of `record_counts`; `stocktake_id` is where new lines stand now, at which version."""

    stocktake_id: UUID
    version: int
    outcomes: list[LineOutcome]


def names_of(lines: Sequence[NewCount]) -> list[Name]:
    """Return the names to look up."""
    return [name for name in (line.name for line in lines) if name is not None]


async def record_counts(
    work: Work,
    *,
    stocktake_id: UUID,
    lines: Sequence[NewCount],
    items: Mapping[Name, Item],
    photos: Mapping[UUID, NewPhoto] = MappingProxyType({}),
    sent_at: datetime | None = None,
    permission: Permission = Permission.COUNT_RECORD,
) -> CountsRecorded:
    """Take lines into a stocktake; `items` is what the catalogue says of their names.

    `photos` are pictures of what lines found, by line: for headquarters, which has to say what an unknown code is.
    `sent_at` is what the device's clock said as it sent: if it is ahead, or over 5 minutes behind, all its times are.
    `permission` is what whoever counts must hold: a reader of tags has one of its own.
    """
    named = await lock_stocktake(work, stocktake_id, permission)
    if not 1 <= len(lines) <= LINES_AT_MOST:
        raise InvalidInput(
            [problem("lines", "LINES", f"1 to {LINES_AT_MOST} lines.", f"须为 1 到 {LINES_AT_MOST} 行。")]
        )

    outcomes = await _known(work, stocktake_id, lines)
    shelves = await _shelves(work, as_uuid(named.store_id), lines)
    rounds = await _rounds(work, named, lines)
    anothers = await things_with_anothers(work, PhotoAbout.UNKNOWN_CODE, photos)
    fresh = []
    # The first count before its recounts, however the batch was put together.
    for n, line in sorted(enumerate(lines), key=lambda each: each[1].round):
        if line.id in outcomes:
            continue
        wrong = [*_problems(n, line, items, shelves, rounds), *_photo_problems(n, photos.get(line.id))]
        if line.id in anothers:
            wrong.append(id_taken(f"lines[{n}].photo.id"))
        if wrong:
            outcomes[line.id] = LineOutcome(line.id, CountOutcome.REFUSED, wrong)
        else:
            outcomes[line.id] = LineOutcome(line.id, CountOutcome.RECORDED, [])
            rounds.answered(_sku_of(line, items), line.round)
            fresh.append((n, line))
    fresh.sort(key=lambda each: each[0])
    if all(each.outcome is CountOutcome.REFUSED for each in outcomes.values()):
        raise InvalidInput([wrong for each in outcomes.values() for wrong in each.problems])
    target = named
    if fresh:
        target = await open_end(work, named)
        place = _Place(stocktake_id, target, ahead(sent_at, work.now), photos)
        await _write(work, place, fresh, items, outcomes)
        await _announce(work, place, fresh, outcomes)
    return CountsRecorded(as_uuid(target.id), target.version, [outcomes[line.id] for line in lines])


async def open_end(work: Work, named: Stocktake) -> Stocktake:
    """Return where a line for a stocktake stands: in it, or if it is confirmed in the last one that follows it."""
    current = named
    while current.status == StocktakeStatus.CONFIRMED:
        following = await work.session.scalar(
            select(Stocktake)
            .where(Stocktake.follows_id == current.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
        current = following or await _follow(work, current)
    return current


async def _follow(work: Work, confirmed: Stocktake) -> Stocktake:
    following = Stocktake(
        store_id=confirmed.store_id,
        id=new_id(),
        scope=confirmed.scope,
        scope_zone=confirmed.scope_zone,
        scope_ids=confirmed.scope_ids,
        blind=confirmed.blind,
        policy=confirmed.policy,
        status=StocktakeStatus.OPEN,
        started_at=work.now,
        started_by=work.actor_id,
        follows_id=confirmed.id,
        version=0,
    )
    work.session.add(following)
    await work.session.flush()
    return following


def _content(stocktake_id: UUID, line: NewCount, actor_id: UUID | None) -> bytes:
    return content_hash((stocktake_id, line, actor_id))


async def _known(work: Work, stocktake_id: UUID, lines: Sequence[NewCount]) -> dict[UUID, LineOutcome]:
    """Return the outcomes of lines that are known already, and of those that share an id in this very batch."""
    rows = await work.session.execute(
        select(StocktakeLine.id, StocktakeLine.content_hash).where(StocktakeLine.id.in_([line.id for line in lines]))
    )
    there = {as_uuid(row.id): bytes(row.content_hash) for row in rows}
    found: dict[UUID, LineOutcome] = {}
    first: dict[UUID, bytes] = {}
    for n, line in enumerate(lines):
        content = _content(stocktake_id, line, work.actor_id)
        if first.setdefault(line.id, content) != content or there.get(line.id, content) != content:
            found[line.id] = LineOutcome(line.id, CountOutcome.REFUSED, [_other_content(n)])
        elif line.id in there:
            found[line.id] = LineOutcome(line.id, CountOutcome.REPEATED, [])
    return found


def _other_content(n: int) -> Problem:
    words = ("This line id was used for another line; the first stands.", "这个行编号已用于其他内容，以第一次为准。")
    return problem(f"lines[{n}].id", "LINE_CONFLICT", *words)


async def _shelves(work: Work, store_id: UUID, lines: Sequence[NewCount]) -> frozenset[UUID]:
    """Return which of the shelves that lines name are the store's; a retired one was there when it was counted."""
    named = {line.shelf_id for line in lines if line.shelf_id is not None}
    if not named:
        return frozenset()
    rows = await work.session.scalars(select(Shelf.id).where(Shelf.store_id == store_id, Shelf.id.in_(named)))
    return frozenset(as_uuid(row) for row in rows)


async def _rounds(work: Work, named: Stocktake, lines: Sequence[NewCount]) -> Rounds:
    """Return which rounds may be answered; first counts, which are most of all, need not be looked up."""
    if all(line.round == 0 for line in lines):
        return Rounds()
    chain = await line_of_followers(work.session, named)
    return await rounds_of(work.session, chain, as_uuid(named.store_id))


def _sku_of(line: NewCount, items: Mapping[Name, Item]) -> UUID | None:
    item = None if line.name is None else items.get(line.name)
    return None if item is None else item.sku_id


def _problems(
    n: int, line: NewCount, items: Mapping[Name, Item], shelves: frozenset[UUID], rounds: Rounds
) -> list[Problem]:
    """Return what is wrong with a line; a code that nobody knows is not."""
    path = f"lines[{n}]"
    found = [
        *text_problems(f"{path}.device", line.device, TEXT_AT_MOST),
        *text_problems(f"{path}.code", line.code, TEXT_AT_MOST),
        *position_problems(line.latitude, line.longitude, path),
    ]
    if line.name is None or line.code == "":
        found.append(naming_problem(path))
    elif line.sku_id is not None and line.sku_id not in items:
        found.append(unknown_item(f"{path}.skuId", line.sku_id))
    item = None if line.name is None else items.get(line.name)
    if not 0 <= line.quantity * (item.pack_units if item else 1) <= QUANTITY_AT_MOST:
        words = (f"0 to {QUANTITY_AT_MOST:,} base units.", f"数量须在 0 到 {QUANTITY_AT_MOST:,} 之间。")
        found.append(problem(f"{path}.quantity", "QUANTITY_OUT_OF_RANGE", *words))
    most = rounds.most(_sku_of(line, items))
    if not 0 <= line.round <= most:
        words = (f"Nobody has asked for this recount: 0 to {most}.", f"还没有要求这一轮复盘，须在 0 到 {most} 之间。")
        found.append(problem(f"{path}.round", "ROUND_NOT_ASKED", *words))
    if line.shelf_id is not None and line.shelf_id not in shelves:
        found.append(problem(f"{path}.shelfId", "UNKNOWN_SHELF", "No such shelf in this store.", "本店没有这个货架。"))
    return found


def _photo_problems(n: int, photo: NewPhoto | None) -> Iterable[Problem]:
    return () if photo is None else problems_of(photo, f"lines[{n}].photo")


@dataclass(frozen=True, slots=True)
class _Place:
    """Where lines of a batch go: which stocktake they name, in which one they stand, how far the clock is off."""

    named: UUID
    target: Stocktake
    wrong_by: timedelta | None
    photos: Mapping[UUID, NewPhoto]

    @property
    def outcome(self) -> CountOutcome:
        """Return what becomes of a line that is written."""
        if self.target.status == StocktakeStatus.CANCELLED:
            return CountOutcome.KEPT
        return CountOutcome.RECORDED if as_uuid(self.target.id) == self.named else CountOutcome.LATE


async def _write(
    work: Work,
    place: _Place,
    fresh: Sequence[tuple[int, NewCount]],
    items: Mapping[Name, Item],
    outcomes: dict[UUID, LineOutcome],
) -> None:
    target = place.target
    rows = [
        _row(work, place, line, None if line.name is None else items.get(line.name), seq)
        for seq, (_, line) in enumerate(fresh, target.version + 1)
    ]
    statement = insert(StocktakeLine).on_conflict_do_nothing().returning(StocktakeLine.id)
    written = {as_uuid(id) for id in await work.session.scalars(statement, rows)}
    target.version += len(fresh)
    await work.session.flush()
    for n, line in fresh:
        if line.id in written:
            outcomes[line.id] = LineOutcome(line.id, place.outcome, [])
        else:
            outcomes[line.id] = LineOutcome(line.id, CountOutcome.REFUSED, [_other_content(n)])
    found = [_found(row, place.photos.get(row["id"])) for row in rows if row["sku_id"] is None and row["id"] in written]
    await put_aside(work, store_id=as_uuid(target.store_id), found=found, stocktake_id=as_uuid(target.id))


def _found(row: dict[str, Any], photo: NewPhoto | None) -> FoundCode:
    named = row["id"], row["code"], row["quantity"], row["counted_at"], row["shelf_id"], row["device"]
    return FoundCode(*named, None if photo is None else photo.id)


async def _announce(
    work: Work, place: _Place, fresh: Sequence[tuple[int, NewCount]], outcomes: Mapping[UUID, LineOutcome]
) -> None:
    """Await the pictures of the lines that were written, also of a code that has been named meanwhile."""
    for n, line in fresh:
        photo = place.photos.get(line.id)
        if photo is not None and outcomes[line.id].outcome is not CountOutcome.REFUSED:
            about = (PhotoAbout.UNKNOWN_CODE, line.id)
            store_id = as_uuid(place.target.store_id)
            await announce(work, store_id=store_id, about=about, photos=[photo], path=f"lines[{n}].photo")


def _row(work: Work, place: _Place, line: NewCount, item: Item | None, seq: int) -> dict[str, Any]:
    target = place.target
    at, clock_error = counted_when(line.counted_at, place.wrong_by, work.now)
    shelf_id = line.shelf_id
    if shelf_id is None and target.scope == ScopeKind.SHELVES and len(target.scope_ids) == 1:
        shelf_id = as_uuid(target.scope_ids[0])  # where else, when one shelf is counted
    return {
        "store_id": target.store_id,
        "id": line.id,
        "stocktake_id": target.id,
        "seq": seq,
        "sku_id": None if item is None else item.sku_id,
        "code": line.code,
        "quantity": line.quantity,
        "units": None if item is None else line.quantity * item.pack_units,
        "mode": line.mode,
        "round": line.round,
        "shelf_id": shelf_id,
        "counted_at": at,
        "clock_error_seconds": clock_error,
        "recorded_at": work.now,
        "person_id": work.actor_id,
        "device": line.device,
        "latitude": line.latitude,
        "longitude": line.longitude,
        "content_hash": _content(place.named, line, work.actor_id),
    }
