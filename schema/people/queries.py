"""Questions about people: their data is masked, and what shows it in full is recorded."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from retail.access.permissions import Permission
from retail.kernel.refusal import InvalidInput as InvalidInputRefusal
from retail.kernel.refusal import NotFound as NotFoundRefusal
from retail.kernel.refusal import Problem
from retail.people.alarms import find_alarms, may_read_alarms
from retail.people.commands import phone_of
from retail.people.export import look_up, personal_data
from retail.people.office import reach
from retail.people.phones import holds_a_number
from retail.people.queries import find_people, find_person
from schema.kernel.context import Info
from schema.kernel.paging import PageInfo, cursor_of, key_of, page_size
from schema.people.types import (
    Person,
    PersonalData,
    PersonalDataView,
    PersonConnection,
    PersonEdge,
    SecurityAlarm,
    SecurityAlarmConnection,
    SecurityAlarmEdge,
)

WORDS_AT_MOST = 100


@strawberry.type
class PeopleQuery:
    @strawberry.field(description="The people of the asker's stores, by name. Who works above them is not among them.")
    async def people(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
        store_id: Annotated[UUID | None, strawberry.argument(description="Only who is named for this store.")] = None,
        text: Annotated[str | None, strawberry.argument(description="Part of a name; never of a phone.")] = None,
    ) -> PersonConnection:
        desk, size, place = info.context.desk, page_size(first), key_of(after, str, UUID)
        near = reach(info.context.actor, Permission.PERSON_READ, await desk.directory.region_of())
        if store_id is not None and store_id not in near.store_ids:
            raise NotFoundRefusal("storeId", "store", "门店")
        async with desk.people.session() as session:
            page = await find_people(
                session,
                desk.people.vault,
                near,
                now=desk.office.clock(),
                size=size,
                after=None if place is None else (place[0], place[1]),
                store_id=store_id,
                text=_words(text),
            )
        edges = [PersonEdge(cursor=cursor_of((each.name, each.id)), node=Person.of(each, near)) for each in page.people]
        end = edges[-1].cursor if edges else None
        return PersonConnection(
            edges=edges, page_info=PageInfo(has_next_page=page.has_next, end_cursor=end), total_count=page.total
        )

    @strawberry.field(description="A person of the asker's stores; null for any other.")
    async def person(
        self, info: Info, id: Annotated[UUID, strawberry.argument(description="The person.")]
    ) -> Person | None:
        desk = info.context.desk
        near = reach(info.context.actor, Permission.PERSON_READ, await desk.directory.region_of())
        async with desk.people.session() as session:
            known = await find_person(session, desk.people.vault, near, id, desk.office.clock())
        return None if known is None else Person.of(known, near)

    @strawberry.field(
        description="Whose phone this is, exactly; null for nobody's. Recorded and limited like a reveal."
    )
    async def person_by_phone(
        self,
        info: Info,
        phone: Annotated[str, strawberry.argument(description="The number; +86 unless it says otherwise.")],
    ) -> Person | None:
        desk, actor = info.context.desk, info.context.actor
        region_of = await desk.directory.region_of()
        near = reach(actor, Permission.PERSON_FIND, region_of)
        known = await look_up(desk.people, actor, phone=phone_of(phone), region_of=region_of)
        return None if known is None else Person.of(known, near)

    @strawberry.field(description="What is kept about oneself or, for who may reveal, about somebody. Recorded.")
    async def personal_data(
        self, info: Info, person_id: Annotated[UUID, strawberry.argument(description="The person.")]
    ) -> PersonalData:
        desk, actor = info.context.desk, info.context.actor
        kept, near = await personal_data(
            desk.people, actor, person_id=person_id, region_of=await desk.directory.region_of()
        )
        return PersonalData(
            person=Person.of(kept.person, near),
            phone=None if kept.person.phone is None else kept.person.phone.clear,
            views=[PersonalDataView.of(row) for row in kept.views],
        )

    @strawberry.field(description="Alarms about unusual viewing of personal data, the newest first.")
    async def security_alarms(
        self,
        info: Info,
        first: Annotated[int, strawberry.argument(description="How many, 1 to 100.")],
        after: Annotated[str | None, strawberry.argument(description="An endCursor.")] = None,
        only_open: Annotated[bool, strawberry.argument(description="Only what nobody has seen to.")] = False,
    ) -> SecurityAlarmConnection:
        desk, size, place = info.context.desk, page_size(first), key_of(after, str, UUID)
        may_read_alarms(info.context.actor)
        async with desk.people.session() as session:
            page = await find_alarms(
                session,
                size=size,
                after=None if place is None else (_instant(place[0]), place[1]),
                only_open=only_open,
            )
        edges = [
            SecurityAlarmEdge(cursor=cursor_of((each.raised_at.isoformat(), each.id)), node=SecurityAlarm.of(each))
            for each in page.alarms
        ]
        end = edges[-1].cursor if edges else None
        return SecurityAlarmConnection(
            edges=edges, page_info=PageInfo(has_next_page=page.has_next, end_cursor=end), total_count=page.total
        )


def _words(text: str | None) -> str:
    """Return what to look for in names; a number would be written into the database's log."""
    words = (text or "").strip()
    problem = None
    if len(words) > WORDS_AT_MOST:
        problem = ("TEXT_TOO_LONG", f"At most {WORDS_AT_MOST} characters.", f"最多 {WORDS_AT_MOST} 个字。")
    elif "\0" in words:
        problem = ("TEXT_NOT_PLAIN", "Must not hold a null byte.", "不能含有空字符。")
    elif holds_a_number(words):
        problem = ("HOLDS_PERSONAL_DATA", "Names only: a phone is looked up by personByPhone.", "只能按姓名查找。")
    if problem is not None:
        raise InvalidInputRefusal([Problem("text", *problem)])
    return words


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise InvalidInputRefusal(
            [Problem("after", "NOT_A_CURSOR", "Not a cursor of this list.", "不是这个列表的游标。")]
        )
    return instant
