"""Whoever is given a task is woken: asked every two seconds, whatever else was asked for and never done."""

from sqlalchemy import text

from retail.push.models import PushSubscription
from retail.tasks.assigning import call_about_tasks
from tests.retail.insights.books import Books
from tests.retail.stocktakes.shop import Shop


async def test_whom_to_wake_is_asked_without_reading_all_that_was_ever_missed(books: Books) -> None:
    shop = await Shop.open(books)
    async with books.office.work(None) as work:
        who = {
            "person_id": shop.clerk.id,
            "session_key": "s",
            "server_key": "k",
            "endpoint": "e",
            "p256dh": b"",
            "auth": b"",
        }
        work.session.add(PushSubscription(**who, created_at=work.now))
        await work.session.flush()
        await work.session.execute(
            text(
                "insert into task (store_id, id, kind, day, title, title_en, needs, must, made_at, expires_at)"
                " select :store, gen_random_uuid(), 'checklist', '2026-01-01', '', '', '[]', true, :now, :now"
                " from generate_series(1, 5000)"
            ),
            {"store": shop.store.id, "now": work.now},
        )
        await work.session.execute(text("analyze task"))

        await call_about_tasks(work.session, work.now)

        read = await work.session.scalar(
            text("select seq_tup_read + idx_tup_fetch from pg_stat_xact_user_tables where relname = 'task'")
        )
        assert read == 0
