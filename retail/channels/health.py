"""How a channel client fares, decided from when it last got a token, used one and was refused. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SILENT_AFTER = timedelta(hours=24)


class ChannelState(StrEnum):
    """From what needs somebody most to what needs nobody."""

    REFUSED = "refused"
    SILENT = "silent"
    NEW = "new"
    WORKING = "working"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class Health:
    """What is known of a client's comings and goings."""

    last_token_at: datetime | None = None
    last_used_at: datetime | None = None
    last_refused_at: datetime | None = None
    last_refusal: str | None = None
    refusals: int = 0


def state_of(health: Health, *, is_revoked: bool, now: datetime) -> ChannelState:
    """Return how a client fares: refused, if that was the last thing that happened to it at the door."""
    if is_revoked:
        return ChannelState.REVOKED
    seen = [at for at in (health.last_token_at, health.last_used_at) if at is not None]
    if health.last_refused_at is not None and all(health.last_refused_at > at for at in seen):
        return ChannelState.REFUSED
    if not seen:
        return ChannelState.NEW
    return ChannelState.SILENT if now - max(seen) > SILENT_AFTER else ChannelState.WORKING
