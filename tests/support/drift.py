"""`python -m tests.support.drift`: migrate an empty database, then ask Alembic whether the models want more."""

import subprocess
import sys

from tests.support.environment import clean_environment
from tests.support.postgres import ROOT, TestingPostgres, trueshelf


def main() -> int:
    with TestingPostgres() as server, server.database() as url:
        trueshelf("migrate", database_url=url)
        env = clean_environment(TRUESHELF_DATABASE_URL=url)
        return subprocess.run([sys.executable, "-m", "alembic", "check"], cwd=ROOT, env=env, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
