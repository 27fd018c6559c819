"""What the people area announces."""

from dataclasses import dataclass

from retail.kernel.events import Event


@dataclass(frozen=True, slots=True)
class SecurityAlarmRaised(Event):
    """There is a new row in `security_alarm` that nobody has seen to."""
