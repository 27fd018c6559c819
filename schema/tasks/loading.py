"""Tasks with all that is told of them, read together; what the checklists ask is made first."""

from collections.abc import Sequence

from retail.catalogue.queries import skus_by_id
from retail.photos.models import PhotoAbout
from retail.stores.directory import StoreEntry
from retail.tasks import rules
from retail.tasks.checklists import names_of
from retail.tasks.counting import count_standings, finish_counts, still_wanted
from retail.tasks.making import is_due, make_tasks
from retail.tasks.queries import people_of, tasks
from retail.tasks.rules import skus_of
from schema.catalogue.types import Sku
from schema.kernel.context import Context
from schema.photos.loading import photos_of
from schema.tasks.types import Task


async def tasks_now(context: Context, store: StoreEntry, *, over: bool = False) -> list[rules.Task]:
    """Return what a store has to do, when what its checklists ask today has been made, whoever asks first.

    A count asks only for what has not been counted since.
    """
    await make_due(context, store)
    async with context.reading() as reading:
        counts = await count_standings(reading.session, [store.id], reading.now)
    if any(each.done_at for each in counts.values()):
        async with context.desk.office.work(None) as work:
            await finish_counts(work, [store.id])
    async with context.reading() as reading:
        return [still_wanted(task, counts) for task in await tasks(reading, store, over=over)]


async def make_due(context: Context, store: StoreEntry) -> None:
    """Make what a store's checklists ask up to now, if that has not been done."""
    async with context.reading() as reading:
        due = await is_due(reading.session, store, reading.now)
    if due:
        async with context.desk.office.work(None) as work:
            await make_tasks(work, [store])


async def told_tasks(context: Context, found: Sequence[rules.Task]) -> list[Task]:
    """Return tasks as they are told, in the same order."""
    async with context.reading() as reading:
        skus = await skus_by_id(reading.session, skus_of(found))
        names = await names_of(reading.session, people_of(found))
    done = [(task.store_id, task.id) for task in found if task.done_at is not None]
    photos = await photos_of(context, PhotoAbout.TASK, done)
    told = {sku_id: Sku.of(row) for sku_id, row in skus.items()}
    return [
        Task.of(task, told[task.sku_id] if task.sku_id else None, names, photos.get((task.store_id, task.id), ()))
        for task in found
    ]
