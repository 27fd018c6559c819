"""What the people area says no to."""

from datetime import datetime
from typing import ClassVar

from retail.kernel.refusal import Problem, Refusal
from retail.people.phones import holds_a_number

NOTE_AT_MOST = 200


class TooManyReveals(Refusal):
    """Somebody has looked at as many people's data in this hour as anybody may."""

    code: ClassVar[str] = "TOO_MANY_REVEALS"

    def __init__(self, limit: int, again_at: datetime) -> None:
        super().__init__(
            f"At most {limit} views of personal data an hour; compliance has been told.",
            f"每小时最多查看 {limit} 次个人信息，已通知合规负责人。",
        )
        self.limit = limit
        self.again_at = again_at


class PersonStillHere(Refusal):
    """Only the data of somebody who has left is erased."""

    code: ClassVar[str] = "PERSON_STILL_HERE"

    def __init__(self) -> None:
        super().__init__(
            "This person has not left: end their employment first.", "此人尚未离职，请先办理离职，再注销其个人信息。"
        )


class PersonErased(Refusal):
    """Somebody's data has been erased: there is nothing to show, and nothing may be added."""

    code: ClassVar[str] = "PERSON_ERASED"

    def __init__(self) -> None:
        super().__init__("This person's data has been erased.", "此人的个人信息已注销。")


class OwnAlarm(Refusal):
    """An alarm is seen to by somebody other than whom it is about."""

    code: ClassVar[str] = "OWN_ALARM"

    def __init__(self) -> None:
        super().__init__("This alarm is about you: somebody else must see to it.", "这条警报与您有关，须由他人处理。")


def note_problems(path: str, note: str | None) -> list[Problem]:
    """Return what is wrong with a note: it stays readable, so it holds no number of anybody."""
    found = []
    if note is not None and len(note) > NOTE_AT_MOST:
        words = (f"At most {NOTE_AT_MOST} characters.", f"最多 {NOTE_AT_MOST} 个字。")
        found.append(Problem(path, "TEXT_TOO_LONG", *words))
    if note is not None and "\0" in note:
        found.append(Problem(path, "TEXT_NOT_PLAIN", "Must not hold a null byte.", "不能含有空字符。"))
    if note is not None and holds_a_number(note):
        words = ("Must not hold a phone or identity number.", "备注中不能出现电话或证件号码。")
        found.append(Problem(path, "HOLDS_PERSONAL_DATA", *words))
    return found
