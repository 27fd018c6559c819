"""What a task asks for, and what was answered: a tick, a number, a text, a picture.

A number outside its range is a fact like any other: it is kept and flagged. What cannot be kept (another kind of
answer, a number that is none, half a piece, a text without end, an item that is not asked for) is refused by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from typing import Any
from uuid import UUID

from retail.inventory.intake import problem, text_problems
from retail.kernel.refusal import Problem
from retail.tasks.readings import counts_pieces

ANSWERS_AT_MOST = 50
ANSWER_TEXT_AT_MOST = 1000
NUMBER_AT_MOST = 1_000_000_000.0


class NeedKind(StrEnum):
    """What is to be given."""

    TICK = "tick"
    NUMBER = "number"
    TEXT = "text"
    PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class Need:
    """One item of a task; `low` and `high` are the range of a number, `must` what cannot be left out."""

    id: UUID
    title: str
    title_en: str
    kind: NeedKind
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    must: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered to one item; pictures are named by their ids and come by themselves."""

    item_id: UUID
    tick: bool | None = None
    number: float | None = None
    text: str | None = None
    photo_ids: tuple[UUID, ...] = ()

    @property
    def is_given(self) -> bool:
        """Say whether there is anything in it; an open box is an answer that is not given."""
        return bool(self.tick or self.number is not None or (self.text or "").strip() or self.photo_ids)


def answer_problems(needs: Sequence[Need], answers: Sequence[Answer], announced: frozenset[UUID]) -> list[Problem]:
    """Return what is wrong with answers; `announced` are the pictures that come with them."""
    if len(answers) > ANSWERS_AT_MOST:
        return [problem("answers", "TOO_MANY_ANSWERS", f"At most {ANSWERS_AT_MOST}.", f"最多 {ANSWERS_AT_MOST} 项。")]
    asked, found, seen = {need.id: need for need in needs}, list[Problem](), set[UUID]()
    for n, answer in enumerate(answers):
        path = f"answers[{n}]"
        need = asked.get(answer.item_id)
        if need is None:
            found.append(problem(f"{path}.itemId", "UNKNOWN_ITEM", "The task does not ask this.", "任务里没有这一项。"))
            continue
        if need.id in seen:
            found.append(problem(f"{path}.itemId", "ANSWERED_TWICE", "Answered twice.", "这一项填写了两次。"))
        seen.add(need.id)
        found += _one(need, answer, path, announced)
    given = {answer.item_id for answer in answers if answer.is_given}
    found += [
        problem("answers", "ANSWER_MISSING", f"“{need.title_en}” must be answered.", f"“{need.title}”必须填写。")
        for need in needs
        if need.must and need.id not in given
    ]
    return found


def _one(need: Need, answer: Answer, path: str, announced: frozenset[UUID]) -> list[Problem]:
    found = text_problems(f"{path}.text", answer.text, ANSWER_TEXT_AT_MOST)
    given = {
        NeedKind.TICK: ("tick", answer.tick is not None),
        NeedKind.NUMBER: ("number", answer.number is not None),
        NeedKind.TEXT: ("text", answer.text is not None),
    }
    for kind, (word, is_there) in given.items():
        # Words beside a picture, a number or a tick say more about it: they are welcome.
        if is_there and kind is not need.kind and kind is not NeedKind.TEXT:
            words = (f"This item asks for a {need.kind}.", "答案的类型与这一项不符。")
            found.append(problem(f"{path}.{word}", "WRONG_KIND", *words))
    if answer.number is not None and not (isfinite(answer.number) and abs(answer.number) <= NUMBER_AT_MOST):
        found.append(problem(f"{path}.number", "NOT_A_NUMBER", "Not a usable number.", "不是有效的数字。"))
    elif answer.number is not None and counts_pieces(need.unit) and not _is_count(answer.number):
        words = ("Pieces are counted in whole numbers from 0.", "件数须为整数，且不小于 0。")
        found.append(problem(f"{path}.number", "NOT_WHOLE", *words))
    missing = [each for each in answer.photo_ids if each not in announced]
    if missing or len(set(answer.photo_ids)) != len(answer.photo_ids):
        words = ("Each picture is named once and comes with the task.", "每张照片只能出现一次，并须随任务一起提交。")
        found.append(problem(f"{path}.photoIds", "UNKNOWN_PHOTO", *words))
    return found


def _is_count(number: float) -> bool:
    return number >= 0 and number.is_integer()


def is_outside(need: Need, answer: Answer) -> bool:
    """Say whether a number lies outside the range of its item."""
    if need.kind is not NeedKind.NUMBER or answer.number is None:
        return False
    return (need.low is not None and answer.number < need.low) or (need.high is not None and answer.number > need.high)


def needs_as_json(needs: Sequence[Need]) -> list[dict[str, Any]]:
    """Return items as they are kept."""
    return [
        {
            "id": str(need.id),
            "title": need.title,
            "title_en": need.title_en,
            "kind": need.kind.value,
            "unit": need.unit,
            "low": need.low,
            "high": need.high,
            "must": need.must,
        }
        for need in needs
    ]


def needs_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Need, ...]:
    """Return items as they were kept."""
    return tuple(Need(**{**each, "id": UUID(each["id"]), "kind": NeedKind(each["kind"])}) for each in kept)


def answers_as_json(answers: Sequence[Answer]) -> list[dict[str, Any]]:
    """Return answers as they are kept."""
    return [
        {
            "item_id": str(each.item_id),
            "tick": each.tick,
            "number": each.number,
            "text": each.text,
            "photo_ids": [str(id) for id in each.photo_ids],
        }
        for each in answers
    ]


def answers_of(kept: Sequence[Mapping[str, Any]]) -> tuple[Answer, ...]:
    """Return answers as they were kept."""
    return tuple(
        Answer(
            UUID(each["item_id"]),
            each["tick"],
            each["number"],
            each["text"],
            tuple(UUID(id) for id in each["photo_ids"]),
        )
        for each in kept
    )
