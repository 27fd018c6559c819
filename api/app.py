"""The application: `create_app(settings)` wires everything; the lifespan opens and closes it."""

import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from starlette.applications import Starlette
from starlette.middleware import Middleware

from api import push
from api.asker import Askers
from api.bus import Bus
from api.database import open_engine, sessions_of
from api.door import Door, rules_of
from api.door_rates import Meter, StrangersCounted
from api.forgetting import forget_person
from api.graphql import GraphQLApp
from api.jobs import Jobs
from api.master_keys import ring
from api.outbound.photo_storage import storage_of
from api.outbound.webpush import WebPush
from api.routes import routes
from api.sealing import Sealing, seal_keys, witnesses_of
from api.settings import Settings
from auth.wiring import Auth, DemoAccount
from retail.access.scope import APP_ROLE, SYSTEM_ROLE
from retail.access.work import Office
from retail.catalogue.lookup import Lookup
from retail.inventory.batching import Counter
from retail.inventory.desk import Desk
from retail.kernel.clock import utc_now
from retail.kernel.events import AccessChanged, CatalogueChanged, Event
from retail.kernel.privacy.vault import Vault
from retail.people.events import SecurityAlarmRaised
from retail.people.office import PeopleOffice
from retail.people.rules import ViewingPolicy
from retail.photos.settling import Darkroom
from retail.stores.directory import Directory
from schema import schema
from schema.kernel.errors import exposed
from schema.kernel.live import StockFeed

_COLLECT_EVERY = 50_000


class Application:
    """Everything that one process holds, opened in order and closed in reverse."""

    def __init__(self, settings: Settings, database_url: str, demo_accounts: Sequence[DemoAccount] = ()) -> None:
        self.settings = settings
        self.engine = open_engine(database_url, settings.pool_size, APP_ROLE)
        self.system_engine = open_engine(database_url, settings.pool_size, SYSTEM_ROLE)
        sessions = sessions_of(self.system_engine)
        self.bus = Bus(settings.bus_url, self._hear)
        office = Office(sessions, self.bus.announce, acting=sessions_of(self.engine))
        self.counter = Counter(self.engine, self.bus.announce)
        masters = ring(settings)
        people = PeopleOffice(office, Vault(masters), viewing_policy(settings), (forget_person,))
        self.desk = Desk(office, self.counter, Lookup(sessions), Directory(sessions), people)
        self.feed = StockFeed(sessions)
        self.auth = Auth(
            sessions,
            utc_now,
            settings.site,
            demo_accounts,
            settings.company_sign_in,
            masters=masters,
            second_factor_roles=settings.second_factor_roles,
            token_life=timedelta(seconds=settings.access_token_seconds),
        )
        inside = settings.push_inside
        self.door = rules_of(settings)
        identify = StrangersCounted(self.auth.identify, self.door.rates.anonymous)
        self.askers = Askers(
            self.auth,
            self.desk,
            self.feed,
            push.rules(masters, inside_allowed=inside),
            identify,
            settings.offline_hours,
        )
        rounds = push.PushRounds(
            office, self.auth.sessions.live, WebPush(masters, settings.site, inside_allowed=inside)
        )
        sealing = Sealing(sessions, seal_keys(masters), witnesses_of(settings))
        self.darkroom = Darkroom(office, storage_of(settings), timedelta(days=settings.photo_days))
        self.jobs = Jobs(
            office,
            self.desk.directory,
            sealing,
            settings.seal_seconds,
            rounds,
            self.darkroom,
            count_tasks=settings.count_tasks,
        )
        self.graphql = GraphQLApp(
            schema,
            context=self.askers.context,
            meter=Meter(self.door.rates),
            max_body=settings.max_body_bytes,
            expose=exposed,
            revoked=self.askers.revoked,
        )

    async def open(self) -> None:
        """Open everything."""
        await self.counter.open()
        await self.feed.open()
        await self.bus.open()
        self.jobs.open()
        # What start-up made stays for ever: keep the collector from walking it again and again.
        gc.collect()
        gc.freeze()
        gc.set_threshold(_COLLECT_EVERY, 20, 20)

    async def close(self) -> None:
        """Finish what has begun, then close everything."""
        await self.graphql.drain()
        await self.counter.close()
        await self.jobs.close()
        await self.feed.close()
        await self.bus.close()
        await self.engine.dispose()
        await self.system_engine.dispose()

    def _hear(self, event: Event) -> None:
        if isinstance(event, CatalogueChanged):
            self.desk.lookup.forget()
            self.desk.directory.forget()
        elif isinstance(event, AccessChanged):
            self.askers.forget()
            self.graphql.doubt()
        elif not isinstance(event, SecurityAlarmRaised):
            self.feed.wake()


def viewing_policy(settings: Settings) -> ViewingPolicy:
    """Return how much looking at personal data is usual here."""
    return ViewingPolicy(
        people_an_hour=settings.reveal_alarm_people,
        times_usual=settings.reveal_alarm_times,
        views_an_hour=settings.reveal_limit,
    )


def create_app(
    settings: Settings, database_url: str | None = None, demo_accounts: Sequence[DemoAccount] = ()
) -> Starlette:
    """Return the ASGI application; the database is the settings' or the one given (embedded)."""
    url = database_url or settings.database_url
    if url is None:
        raise ValueError("no database: give a URL or set TRUESHELF_DATABASE_URL")
    application = Application(settings, url, demo_accounts)
    app = Starlette(
        routes=routes(application.graphql),
        lifespan=partial(_lifespan, application),
        middleware=[Middleware(Door, application.door)],
    )
    app.state.auth = application.auth
    app.state.application = application
    return app


@asynccontextmanager
async def _lifespan(application: Application, _app: Starlette) -> AsyncIterator[None]:
    await application.open()
    try:
        yield
    finally:
        await application.close()
