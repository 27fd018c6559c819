"""The demo's company sign-in: a provider in a process of its own, and the settings that lead to it."""

import json
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from api.demo.children import child
from api.demo.identity_provider import AGENT_ID, CLIENT_ID, CORP_ID, SECRET_VARIABLE

SETTING = "TRUESHELF_COMPANY_SIGN_IN"


@contextmanager
def demo_company(site: str) -> Iterator[str]:
    """Run the provider for Trueshelf at `site`, and give the setting that names it."""
    secret = secrets.token_urlsafe(24)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        words = ("--fd", str(listening.fileno()), "--site", site)
        with child("api.demo.identity_provider", *words, env={SECRET_VARIABLE: secret}, keep=(listening.fileno(),)):
            yield _setting(f"http://127.0.0.1:{port}", secret)


@contextmanager
def with_demo_company(site: str) -> Iterator[None]:
    """Offer company sign-in, unless the environment names a company of its own."""
    if os.environ.get(SETTING):
        yield
        return
    with demo_company(site) as setting:
        os.environ[SETTING] = setting
        yield


def _setting(issuer: str, secret: str) -> str:
    wecom = dict.fromkeys(("app_url", "scan_url", "api_url"), issuer)
    return json.dumps(
        [
            {
                "id": "company",
                "kind": "oidc",
                "name": "公司账号",
                "name_en": "Company account",
                "issuer": issuer,
                "client_id": CLIENT_ID,
                "client_secret": secret,
                "link_claim": "employee_number",
            },
            {
                "id": "wecom",
                "kind": "wecom",
                "name": "企业微信",
                "name_en": "WeCom",
                "corp_id": CORP_ID,
                "agent_id": AGENT_ID,
                "secret": secret,
                "link_claim": "userid",
                **wecom,
            },
        ]
    )
