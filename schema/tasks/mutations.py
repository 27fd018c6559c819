"""Doing tasks, and asking for them."""

from typing import Annotated
from uuid import UUID

import strawberry

from retail.inventory.intake import origin_problems
from retail.kernel.refusal import InvalidInput as InvalidInputRefusal
from retail.kernel.refusal import NotFound as NotFoundRefusal
from retail.stores.directory import StoreEntry
from retail.tasks.assigning import TaskAssigned, assign_task, works_here
from retail.tasks.checklists import ChecklistSaved, checklist_rows, names_of, require_design, save_checklist
from retail.tasks.commands import TaskClaimed, TaskCompleted, complete_task, leave_task, take_task
from retail.tasks.queries import task_by_id
from retail.tasks.records import record_by_id
from retail.tasks.restocking import RestockAnswered, answer_restock
from retail.tasks.sending import TaskSent, TaskWithdrawn, send_task, withdraw_task
from schema.kernel.context import Info
from schema.stores.loading import known_store
from schema.tasks import inputs
from schema.tasks.checklists import Checklist
from schema.tasks.loading import told_tasks
from schema.tasks.results import (
    AnswerRestockResult,
    AnswerRestockSuccess,
    AssignTaskResult,
    AssignTaskSuccess,
    CompleteTaskResult,
    CompleteTaskSuccess,
    LeaveTaskResult,
    LeaveTaskSuccess,
    SaveChecklistResult,
    SaveChecklistSuccess,
    SendTaskResult,
    SendTaskSuccess,
    TakeTaskResult,
    TakeTaskSuccess,
    WithdrawTaskResult,
    WithdrawTaskSuccess,
)
from schema.tasks.types import Task, TaskRecord


