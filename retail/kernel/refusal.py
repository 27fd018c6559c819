"""Refusals: what the business says no to, and why.

A refusal is raised once, rolls everything back, and becomes one named member of a GraphQL
union. Its `code` is stable; its words are for people, in English and Chinese.
"""

from dataclasses import dataclass
from typing import ClassVar


class Refusal(Exception):
    """The business says no; nothing has been changed."""

    code: ClassVar[str]

    def __init__(self, message: str, message_zh: str) -> None:
        super().__init__(message)
        self.message = message
        self.message_zh = message_zh


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with an input: where (`lines[2].quantity`), a stable code, and words."""

    path: str
    code: str
    message: str
    message_zh: str


class InvalidInput(Refusal):
    """The input breaks a rule; every problem is named, not only the first."""

    code = "INVALID_INPUT"

    def __init__(self, problems: list[Problem]) -> None:
        first = problems[0]
        super().__init__(f"{first.path}: {first.message}", f"{first.path}：{first.message_zh}")
        self.problems = problems


class NotFound(Refusal):
    """There is no such thing, or none that the asker may see: the two are told alike."""

    code = "NOT_FOUND"

    def __init__(self, path: str, what: str, what_zh: str) -> None:
        super().__init__(f"No such {what}.", f"找不到这个{what_zh}。")
        self.path = path


class NotPermitted(Refusal):
    """The asker's role does not include this act in this store."""

    code = "NOT_PERMITTED"

    def __init__(self, permission: str) -> None:
        super().__init__("Your role does not allow this here.", "您的岗位没有这项权限。")
        self.permission = permission


class RequestIdConflict(Refusal):
    """A request id was used before for something else; the first use stands."""

    code = "REQUEST_ID_CONFLICT"

    def __init__(self) -> None:
        super().__init__(
            "This requestId was used before with other content; the first use stands.",
            "这个 requestId 已用于其他内容，以第一次为准。",
        )
