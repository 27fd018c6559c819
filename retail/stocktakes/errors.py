"""What a stocktake refuses."""

from retail.kernel.refusal import Refusal


class StocktakeClosed(Refusal):
    """The stocktake has been confirmed or cancelled before."""

    code = "STOCKTAKE_CLOSED"

    def __init__(self, status: str) -> None:
        zh = {"confirmed": "已确认", "cancelled": "已取消"}.get(status, status)
        super().__init__(f"This stocktake is {status} already.", f"这次盘点{zh}。")
        self.status = status


class CountsOpen(Refusal):
    """Some counts are not ready: they need a recount or a second person."""

    code = "COUNTS_OPEN"

    def __init__(self, open_counts: int) -> None:
        super().__init__(
            f"{open_counts} counts still need a recount or a second person.",
            f"还有 {open_counts} 个商品需要复盘或由第二人确认。",
        )
        self.open_counts = open_counts


class OwnCount(Refusal):
    """Nobody accepts what they counted themselves."""

    code = "OWN_COUNT"

    def __init__(self) -> None:
        super().__init__(
            "You counted this yourself: somebody else must accept it.", "这是您自己盘的数，需要由另一人确认。"
        )
