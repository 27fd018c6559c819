"""`python -m bench.without_log serve`: the server without what it does for the operation log, to compare with.

Only the hot path is spared: no digest of a line is made and no act is told. Its database needs the
`ledger_post` of `bench.log`, which writes no entry.
"""

from collections.abc import Sequence
from typing import Any

from api.__main__ import main
from retail.inventory import batching, ledger
from retail.inventory.ledger import Entry, Request
from retail.inventory.lines import Acts


def _columns(requests: Sequence[Request], entries: Sequence[Entry]) -> list[Any]:
    asked = [list(column) for column in zip(*requests, strict=True)]
    lines = [list(column) for column in zip(*entries, strict=True)]
    return [*(asked or [[] for _ in Request._fields]), *lines, *Acts([], [], [], [])]


if __name__ == "__main__":
    for module in (ledger, batching):
        setattr(module, "columns", _columns)  # noqa: B010 -- a name that the second only imports
    main()
