"""Addresses that a browser gives us and our server calls: none of them may lead inside."""

import base64
import socket
from typing import Any

import httpx
import pytest

from api.outbound.public_address import LeadsInside, is_public, pinned
from retail.kernel.refusal import InvalidInput
from retail.push.endpoints import PushRules, is_usable, read_subscription
from tests.support.push_service import Browser

ABROAD = "https://push.example.com/send/abc"


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/send",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://[::1]/",
        "https://10.0.0.5/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[::ffff:10.0.0.5]/",
        "https://192.168.1.1/",
        "https://0.0.0.0/",
        "https://push.example.com:8443/",
        "https://somebody@push.example.com/",
        "https://:secret@push.example.com/",
        "https://intranet/",
        "https://printer.local/",
        "https://db.internal/",
        "https://db.internal./",
        "ftp://push.example.com/",
        "file:///etc/passwd",
        "//push.example.com/",
        "https://push.example.com:port/",
        "https://[::1/",
        "https://push.example.com/\r\nX-Other: 1",
        "https://push.example.com/ a",
        "https://push.exämple.com/",
        "https://push.example.com/" + "a" * 1000,
        "",
    ],
)
def test_an_address_that_is_no_push_services_is_refused(endpoint: str) -> None:
    assert not is_usable(endpoint)


@pytest.mark.parametrize("endpoint", [ABROAD, "https://push.example.com:443/x?y=1", "https://203.0.114.7/x"])
def test_a_push_services_address_is_taken(endpoint: str) -> None:
    assert is_usable(endpoint)


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "2002:7f00:1::",
     "224.0.0.1", "0.0.0.0", "100.64.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "::7f00:1", "fec0::1", "ff0e::1"],  # noqa: S104 -- read, not bound
)  # fmt: skip
def test_what_is_inside_is_known_in_every_disguise(address: str) -> None:
    assert not is_public(address)


def test_what_is_outside_is_known() -> None:
    assert is_public("93.184.216.34")
    assert is_public("2606:4700::1111")
    assert is_public("64:ff9b::5db8:d822"), "as a network without IPv4 calls the first of them"


async def test_a_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch) -> None:
    def says(*addresses: str) -> None:
        async def getaddrinfo(_self: Any, host: str, port: int, **_: Any) -> list[Any]:
            assert (host, port) == ("push.example.com", 443)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]

        monkeypatch.setattr("asyncio.base_events.BaseEventLoop.getaddrinfo", getaddrinfo)

    async with httpx.AsyncClient() as client:
        says("93.184.216.34", "10.0.0.5")
        with pytest.raises(LeadsInside):
            await pinned(client, ABROAD, {}, b"x")

        says("93.184.216.34")
        request = await pinned(client, ABROAD, {}, b"x")

    # Called is what was looked at, in the name that was given: asked again, the name could lead elsewhere.
    assert str(request.url) == "https://93.184.216.34/send/abc"
    assert request.headers["host"] == "push.example.com"
    assert request.extensions["sni_hostname"] == "push.example.com"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("p256dh", ""),
        ("p256dh", "not base64!"),
        ("p256dh", base64.urlsafe_b64encode(b"\4" + b"\1" * 64).decode()),
        ("p256dh", "A" * 5000),
        ("auth", ""),
        ("auth", base64.urlsafe_b64encode(b"short").decode()),
        ("endpoint", "http://127.0.0.1/"),
    ],
)
def test_whatever_is_wrong_is_named(field: str, value: str) -> None:
    given = {**Browser("hers", "https://push.example.com").subscription, field: value}

    with pytest.raises(InvalidInput) as refused:
        read_subscription(**given, rules=PushRules())

    assert [problem.path for problem in refused.value.problems] == [field]
