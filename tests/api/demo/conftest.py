from collections.abc import Iterator

import pytest

from tests.support.postgres import TestingPostgres, trueshelf


@pytest.fixture(scope="session")
def demo_template(postgres: TestingPostgres) -> str:
    """The template with the demo chain in it, seeded by the command that `trueshelf run` uses."""
    return postgres.template("demo", lambda url: trueshelf("seed", database_url=url), of=postgres.migrated())


@pytest.fixture
def demo_database_url(postgres: TestingPostgres, demo_template: str) -> Iterator[str]:
    """A demo chain for one test."""
    with postgres.database(demo_template) as url:
        yield url