@strawberry.type
class TasksMutation:
    @strawberry.mutation(description="Say that one does a task; it is one person's at a time.")
    async def take_task(
        self, info: Info, input: Annotated[inputs.TakeTaskInput, strawberry.argument(description="Which.")]
    ) -> TakeTaskResult:
        origin = input.origin.domain()
        if problems := origin_problems(origin):
            raise InvalidInputRefusal(problems)
        store = await known_store(info.context, input.store_id)
        taken = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="takeTask",
            content=(input.store_id, input.task_id, origin, input.take_over),
            answer=TaskClaimed,
            run=lambda work: take_task(
                work, store=store, task_id=input.task_id, occurred_at=origin.occurred_at, take_over=input.take_over
            ),
        )
        return TakeTaskSuccess(task=await _now(info, store, taken.task_id))

    @strawberry.mutation(description="Say that one does a task no longer; one that is not one's own stays as it is.")
    async def leave_task(
        self, info: Info, input: Annotated[inputs.LeaveTaskInput, strawberry.argument(description="Which.")]
    ) -> LeaveTaskResult:
        store = await known_store(info.context, input.store_id)
        left = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="leaveTask",
            content=(input.store_id, input.task_id),
            answer=TaskClaimed,
            run=lambda work: leave_task(work, store=store, task_id=input.task_id),
        )
        return LeaveTaskSuccess(task=await _now(info, store, left.task_id))

    @strawberry.mutation(
        description="Record what was done about a task, also late, also if somebody else did it too. A number outside "
        "its range is kept, and followed up by a task of its own."
    )
    async def complete_task(
        self, info: Info, input: Annotated[inputs.CompleteTaskInput, strawberry.argument(description="What was done.")]
    ) -> CompleteTaskResult:
        completion = input.domain()
        store = await known_store(info.context, input.store_id)
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="completeTask",
            content=(input.store_id, completion),
            answer=TaskCompleted,
            run=lambda work: complete_task(work, completion, store=store),
        )
        async with info.context.reading() as reading:
            record = await record_by_id(reading.session, store, done.record_id)
            people = {id for id in (done.also_done_by, record and record.person_id) if id}
            names = await names_of(reading.session, people)
        assert record is not None  # noqa: S101 -- records are never deleted
        return CompleteTaskSuccess(
            task=await _now(info, store, record.task_id),
            record=TaskRecord.of(record, names),
            also_done_by=names.get(done.also_done_by) if done.also_done_by else None,
            also_done_at=done.also_done_at,
            follow_up_ids=done.follow_up_ids,
        )

    @strawberry.mutation(description="Make a checklist, or change one: a new version.")
    async def save_checklist(
        self, info: Info, input: Annotated[inputs.SaveChecklistInput, strawberry.argument(description="All of it.")]
    ) -> SaveChecklistResult:
        require_design(info.context.actor)
        draft, desk = input.domain(), info.context.desk
        region_of = await desk.directory.region_of()
        saved = await desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="saveChecklist",
            content=draft,
            answer=ChecklistSaved,
            run=lambda work: save_checklist(work, draft, region_of=region_of),
            as_system=True,
        )
        async with info.context.reading() as reading:
            rows = await checklist_rows(reading.session)
        row = next(row for row in rows if row.plan.checklist_id == saved.checklist_id)
        return SaveChecklistSuccess(checklist=Checklist.of(row))

    @strawberry.mutation(description="Send a task to stores, once; it stays until it is done or taken back.")
    async def send_task(
        self, info: Info, input: Annotated[inputs.SendTaskInput, strawberry.argument(description="What and where.")]
    ) -> SendTaskResult:
        new = input.domain()
        stores = [await known_store(info.context, id) for id in new.store_ids]
        sent = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="sendTask",
            content=new,
            answer=TaskSent,
            run=lambda work: send_task(work, new, stores=stores),
        )
        return SendTaskSuccess(task_ids=sent.task_ids)

    @strawberry.mutation(
        description="Give a task to a store that one leads; whoever is to do it is woken. It stays until it is done or "
        "taken back."
    )
    async def assign_task(
        self, info: Info, input: Annotated[inputs.AssignTaskInput, strawberry.argument(description="What, and who.")]
    ) -> AssignTaskResult:
        new, store = input.domain(), await known_store(info.context, input.store_id)
        office, is_here = info.context.desk.office, new.to_id is None
        if new.to_id is not None:
            async with office.system() as session:
                is_here = await works_here(session, store, new.to_id, office.clock())
        assigned = await office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="assignTask",
            content=(input.store_id, new),
            answer=TaskAssigned,
            run=lambda work: assign_task(work, new, store=store, is_here=is_here),
        )
        return AssignTaskSuccess(task=await _now(info, store, assigned.task_id))

    @strawberry.mutation(
        description="Say what became of a shelf that was to be filled, also late. Where there is none, but the book "
        "says that there is some, a task to count it follows."
    )
    async def answer_restock(
        self, info: Info, input: Annotated[inputs.AnswerRestockInput, strawberry.argument(description="What became.")]
    ) -> AnswerRestockResult:
        answer, store = input.domain(), await known_store(info.context, input.store_id)
        done = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="answerRestock",
            content=(input.store_id, answer),
            answer=RestockAnswered,
            run=lambda work: answer_restock(work, answer, store=store),
        )
        return AnswerRestockSuccess(
            task=await _now(info, store, done.task_id),
            record=await _record(info, store, done.record_id),
            follow_up_id=done.follow_up_id,
        )

    @strawberry.mutation(description="Take back a task that is not done; a manager, what a manager gave the store.")
    async def withdraw_task(
        self, info: Info, input: Annotated[inputs.WithdrawTaskInput, strawberry.argument(description="Which.")]
    ) -> WithdrawTaskResult:
        store = await known_store(info.context, input.store_id)
        withdrawn = await info.context.desk.office.once(
            info.context.actor,
            request_id=input.request_id,
            operation="withdrawTask",
            content=(input.store_id, input.task_id),
            answer=TaskWithdrawn,
            run=lambda work: withdraw_task(work, store=store, task_id=input.task_id),
        )
        return WithdrawTaskSuccess(task=await _now(info, store, withdrawn.task_id))


async def _record(info: Info, store: StoreEntry, record_id: UUID) -> TaskRecord:
    async with info.context.reading() as reading:
        record = await record_by_id(reading.session, store, record_id)
        names = await names_of(reading.session, {record.person_id} if record else set())
    assert record is not None  # noqa: S101 -- records are never deleted
    return TaskRecord.of(record, names)


async def _now(info: Info, store: StoreEntry, task_id: UUID) -> Task:
    """Return a task as it is told now. One from the books that is gone meanwhile is refused as not found."""
    async with info.context.reading() as reading:
        task = await task_by_id(reading.session, store, task_id, reading.now)
    if task is None:
        raise NotFoundRefusal("taskId", "task", "任务")
    return (await told_tasks(info.context, [task]))[0]
