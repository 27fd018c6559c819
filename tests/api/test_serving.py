"""What a start says when it cannot be: the port, the database, its shape."""

import socket

import pytest

from api.serving import migrate, require_shape, serve
from api.settings import WrongSettings, read_settings


def test_a_database_of_no_shape_is_not_served(empty_database_url: str) -> None:
    with pytest.raises(WrongSettings, match="run `trueshelf migrate`"):
        require_shape(empty_database_url)


def test_a_migrated_database_is_served(empty_database_url: str) -> None:
    migrate(empty_database_url)

    require_shape(empty_database_url)


def test_migrating_twice_changes_nothing(database_url: str) -> None:
    migrate(database_url)

    require_shape(database_url)


def test_a_database_that_is_not_there_names_its_setting() -> None:
    with pytest.raises(WrongSettings, match="TRUESHELF_DATABASE_URL: the database does not answer"):
        require_shape("postgresql://nobody@127.0.0.1:1/none")


def test_a_port_in_use_names_its_setting(database_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings = read_settings(port=taken.getsockname()[1])

        with pytest.raises(WrongSettings, match=r"TRUESHELF_PORT: .* is in use"):
            serve(settings, database_url)
