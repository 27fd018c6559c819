"""The environment that tests give to programs: the developer's own settings must not leak into a story."""

import os

from retail.kernel.privacy.masters import MasterKeys

MASTER_KEYS = "tests:dHJ1ZXNoZWxmIHRlc3RzLCBub3QgYSBzZWNyZXQuLi4="
"""A ring of master keys that is nobody's secret."""
MASTERS = MasterKeys.parse(MASTER_KEYS)


def clean_environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRUESHELF_", "PG"))}
    return {**kept, **settings}
