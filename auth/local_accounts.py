"""Local accounts: whose login and password these are, and choosing another password.

Whether a login exists shows neither in the answer nor in the time it takes.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth.models import HalfSession, LocalAccount, StaffSession
from auth.password_rules import Weakness, weakness
from auth.passwords import check_password, fold_login, hash_password, is_login
from auth.sessions import StaffSessions, end_sessions
from retail.access.models import Person
from retail.audit.log import append
from retail.kernel.clock import Clock


class WeakPassword(Exception):
    """A new password is refused; nothing was changed."""

    def __init__(self, weakness: Weakness) -> None:
        super().__init__(weakness)
        self.weakness = weakness


@dataclass(frozen=True, slots=True)
class Checked:
    """Whether a password was right, and whose login it was tried at (None: nobody's)."""

    person_id: UUID | None
    is_right: bool


class LocalAccounts:
    def __init__(self, database: async_sessionmaker[AsyncSession], clock: Clock, sessions: StaffSessions) -> None:
        self._database = database
        self._clock = clock
        self._sessions = sessions

    async def check(self, login: str, password: str) -> Checked:
        """Check a login's password."""
        folded = fold_login(login)
        account = await self._find(LocalAccount.login == folded) if is_login(folded) else None
        return await self._check(account, password)

    async def check_own(self, person_id: UUID, password: str) -> bool:
        """Say whether a password is a person's; one without an account has none."""
        return (await self._check(await self._find(LocalAccount.person_id == person_id), password)).is_right

    async def change(
        self, person_id: UUID, new: str, *, session_to_keep: bytes | None = None, half_to_keep: bytes | None = None
    ) -> None:
        """Set another password and end the person's sessions, half ones too (but one); raise `WeakPassword`."""
        account = await self._find(LocalAccount.person_id == person_id)
        if account is None:
            raise LookupError(person_id)
        why = weakness(new, account.login)
        if why is None and (await check_password(new, account.password_hash))[0]:
            why = Weakness.SAME_AS_OLD
        if why is not None:
            raise WeakPassword(why)
        fresh_hash = await hash_password(new)
        async with self._database.begin() as session:
            stored = await session.get_one(LocalAccount, person_id)
            stored.password_hash = fresh_hash
            stored.must_change = False
            others = StaffSession.person_id == person_id
            if session_to_keep is not None:
                others &= StaffSession.token_hash != session_to_keep
            ended = await end_sessions(session, others, self._clock())
            begun = HalfSession.person_id == person_id
            if half_to_keep is not None:
                begun &= HalfSession.token_hash != half_to_keep
            await session.execute(delete(HalfSession).where(begun))
            details = {"person": person_id, "sessions_ended": len(ended)}
            await append(session, act="password.changed", actor_id=person_id, details=details, clock=self._clock)
        self._sessions.forget(ended)

    async def _check(self, account: LocalAccount | None, password: str) -> Checked:
        right, better_hash = await check_password(password, account.password_hash if account else None)
        if account is not None and right and better_hash is not None:
            await self._store_hash(account, better_hash)
        return Checked(None if account is None else account.person_id, account is not None and right)

    async def _find(self, which: ColumnElement[bool]) -> LocalAccount | None:
        now = self._clock()
        async with self._database() as session:
            found: LocalAccount | None = await session.scalar(
                select(LocalAccount)
                .join(Person, Person.id == LocalAccount.person_id)
                .where(which, LocalAccount.disabled_at.is_(None), or_(Person.left_at.is_(None), Person.left_at > now))
            )
        return found

    async def _store_hash(self, account: LocalAccount, better_hash: str) -> None:
        async with self._database.begin() as session:
            stored = await session.get_one(LocalAccount, account.person_id)
            if stored.password_hash == account.password_hash:
                stored.password_hash = better_hash
