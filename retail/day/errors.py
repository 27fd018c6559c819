"""What the day says no to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from retail.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class LeftOpen:
    """A task that must be done before the hand-over and is not."""

    id: UUID
    title: str
    title_en: str
    due_at: datetime | None


class MustDoOpen(Refusal):
    """Something that must be done before the hand-over is neither done nor explained."""

    code = "MUST_DO_OPEN"

    def __init__(self, tasks: Sequence[LeftOpen]) -> None:
        super().__init__(
            f"{len(tasks)} must be done first, or give a reason for each.",
            f"还有 {len(tasks)} 项必做任务未完成，请先完成，或逐项说明原因。",
        )
        self.tasks = list(tasks)


class OwnHandOver(Refusal):
    """Nobody takes over from themselves, unless they run the store alone."""

    code = "OWN_HAND_OVER"

    def __init__(self) -> None:
        super().__init__("Somebody else has to take it over.", "须由另一位同事确认。")
