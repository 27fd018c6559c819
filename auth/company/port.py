"""What every kind of provider does, and what it may answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol

from starlette.requests import Request


class Problem(StrEnum):
    """Why nobody was signed in; the sign-in page has words for each."""

    CANCELLED = "CANCELLED"
    NO_ACCOUNT = "NO_ACCOUNT"
    NOT_TRUSTED = "NOT_TRUSTED"
    PROVIDER_DOWN = "PROVIDER_DOWN"
    START_AGAIN = "START_AGAIN"


class CompanySignInFailed(Exception):
    """Nobody was signed in; `reason` is for the log and holds no secret and nothing personal."""

    def __init__(self, problem: Problem, reason: str) -> None:
        super().__init__(problem, reason)
        self.problem = problem
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Proof:
    """What a provider has proved: its name for somebody, and what it says of them."""

    subject: str
    claims: Mapping[str, Any] = field(default_factory=dict)
    sid: str | None = None
    """The provider's own session, so that it can end ours with it."""
    second_factor: bool = False


class Provider(Protocol):
    """One identity provider. `kept` is what the browser carries from `start` to `finish`, sealed."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def name_en(self) -> str: ...
    @property
    def link_claim(self) -> str | None: ...
    @property
    def secret(self) -> str: ...

    async def start(self, request: Request, redirect_uri: str, kept: dict[str, Any]) -> str:
        """Return where to send the browser; raise `CompanySignInFailed`."""
        ...

    async def finish(self, request: Request, kept: dict[str, Any]) -> Proof:
        """Return what the provider proves of the browser that came back; raise `CompanySignInFailed`."""
        ...

    async def sign_out_url(self, back_to: str) -> str | None:
        """Return where the browser ends the provider's own session, if there is such a place."""
        ...
