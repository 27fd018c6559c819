import json

import pytest

from api.settings import WrongSettings, read_settings
from auth.company.settings import OidcSettings, WeComSettings

OIDC = {
    "id": "company",
    "kind": "oidc",
    "name": "公司账号",
    "issuer": "https://id.stock.example",
    "client_id": "trueshelf",
    "client_secret": "a-secret-of-two-programs",
}
WECOM = {
    "id": "wecom",
    "kind": "wecom",
    "name": "企业微信",
    "corp_id": "ww1",
    "agent_id": "1",
    "secret": "a-secret-of-two-programs",
}


def read(*providers: object) -> object:
    return read_settings(company_sign_in=json.dumps(providers)).company_sign_in


def test_there_is_no_company_sign_in_unless_it_is_set() -> None:
    assert read_settings(company_sign_in="").company_sign_in == ()


def test_a_list_of_providers_is_read() -> None:
    oidc, wecom = read_settings(company_sign_in=json.dumps([OIDC, WECOM])).company_sign_in

    assert isinstance(oidc, OidcSettings)
    assert isinstance(wecom, WeComSettings)
    assert wecom.api_url == "https://qyapi.weixin.qq.com"


def test_a_secret_is_shown_by_nothing() -> None:
    assert "a-secret" not in repr(read(OIDC, WECOM))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"issuer": "http://id.stock.example"}, r"\[0\].issuer: must be https://"),
        ({"issuer": "https://u:p@id.stock.example"}, "issuer: must be https://"),
        ({"issuer": "https://id.stock.example?x=1"}, "issuer: must be https://"),
        ({"issuer": "https://id.stock.example:99999"}, "issuer"),
        ({"client_secret": "short"}, "client_secret"),
        ({"algorithms": ["HS256"]}, "HS256 is none of RS256"),
        ({"algorithms": ["none"]}, "none is none of"),
        ({"id": "local"}, "the id 'local'"),
        ({"id": "../up"}, r"\[0\].id"),
        ({"link_claim": "name"}, "link_claim"),
        ({"kind": "saml"}, "kind"),
        ({"verify": False}, "verify: Extra inputs"),
    ],
)
def test_what_cannot_be_used_is_named(changed: dict[str, object], words: str) -> None:
    with pytest.raises(WrongSettings, match=f"TRUESHELF_COMPANY_SIGN_IN.*{words}") as wrong:
        read({**OIDC, **changed})
    assert "a-secret-of-two-programs" not in str(wrong.value)


def test_an_issuer_on_this_machine_may_speak_http() -> None:
    for host in ("127.0.0.1:9000", "localhost:9000", "[::1]:9000"):
        assert read({**OIDC, "issuer": f"http://{host}"})


def test_two_providers_have_two_names() -> None:
    with pytest.raises(WrongSettings, match="two providers have the id 'company'"):
        read(OIDC, {**WECOM, "id": "company"})


@pytest.mark.parametrize("text", ["{", "{}", "7", '"x"', '[{"id": "x"}]', "[7]"])
def test_nonsense_is_no_traceback(text: str) -> None:
    with pytest.raises(WrongSettings, match="TRUESHELF_COMPANY_SIGN_IN"):
        read_settings(company_sign_in=text)


def test_what_is_asked_for_is_what_the_linking_claim_comes_with() -> None:
    expected = {"phone_number": "openid phone", "email": "openid email", "employee_number": "openid profile"}
    for claim, scopes in expected.items():
        (provider,) = read_settings(company_sign_in=json.dumps([{**OIDC, "link_claim": claim}])).company_sign_in
        assert isinstance(provider, OidcSettings)
        assert provider.scopes == scopes
