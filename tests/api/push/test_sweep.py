"""Forgetting subscriptions: however many there are."""

from uuid import uuid4

from api.database import system_office
from retail.push.calls import forget
from tests.support.chain import found_chain


async def test_tens_of_thousands_are_forgotten_at_once(database_url: str) -> None:
    await found_chain(database_url, 1)
    async with system_office(database_url) as office, office.work(None) as work:
        person = await work.session.connection()
        await person.exec_driver_sql("insert into person (id, name) values ($1, 'Li Na')", (id := uuid4(),))
        ids = [uuid4() for _ in range(40_000)]
        await person.exec_driver_sql(
            "insert into push_subscription (id, person_id, session_key, server_key, endpoint, p256dh, auth, created_at)"
            " select u, $2, '', '', u::text, '', '', now() from unnest($1::uuid[]) u",
            (ids, id),
        )

        await forget(work.session, ids[1:])

        left = await person.exec_driver_sql("select id::text from push_subscription")
        assert [row[0] for row in left] == [str(ids[0])]
