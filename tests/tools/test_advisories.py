"""Known weaknesses of what is locked: found when the index tells of one, and never called clean unasked."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tools import advisories
from tools.advisories import CLEAN, KNOWN, UNASKED, Found, ask_python, audited, index_of, pins, weaknesses

LEAKY = {
    "id": "PYSEC-2026-1",
    "aliases": ["CVE-2026-0001"],
    "fixed_in": ["9.9"],
    "withdrawn": None,
}


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """An index of packages: what it answers about each; what it does not know is not found."""
    told: dict[str, Any] = {}

    class Index(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.split("/")[2]
            self.send_response(200 if name in told else 404)
            self.end_headers()
            self.wfile.write(json.dumps(told.get(name, {})).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Index)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    told["url"] = f"http://127.0.0.1:{server.server_port}/pypi"
    monkeypatch.setattr(advisories, "locked", lambda: [("tea", "1.0"), ("coffee", "2.0")])
    yield told
    server.shutdown()
    server.server_close()


def asked(index: dict[str, Any]) -> Found:
    found = Found()
    ask_python(found, index["url"])
    return found


def test_a_known_weakness_is_named_with_what_helps(index: dict[str, Any]) -> None:
    index |= {"tea": {"vulnerabilities": [LEAKY]}, "coffee": {"vulnerabilities": []}}

    found = asked(index)

    assert found.advisories == ["tea 1.0: PYSEC-2026-1 (CVE-2026-0001) fixed in 9.9"]
    assert (found.unasked, found.code) == ([], KNOWN)


def test_all_asked_and_nothing_known_is_clean(index: dict[str, Any]) -> None:
    withdrawn = {**LEAKY, "withdrawn": "2026-02-01"}
    index |= {"tea": {"vulnerabilities": [withdrawn]}, "coffee": {"vulnerabilities": []}}

    assert (asked(index).code, asked(index).asked) == (CLEAN, 2)


@pytest.mark.parametrize("coffee", [None, {}, {"vulnerabilities": None}, ["?"]])
def test_what_the_index_does_not_say_is_not_clean(index: dict[str, Any], coffee: object) -> None:
    index |= {"tea": {"vulnerabilities": []}} | ({} if coffee is None else {"coffee": coffee})

    found = asked(index)

    assert found.code == UNASKED
    assert found.unasked == ["1 of 2 Python packages: the index does not say (coffee 2.0)"]


@pytest.mark.usefixtures("index")
def test_without_a_network_it_says_so() -> None:
    found = Found()
    ask_python(found, "http://127.0.0.1:9/pypi")

    assert found.code == UNASKED
    assert found.unasked[0].startswith("2 of 2 Python packages")


def test_every_pin_of_a_lock_file_is_seen() -> None:
    lock = "# by uv\ntea==1.0 \\\n    --hash=sha256:00\nMilk_Tea[hot]==2.0.1 ; sys_platform == 'linux' \\\n-e .\n"

    assert list(pins(lock)) == [("tea", "1.0"), ("milk-tea", "2.0.1")]


def test_the_real_lock_files_are_read() -> None:
    names = {name for name, _ in advisories.locked()}

    assert {"starlette", "sqlalchemy", "cryptography", "pytest"} <= names


def test_the_json_is_beside_what_pip_installs_from() -> None:
    assert index_of("https://index.example/simple/") == "https://index.example/pypi"
    assert index_of("https://mirror.example/root/simple") == "https://mirror.example/root/pypi"


def test_a_report_of_npm_is_read_and_a_failure_is_none() -> None:
    report = {
        "metadata": {},
        "vulnerabilities": {
            "tea": {"via": [{"title": "Leaks", "severity": "high", "url": "https://advisory.example/1"}]},
            "pot": {"via": ["tea"]},
        },
    }

    assert audited(json.dumps(report)) == ["tea: Leaks (high, https://advisory.example/1)"]
    assert audited(json.dumps({"metadata": {}, "vulnerabilities": {}})) == []
    assert audited('{"message": "request failed", "error": {}}') is None
    assert audited("") is None


def test_a_package_without_a_fix_says_so() -> None:
    assert weaknesses({"vulnerabilities": [{"id": "X"}]}) == ["X no fix yet"]
