"""The marks that Mozilla's HTTP Observatory gives, as its documentation publishes them ("Tests & Scoring", MDN).

A site begins with 100; what is missing takes points away, and above 90 what is better than needed adds some; 100 is
an A+. Only what a server alone can answer for is marked here: a redirect from http and a place on the preload list are
its surroundings', and count as the worst that they can be without being broken (no http at all, not preloaded).
"""

import re
from collections.abc import Mapping, Sequence
from http.cookies import SimpleCookie
from typing import NamedTuple

HALF_A_YEAR = 15_768_000
PRIVATE = {"no-referrer", "same-origin", "strict-origin", "strict-origin-when-cross-origin"}
BROAD = {"*", "http:", "https:", "data:", "blob:", "ftp:", "'unsafe-inline'"}


class Marks(NamedTuple):
    """The score, and each test's part in it."""

    score: int
    parts: Mapping[str, int]


def marks(headers: Mapping[str, str], cookies: Sequence[str] = (), html: str = "") -> Marks:
    """Mark an answer that was served over https."""
    policy = directives(headers.get("content-security-policy", ""))
    parts = {
        "content security policy": _policy(policy),
        "cookies": _cookies(cookies),
        "cross-origin sharing": -50 if headers.get("access-control-allow-origin") == "*" else 0,
        "strict transport security": _transport(headers.get("strict-transport-security", "")),
        "referrer policy": _referrer(headers.get("referrer-policy")),
        "subresource integrity": -5 if re.search(r"<script[^>]*src=[\"']?(https?:)?//", html) else 0,
        "content type options": 0 if headers.get("x-content-type-options") == "nosniff" else -5,
        "frames": _frames(policy, headers.get("x-frame-options")),
        "resource policy": -20 if headers.get("cross-origin-resource-policy") == "cross-origin" else 0,
    }
    score = 100 + sum(part for part in parts.values() if part < 0)
    if score >= 90:
        score += sum(part for part in parts.values() if part > 0)
    return Marks(score, parts)


def grade(score: int) -> str:
    steps = ((100, "A+"), (90, "A"), (85, "A-"), (80, "B+"), (70, "B"), (65, "B-"), (60, "C+"), (50, "C"))
    return next((letter for least, letter in steps if score >= least), "below C")


def directives(policy: str) -> dict[str, set[str]]:
    """The sources of each directive of a content security policy."""
    parts = [part.split() for part in policy.split(";") if part.strip()]
    return {name.lower(): {source.lower() for source in sources} for name, *sources in parts}


def _policy(policy: Mapping[str, set[str]]) -> int:
    if not policy:
        return -25
    default = policy.get("default-src", {"*"})
    scripts, objects = policy.get("script-src", default), policy.get("object-src", default)
    if scripts & BROAD or objects & BROAD:
        return -20
    if "'unsafe-eval'" in scripts:
        return -10
    if "http:" in policy.get("img-src", default) | policy.get("media-src", default):
        return -10
    if policy.get("style-src", default) & BROAD:
        return 0
    return 10 if default == {"'none'"} else 5


def _cookies(set_cookies: Sequence[str]) -> int:
    worst = 5 if set_cookies else 0
    for text in set_cookies:
        for morsel in SimpleCookie(text).values():
            if not morsel["httponly"]:
                worst = min(worst, -30)
            if not morsel["secure"]:
                worst = min(worst, -10)
            if morsel["samesite"].lower() not in {"lax", "strict"}:
                worst = min(worst, -20 if morsel["samesite"] else 0)
    return worst


def _transport(header: str) -> int:
    age = re.search(r"max-age=(\d+)", header)
    if age is None:
        return -20
    return 0 if int(age.group(1)) >= HALF_A_YEAR else -10


def _referrer(policy: str | None) -> int:
    if policy is None:
        return 0
    return 5 if policy in PRIVATE else -5


def _frames(policy: Mapping[str, set[str]], old: str | None) -> int:
    if "frame-ancestors" in policy:
        return 5
    return 0 if old in {"DENY", "SAMEORIGIN"} else -20
