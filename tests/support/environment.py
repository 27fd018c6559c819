"""The environment that tests give to programs: the developer's own settings must not leak into a story."""

import os


def clean_environment(**settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("TRUESHELF_", "PG"))}
    return {**kept, **settings}
