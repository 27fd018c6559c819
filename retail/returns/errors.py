"""What returns say no to."""

from typing import ClassVar

from retail.kernel.refusal import Refusal


class MoreThanBought(Refusal):
    """More is brought back than was bought and has not come back yet."""

    code: ClassVar[str] = "MORE_THAN_BOUGHT"

    def __init__(self, *, bought: int, returned: int, wanted: int) -> None:
        left = max(bought - returned, 0)
        super().__init__(
            f"{bought} were bought and {returned} have come back: {left} can be returned, not {wanted}. "
            "Check the receipt, or ask the manager to take it without one.",
            f"买了 {bought} 件，已退 {returned} 件，还能退 {left} 件，不能退 {wanted} 件。"
            "请核对小票，或请店长按没有小票办理。",
        )
        self.bought = bought
        self.returned = returned
        self.wanted = wanted


class PhotoNeeded(Refusal):
    """Nothing is taken back without a picture of it."""

    code: ClassVar[str] = "PHOTO_NEEDED"

    def __init__(self) -> None:
        super().__init__("Take at least one photo of what came back.", "退货至少要拍一张照片。")


class ProofNeeded(Refusal):
    """Without a proof of the sale, a clerk takes back little; a manager decides about more."""

    code: ClassVar[str] = "PROOF_NEEDED"

    def __init__(self, *, most_units: int, most_fen: int, most_a_day: int) -> None:
        yuan = most_fen // 100
        super().__init__(
            f"Without a receipt at most {most_units} pieces and ¥{yuan}, {most_a_day} times a day for one person: "
            "ask the manager to take it.",
            f"没有小票时一次最多退 {most_units} 件、{yuan} 元，每人每天最多 {most_a_day} 次，请店长来办理。",
        )
        self.most_units = most_units
        self.most_fen = most_fen
        self.most_a_day = most_a_day


class ReturnClosed(Refusal):
    """The return, or its lot, is not as it was: somebody has dealt with it."""

    code: ClassVar[str] = "RETURN_CLOSED"

    def __init__(self, status: str) -> None:
        words = {"cancelled": "已撤销", "inspected": "已质检", "too_old": "已超过 24 小时，请店长撤销"}
        told = {"cancelled": "cancelled", "inspected": "inspected", "too_old": "older than a day: ask the manager"}
        super().__init__(f"This return is {told[status]}.", f"这笔退货{words[status]}。")
        self.status = status
