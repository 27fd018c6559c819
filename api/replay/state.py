"""How far a replay has come, in a file that survives being killed.

`position` counts the units of work (baskets, or batches of events) that are certainly answered,
from the first without a gap; what was under way beyond it is sent again with the same ids, and
nothing happens twice. The file holds the channel's secret, so only its owner may read it.
"""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from api.replay.tally import Tally


@dataclass(slots=True)
class State:
    """The state of one replay; `plan` says what is being replayed, and a state of another plan is not used."""

    plan: str
    client_id: str = ""
    secret: str = ""
    shift_seconds: int = 0
    position: int = 0
    seconds: float = 0.0
    runs: int = 0
    first_started: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    tally: Tally = field(default_factory=Tally)

    @property
    def credentials(self) -> tuple[str, str] | None:
        """Return the client id and the secret, if there are any."""
        return (self.client_id, self.secret) if self.client_id else None

    def begin_again(self) -> None:
        """Forget how far it came, because the books are others."""
        self.position, self.seconds, self.runs, self.tally = 0, 0.0, 0, Tally()
        self.first_started = datetime.now(UTC).isoformat(timespec="seconds")


def load(file: Path, plan: str) -> State:
    """Return the state in a file; of another plan only the credentials are kept."""
    try:
        stored: dict[str, Any] = orjson.loads(file.read_bytes())
        tally = Tally.of_json(stored.pop("tally"))
        state = State(**stored, tally=tally)
    except (OSError, ValueError, TypeError, KeyError):
        return State(plan)
    if state.plan != plan:
        return State(plan, state.client_id, state.secret, state.shift_seconds)
    return state


def save(file: Path, state: State) -> None:
    """Replace the file in one step, so that a killed save leaves the older one."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
    words = {name: getattr(state, name) for name in State.__dataclass_fields__ if name != "tally"}
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(orjson.dumps({**words, "tally": state.tally.as_json()}, option=orjson.OPT_INDENT_2))
    fresh.replace(file)
