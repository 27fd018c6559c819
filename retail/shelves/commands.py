"""Shelves of a store: adding many at once, changing one, retiring one. Their codes are unique among those in use."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from retail.access.permissions import Permission
from retail.access.work import Work
from retail.audit import log
from retail.audit.acts import Act
from retail.catalogue.models import Sku
from retail.kernel.base import new_id
from retail.kernel.content import as_uuid
from retail.kernel.refusal import InvalidInput, NotFound, Problem
from retail.shelves.models import Shelf, ShelfSku

AT_ONCE = 200
SKUS_AT_MOST = 500
CODE_AT_MOST = 20
ZONE_AT_MOST = 20
NAME_AT_MOST = 60
_TOKEN_BYTES = 9


@dataclass(frozen=True, slots=True)
class ShelvesChanged:
    """What an act on shelves leaves in the memory of requests."""

    store_id: UUID
    shelf_ids: list[UUID]


@dataclass(frozen=True, slots=True)
class ShelfChange:
    """What is to be different; None stays as it is.

    `sku_ids` replaces what is expected there. `add_sku_ids` and `remove_sku_ids` leave the rest alone, so that two
    people who fill one shelf do not undo each other.
    """

    zone: str | None = None
    code: str | None = None
    name: str | None = None
    place: int | None = None
    sku_ids: tuple[UUID, ...] | None = None
    add_sku_ids: tuple[UUID, ...] = ()
    remove_sku_ids: tuple[UUID, ...] = ()


async def add_shelves(work: Work, *, store_id: UUID, zone: str, codes: Sequence[str], name: str) -> ShelvesChanged:
    """Add shelves to a zone, behind those that are there, each with a token of its own."""
    work.require(Permission.SHELF_MANAGE, store_id)
    problems = [*_text_problems("zone", zone, ZONE_AT_MOST), *_name_problems(name)]
    if not 1 <= len(codes) <= AT_ONCE:
        problems.append(Problem("codes", "OUT_OF_RANGE", f"1 to {AT_ONCE}.", f"一次 1 到 {AT_ONCE} 个。"))
        raise InvalidInput(problems)
    plain = [code.strip() for code in codes]
    for n, code in enumerate(plain):
        problems += _text_problems(f"codes[{n}]", code, CODE_AT_MOST)
        if code in plain[:n]:
            problems.append(Problem(f"codes[{n}]", "TWICE", "It stands here twice.", "重复了。"))
    await _hold(work, store_id)
    taken = await _taken(work, store_id, plain)
    problems += [_taken_problem(f"codes[{n}]", code) for n, code in enumerate(plain) if code in taken]
    if problems:
        raise InvalidInput(problems)

    last = await work.session.scalar(select(func.max(Shelf.place)).where(Shelf.store_id == store_id)) or 0
    made = [
        Shelf(
            store_id=store_id,
            id=new_id(),
            zone=zone.strip(),
            code=code,
            name=name.strip(),
            place=last + n,
            token=secrets.token_urlsafe(_TOKEN_BYTES),
        )
        for n, code in enumerate(plain, 1)
    ]
    work.session.add_all(made)
    await work.session.flush()
    ids = [as_uuid(shelf.id) for shelf in made]
    await _log(work, "shelves.added", store_id, shelves=ids)
    return ShelvesChanged(store_id, ids)


async def change_shelf(work: Work, *, shelf_id: UUID, change: ShelfChange) -> ShelvesChanged:
    """Give a shelf another code, name, zone or place, or say what is expected there; its printed QR stays good."""
    shelf = await _lock(work, shelf_id)
    store_id = as_uuid(shelf.store_id)
    problems = await _change_problems(work, shelf, change)
    expected = await _expected_after(work, shelf, change)
    if expected is not None and len(expected) > SKUS_AT_MOST and not problems:
        words = (f"At most {SKUS_AT_MOST} stand on a shelf.", f"一个货架最多 {SKUS_AT_MOST} 种商品。")
        problems.append(Problem("addSkuIds", "TOO_MANY", *words))
    if problems:
        raise InvalidInput(problems)
    if change.zone is not None:
        shelf.zone = change.zone.strip()
    if change.code is not None:
        shelf.code = change.code.strip()
    if change.name is not None:
        shelf.name = change.name.strip()
    if change.place is not None:
        shelf.place = change.place
    if expected is not None:
        await _expect(work, store_id, shelf_id, expected)
    await work.session.flush()
    await _log(work, "shelf.changed", store_id, shelf=shelf_id)
    return ShelvesChanged(store_id, [shelf_id])


async def retire_shelf(work: Work, *, shelf_id: UUID) -> ShelvesChanged:
    """Take a shelf out of use: its code is free again, and its QR code opens nothing any more."""
    shelf = await _lock(work, shelf_id)
    store_id = as_uuid(shelf.store_id)
    shelf.retired_at = work.now
    await work.session.flush()
    await _log(work, "shelf.retired", store_id, shelf=shelf_id)
    return ShelvesChanged(store_id, [shelf_id])


async def _lock(work: Work, shelf_id: UUID) -> Shelf:
    """Return a shelf in use of a store that the actor may arrange, with the store's shelves held."""
    wanted: Select[Any] = select(Shelf.store_id).where(Shelf.id == shelf_id, Shelf.retired_at.is_(None))
    found = await work.session.scalar(wanted)
    if found is None:
        raise NotFound("shelfId", "shelf in use", "在用货架")
    store_id = as_uuid(found)
    try:
        work.require(Permission.SHELF_MANAGE, store_id, "shelfId")
    except NotFound:
        raise NotFound("shelfId", "shelf in use", "在用货架") from None
    await _hold(work, store_id)
    shelf = await work.session.get(Shelf, (store_id, shelf_id), populate_existing=True)
    if shelf is None or shelf.retired_at is not None:
        raise NotFound("shelfId", "shelf in use", "在用货架")
    return shelf


