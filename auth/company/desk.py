"""The company's providers of one process, and what signing in through them needs."""

from collections.abc import Sequence
from uuid import UUID

import structlog
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from starlette.requests import Request

from auth.company.linking import Linking
from auth.company.logout import BackChannel
from auth.company.oidc import OidcProvider
from auth.company.phones import PhoneBook
from auth.company.port import CompanySignInFailed, Problem, Proof, Provider
from auth.company.sealing import SealedCookie
from auth.company.settings import OidcSettings, WeComSettings
from auth.company.wecom import WeComProvider
from retail.kernel.clock import Clock
from retail.kernel.privacy.masters import MasterKeys

AT_ONCE = 32
"""Sign-ins that may wait for one provider at once; whoever comes then finds it busy."""

_WAY = "company:"

log = structlog.get_logger(__name__)


class CompanyDesk:
    """`public_url` is where browsers find us: every address that a provider sends them to begins with it."""

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        clock: Clock,
        public_url: str,
        providers: Sequence[OidcSettings | WeComSettings] = (),
        *,
        masters: MasterKeys,
    ) -> None:
        self._site = public_url.rstrip("/")
        self.providers: dict[str, Provider] = {each.id: _provider(each, clock) for each in providers}
        self._waiting = dict.fromkeys(self.providers, 0)
        self.cookie = SealedCookie(public_url, clock)
        self.back_channel = BackChannel(sessions, clock)
        self._linking = Linking(sessions, clock, PhoneBook(masters))

    def ways(self) -> list[dict[str, str]]:
        """Return the buttons of the sign-in page."""
        return [
            {
                "id": each.id,
                "kind": each.kind,
                "name": each.name,
                "nameEn": each.name_en,
                "href": f"/auth/company/{each.id}/start",
            }
            for each in self.providers.values()
        ]

    def callback(self, provider: Provider) -> str:
        """Return where a provider sends browsers back to; no two providers share it (RFC 9700, 4.4)."""
        return f"{self._site}/auth/company/{provider.id}/callback"

    async def person_of(self, provider: Provider, request: Request, kept: dict[str, object]) -> tuple[UUID, Proof]:
        """Return whom a browser that came back from a provider belongs to; raise `CompanySignInFailed`."""
        if self._waiting[provider.id] >= AT_ONCE:
            raise CompanySignInFailed(Problem.PROVIDER_DOWN, "too many wait for it")
        self._waiting[provider.id] += 1
        try:
            proof = await provider.finish(request, kept)
        finally:
            self._waiting[provider.id] -= 1
        return await self._linking.person_of(provider, proof), proof

    async def sign_out_url(self, way: str) -> str | None:
        """Return where a session that a provider has vouched for ends at the provider, too."""
        provider = self.providers.get(way.removeprefix(_WAY)) if way.startswith(_WAY) else None
        if provider is None:
            return None
        try:
            return await provider.sign_out_url(f"{self._site}/sign-in")
        except CompanySignInFailed as away:
            log.warning("the provider cannot be signed out of", provider=provider.id, reason=away.reason)
            return None


def _provider(settings: OidcSettings | WeComSettings, clock: Clock) -> Provider:
    return OidcProvider(settings, clock) if isinstance(settings, OidcSettings) else WeComProvider(settings)
