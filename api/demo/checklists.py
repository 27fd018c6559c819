"""What headquarters of the demo chain wants checked in every shop, every day: opening, shelves, closing."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from retail.access.actor import Actor, ActorKind
from retail.access.work import Work
from retail.kernel.base import new_id
from retail.tasks.checklists import save_checklist
from retail.tasks.drafts import Draft
from retail.tasks.needs import Need, NeedKind
from retail.tasks.schedule import Moment

EVERY_DAY = tuple(range(1, 8))
MONDAY_AND_THURSDAY = (1, 4)


def _need(title: str, title_en: str, kind: NeedKind = NeedKind.TICK, **more: float | str | bool) -> Need:
    return Need(new_id(), title, title_en, kind, **more)  # type: ignore[arg-type]  # unit, low, high or must


def opening() -> Sequence[Need]:
    """Return what is looked at before the first customer comes."""
    return (
        _need("冷藏柜温度", "Temperature of the fridge", NeedKind.NUMBER, unit="°C", low=0.0, high=8.0),
        _need("冷冻柜温度", "Temperature of the freezer", NeedKind.NUMBER, unit="°C", low=-25.0, high=-15.0),
        _need("地面与收银台已清洁", "Floor and till are clean"),
        _need("门头照片", "A picture of the shop front", NeedKind.PHOTO, must=False),
    )


def shelves() -> Sequence[Need]:
    """Return what is looked at when shelves are cared for."""
    return (
        _need("货架饱满、价签齐全", "Shelves are full and every label is there"),
        _need(
            "临期商品数量", "How many are about to expire", NeedKind.NUMBER, unit="件", low=0.0, high=20.0, must=False
        ),
        _need("货架照片", "A picture of the shelves", NeedKind.PHOTO, must=False),
    )


def closing() -> Sequence[Need]:
    """Return what is looked at before the hand-over."""
    return (
        _need("收银抽屉已锁", "The till is locked"),
        _need("门窗、电器已关", "Doors, windows and machines are closed"),
        _need("给明天的话", "Words for tomorrow", NeedKind.TEXT, must=False),
    )


def expiry() -> Sequence[Need]:
    """Return what is looked at twice a week."""
    return (
        _need(
            "已下架的过期商品数量",
            "How many expired goods were taken down",
            NeedKind.NUMBER,
            unit="件",
            low=0.0,
            high=10.0,
        ),
        _need("先进先出已整理", "What came first stands in front"),
    )


async def design_checklists(
    work: Work, *, designer: UUID, name: str, region_of: Mapping[UUID, UUID], strict_in: UUID
) -> None:
    """Save the demo's checklists in the name of somebody at headquarters.

    They are for every shop; closing is checked where it is tried out, in one region, and must be done there.
    """
    since = (work.now - timedelta(days=1)).date()
    as_designer = Work(work.session, Actor(designer, ActorKind.PERSON, name), work.now)
    plans = (
        ("开店检查", "Opening checks", opening(), Moment.AT_OPENING, (), EVERY_DAY),
        ("货架巡检", "Care for the shelves", shelves(), Moment.AT_TIMES, ("10:30", "15:30", "19:30"), EVERY_DAY),
        ("效期检查", "Look for what expires", expiry(), Moment.AT_TIMES, ("14:00",), MONDAY_AND_THURSDAY),
        ("打烊检查", "Closing checks", closing(), Moment.BEFORE_HAND_OVER, (), EVERY_DAY),
    )
    for title, title_en, needs, moment, times, weekdays in plans:
        strict = moment is Moment.BEFORE_HAND_OVER
        draft = Draft(
            checklist_id=new_id(),
            expected_version=None,
            title=title,
            title_en=title_en,
            needs=tuple(needs),
            must=strict,
            store_ids=None,
            region_ids=(strict_in,) if strict else None,
            moment=moment,
            times=times,
            weekdays=weekdays,
            valid_from=since,
            valid_until=None,
            active=True,
        )
        await save_checklist(as_designer, draft, region_of=region_of)