async def _hold(work: Work, store_id: UUID) -> None:
    """Let those who arrange one store's shelves come one after the other, so that no code is given twice."""
    await work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"shelves {store_id}", 0))))


async def _taken(work: Work, store_id: UUID, codes: Sequence[str]) -> set[str]:
    plain = [code for code in codes if "\0" not in code]
    in_use = (Shelf.store_id == store_id, Shelf.retired_at.is_(None), Shelf.code.in_(plain))
    return set(await work.session.scalars(select(Shelf.code).where(*in_use)))


async def _expected_after(work: Work, shelf: Shelf, change: ShelfChange) -> set[UUID] | None:
    """Return what is expected on a shelf after a change; None if the change says nothing of it."""
    if change.sku_ids is None and not change.add_sku_ids and not change.remove_sku_ids:
        return None
    there = select(ShelfSku.sku_id).where(ShelfSku.store_id == shelf.store_id, ShelfSku.shelf_id == shelf.id)
    before = (
        {as_uuid(each) for each in await work.session.scalars(there)} if change.sku_ids is None else {*change.sku_ids}
    )
    return (before | {*change.add_sku_ids}) - {*change.remove_sku_ids}


async def _expect(work: Work, store_id: UUID, shelf_id: UUID, sku_ids: Collection[UUID]) -> None:
    await work.session.execute(delete(ShelfSku).where(ShelfSku.store_id == store_id, ShelfSku.shelf_id == shelf_id))
    rows = [{"store_id": store_id, "shelf_id": shelf_id, "sku_id": sku_id} for sku_id in sorted(sku_ids)]
    if rows:
        await work.session.execute(insert(ShelfSku), rows)


async def _change_problems(work: Work, shelf: Shelf, change: ShelfChange) -> list[Problem]:
    problems: list[Problem] = []
    if change.zone is not None:
        problems += _text_problems("zone", change.zone, ZONE_AT_MOST)
    if change.name is not None:
        problems += _name_problems(change.name)
    if change.place is not None and not 0 <= change.place <= AT_ONCE**2:
        problems.append(Problem("place", "OUT_OF_RANGE", f"0 to {AT_ONCE**2:,}.", f"须在 0 到 {AT_ONCE**2:,} 之间。"))
    if change.code is not None:
        problems += _text_problems("code", change.code, CODE_AT_MOST)
        if change.code.strip() != shelf.code and await _taken(work, as_uuid(shelf.store_id), [change.code.strip()]):
            problems.append(_taken_problem("code", change.code.strip()))
    if change.sku_ids is not None:
        problems += await _sku_problems(work, "skuIds", change.sku_ids)
    problems += await _sku_problems(work, "addSkuIds", change.add_sku_ids)
    if len(change.remove_sku_ids) > SKUS_AT_MOST:
        problems.append(_too_many("removeSkuIds"))
    return problems


async def _sku_problems(work: Work, path: str, sku_ids: Sequence[UUID]) -> list[Problem]:
    if len(sku_ids) > SKUS_AT_MOST:
        return [_too_many(path)]
    known = {as_uuid(each) for each in await work.session.scalars(select(Sku.id).where(Sku.id.in_(sku_ids)))}
    return [
        Problem(f"{path}[{n}]", "UNKNOWN_ITEM", "No such item in the catalogue.", "商品目录里没有这个商品。")
        for n, sku_id in enumerate(sku_ids)
        if sku_id not in known
    ]


def _too_many(path: str) -> Problem:
    return Problem(path, "TOO_MANY", f"At most {SKUS_AT_MOST}.", f"最多 {SKUS_AT_MOST} 种商品。")


def _text_problems(path: str, text: str, most: int) -> list[Problem]:
    if 0 < len(text.strip()) <= most and text.isprintable():
        return []
    return [Problem(path, "TEXT", f"1 to {most} visible characters.", f"1 到 {most} 个可见字符。")]


def _name_problems(name: str) -> list[Problem]:
    if len(name.strip()) <= NAME_AT_MOST and name.isprintable():
        return []
    return [Problem("name", "TEXT", f"At most {NAME_AT_MOST} characters.", f"最多 {NAME_AT_MOST} 个字。")]


def _taken_problem(path: str, code: str) -> Problem:
    return Problem(path, "CODE_TAKEN", f"There is a shelf {code} already.", f"已经有货架 {code} 了。")


async def _log(work: Work, act: Act, store_id: UUID, **details: object) -> None:
    await log.append(work.session, act=act, actor_id=work.actor_id, store_id=store_id, details=details)
