"""Calls for help as they are told."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import strawberry

from retail.day.help import HelpRow
from retail.day.models import HelpAnswer as AnswerRow
from retail.kernel.content import as_uuid
from schema.day.enums import HelpState, HelpSubject
from schema.kernel.paging import PageInfo
from schema.photos.types import Photo


@strawberry.type(description="What headquarters answered to a call for help.")
class HelpAnswer:
    id: UUID = strawberry.field(description="The answer.")
    by_name: str = strawberry.field(description="The name of who answered.")
    at: datetime = strawberry.field(description="When.")
    words: str = strawberry.field(description="The answer.")

    @classmethod
    def of(cls, row: AnswerRow, names: Mapping[UUID, str]) -> "HelpAnswer":
        """Return an answer as it is told."""
        by = names.get(as_uuid(row.answered_by), "")
        return cls(id=as_uuid(row.id), by_name=by, at=row.answered_at, words=row.words)


@strawberry.type(description="Somebody in a store needs help, with where they were in the app.")
class HelpCall:
    id: UUID = strawberry.field(description="The call, as the phone named it.")
    store_id: UUID = strawberry.field(description="The store.")
    store_name: str = strawberry.field(description="Its name in Chinese.")
    store_name_en: str = strawberry.field(description="Its name in English.")
    asked_by_id: UUID = strawberry.field(description="Who needs help.")
    asked_by_name: str = strawberry.field(description="Their name.")
    asked_at: datetime = strawberry.field(description="When, by their device's clock if that can be right.")
    recorded_at: datetime = strawberry.field(description="When the server heard of it.")
    state: HelpState = strawberry.field(description="How far it is.")
    screen: str = strawberry.field(description="The screen that they were on.")
    subject: HelpSubject = strawberry.field(description="What sort of thing it is about.")
    subject_id: UUID | None = strawberry.field(description="That thing.")
    app_version: str | None = strawberry.field(description="The version of the app.")
    device: str | None = strawberry.field(description="The device's name.")
    last_problem: str | None = strawberry.field(description="The last thing that the app said no to.")
    words: str | None = strawberry.field(description="What they said.")
    closed_at: datetime | None = strawberry.field(description="When headquarters closed it.")
    answers: list[HelpAnswer] = strawberry.field(description="What was answered, the oldest first.")
    photos: list[Photo] = strawberry.field(description="The pictures that came with it.")

    @classmethod
    def of(cls, row: HelpRow, names: Mapping[UUID, str], store: tuple[str, str], photos: Sequence[Photo]) -> "HelpCall":
        """Return a call as it is told; `store` is the store's name in Chinese and English."""
        call, asked_by = row.call, as_uuid(row.call.asked_by)
        return cls(
            id=as_uuid(call.id),
            store_id=as_uuid(call.store_id),
            store_name=store[0],
            store_name_en=store[1],
            asked_by_id=asked_by,
            asked_by_name=names.get(asked_by, ""),
            asked_at=call.occurred_at,
            recorded_at=call.recorded_at,
            state=row.state,
            screen=call.screen,
            subject=call.subject,
            subject_id=as_uuid(call.subject_id) if call.subject_id else None,
            app_version=call.app_version,
            device=call.device,
            last_problem=call.last_problem,
            words=call.words,
            closed_at=call.closed_at,
            answers=[HelpAnswer.of(answer, names) for answer in row.answers],
            photos=list(photos),
        )


@strawberry.type(description="A call for help on a page.")
class HelpCallEdge:
    cursor: str = strawberry.field(description="Its place.")
    node: HelpCall = strawberry.field(description="The call.")


@strawberry.type(description="A page of calls for help.")
class HelpCallConnection:
    edges: list[HelpCallEdge] = strawberry.field(description="The calls of this page, newest first.")
    page_info: PageInfo = strawberry.field(description="Where the page ends.")
