import pytest
from starlette.requests import HTTPConnection

from auth.origin import is_json, same_origin

LOCAL = "http://127.0.0.1:8000"
SHOP = "https://shop.example"


@pytest.mark.parametrize(
    ("origin", "host", "public_url"),
    [
        (None, "127.0.0.1:8000", LOCAL),
        (LOCAL, "127.0.0.1:8000", LOCAL),
        (LOCAL, "10.0.0.7:9000", LOCAL),
        ("http://localhost:8000", "localhost:8000", LOCAL),
        ("HTTP://LocalHost:8000", "localhost:8000", LOCAL),
        ("http://[::1]:8000", "[::1]:8000", LOCAL),
        (SHOP, "shop.example", SHOP),
        (SHOP, "shop.example:443", SHOP),
        ("https://shop.example:443", "10.0.0.7:9000", SHOP + "/"),
        ("https://tills.example", "tills.example", SHOP),
    ],
)
def test_our_own_pages_may_act(origin: str | None, host: str, public_url: str) -> None:
    assert same_origin(_connection(host, origin), public_url)


@pytest.mark.parametrize(
    ("origin", "host", "public_url"),
    [
        ("https://evil.example", "127.0.0.1:8000", LOCAL),
        ("null", "127.0.0.1:8000", LOCAL),
        ("", "127.0.0.1:8000", LOCAL),
        ("file://", "127.0.0.1:8000", LOCAL),
        ("http://127.0.0.1:8001", "127.0.0.1:8000", LOCAL),
        ("http://127.0.0.1", "127.0.0.1:8000", LOCAL),
        ("https://127.0.0.1:8000", "127.0.0.1:8000", LOCAL),
        ("http://127.0.0.1:8000.evil.example", "127.0.0.1:8000", LOCAL),
        ("http://[::1", "127.0.0.1:8000", LOCAL),
        ("http://127.0.0.1:99999", "127.0.0.1:8000", LOCAL),
        ("https://sub.shop.example", "shop.example", SHOP),
        ("https://shop.example.evil.example", "shop.example", SHOP),
        ("http://shop.example", "shop.example", SHOP),
        ("http://shop.example", "shop.example:80", SHOP),
        ("chrome-extension://shop.example", "shop.example", SHOP),
        ("chrome-extension://shop.example:443", "shop.example", SHOP),
        ("null", "", SHOP),
    ],
)
def test_other_pages_may_not(origin: str, host: str, public_url: str) -> None:
    assert not same_origin(_connection(host, origin), public_url)


def test_two_origins_are_one_too_many() -> None:
    connection = _connection("127.0.0.1:8000", LOCAL)
    connection.scope["headers"].append((b"origin", b"https://evil.example"))

    assert not same_origin(HTTPConnection(connection.scope), LOCAL)


def test_a_secure_socket_needs_a_secure_page() -> None:
    for scheme, origin, may in (("wss", SHOP, True), ("wss", "http://shop.example", False)):
        connection = _connection("shop.example", origin, scheme)
        assert same_origin(connection, "http://somewhere.example") is may


@pytest.mark.parametrize(
    ("fields", "json"),
    [
        (["application/json"], True),
        (["Application/JSON; charset=UTF-8"], True),
        (['application/json;charset="utf-8"'], True),
        (["application/json; charset=utf-16"], False),
        (["application/json; x=text/plain"], False),
        (["text/plain"], False),
        (["text/plain; application/json"], False),
        (["application/json, text/plain"], False),
        (["application/jsonp"], False),
        (["multipart/form-data; boundary=application/json"], False),
        ([""], False),
        ([], False),
        (["application/json", "text/plain"], False),
    ],
)
def test_json_is_json_and_nothing_else(fields: list[str], json: bool) -> None:
    headers = [(b"content-type", field.encode()) for field in fields]

    assert is_json(HTTPConnection({"type": "http", "headers": headers})) is json


def _connection(host: str, origin: str | None, scheme: str = "http") -> HTTPConnection:
    headers = [(b"host", host.encode())]
    if origin is not None:
        headers.append((b"origin", origin.encode()))
    return HTTPConnection(
        {
            "type": "websocket" if scheme.startswith("ws") else "http",
            "scheme": scheme,
            "path": "/graphql",
            "query_string": b"",
            "server": ("127.0.0.1", 8000),
            "headers": headers,
        }
    )
