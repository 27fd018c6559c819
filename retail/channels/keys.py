"""Public keys that a partner registers: read from JSON that somebody pasted, never fetched from a URL.

Only keys that can make an assertion we accept: Ed25519, P-256, or RSA of 2048 to 4096 bits. A private key is
refused by what it holds, and never stored or repeated.
"""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from retail.kernel.refusal import InvalidInput, Problem

AT_MOST = 4
_LONGEST = 16 * 1024
_LONGEST_KID = 128
_RSA_BITS = range(2048, 4097)
_SECRET = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}


def read_public_keys(text: str, path: str) -> dict[str, str]:
    """Return the keys of a JWK or a JWK Set (RFC 7517), by key id, as JSON to be kept; refuse any other text."""
    if len(text) > _LONGEST:
        raise _wrong(path, "TOO_LONG", f"More than {_LONGEST} characters.", f"超过 {_LONGEST} 个字符。")
    try:
        given = orjson.loads(text)
    except orjson.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise _wrong(path, "NOT_A_JWK", "Not a JWK or a JWK Set in JSON.", "不是 JSON 格式的 JWK 或 JWK Set。")
    keys = given.get("keys", [given])
    if not isinstance(keys, list) or not 1 <= len(keys) <= AT_MOST:
        raise _wrong(path, "TOO_MANY_KEYS", f"Give 1 to {AT_MOST} keys.", f"请提供 1 到 {AT_MOST} 个密钥。")
    read: dict[str, str] = {}
    for number, key in enumerate(keys):
        kid, kept = _read_key(key, f"{path}.keys[{number}]" if "keys" in given else path)
        read[kid] = kept
    if len(read) != len(keys):
        raise _wrong(path, "SAME_KEY_ID", "Two keys have the same kid.", "两个密钥的 kid 相同。")
    return read


def _read_key(given: Any, path: str) -> tuple[str, str]:
    if not isinstance(given, dict):
        raise _wrong(path, "NOT_A_JWK", "Not a JWK.", "不是 JWK。")
    if _SECRET & set(given):
        words = ("This is a private key: replace it, and give the public one.", "这是私钥：请更换密钥，并只提供公钥。")
        raise _wrong(path, "PRIVATE_KEY", *words)
    if given.get("use", "sig") != "sig":
        raise _wrong(path, "NOT_FOR_SIGNING", "Its use is not sig.", "其 use 不是 sig。")
    try:
        _require_rsa_bits(given)
        key = import_key({name: given[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in given})
        accepted = _is_accepted(key)
        public: Mapping[str, Any] = key.as_dict(private=False)
        thumbprint = key.thumbprint()
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        accepted, public, thumbprint = False, {}, ""
    if not accepted:
        words = ("Use Ed25519, P-256, or RSA of 2048 to 4096 bits.", "请使用 Ed25519、P-256 或 2048 至 4096 位的 RSA。")
        raise _wrong(path, "KEY_NOT_ACCEPTED", *words)
    kid = given.get("kid", thumbprint)
    if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID or not kid.isprintable():
        raise _wrong(path, "KEY_ID", f"Its kid is no text of 1 to {_LONGEST_KID} characters.", "kid 无效。")
    return kid, orjson.dumps({**public, "kid": kid}).decode()


def _is_accepted(key: object) -> bool:
    if isinstance(key, OKPKey):
        return key.curve_name == "Ed25519"
    if isinstance(key, ECKey):
        return key.curve_name == "P-256"
    return isinstance(key, RSAKey)


def _require_rsa_bits(given: Mapping[str, Any]) -> None:
    """Raise ValueError for an RSA key of another size; a giant one would be slow even to look at."""
    if given.get("kty") == "RSA":
        modulus = str(given["n"])
        number = int.from_bytes(urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4)), "big")
        if number.bit_length() not in _RSA_BITS:
            raise ValueError("not 2048 to 4096 bits")


def _wrong(path: str, code: str, message: str, message_zh: str) -> InvalidInput:
    return InvalidInput([Problem(path, code, message, message_zh)])
