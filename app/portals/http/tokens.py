"""Access and refresh tokens: what is in them, and what makes one good. Flask-JWT-Extended signs and reads; the session row decides."""

import hashlib
import hmac
import time
from functools import lru_cache
from typing import Any, TypedDict

from flask import current_app, request
from flask_jwt_extended import create_access_token, create_refresh_token, decode_token
from flask_jwt_extended.exceptions import JWTExtendedException
from jwt import decode
from jwt.exceptions import PyJWTError

from app.extensions import jwt
from app.identity import session_service
from app.identity.errors import TokenRefused
from app.identity.principal import Principal
from app.identity.session_service import SignIn
from app.tenancy.tenant_service import current_business


class TokensDict(TypedDict):
    token: str
    refreshToken: str


@jwt.encode_key_loader
def _signing_key(_: Any) -> bytes:
    return _key()


@jwt.decode_key_loader
def _checking_key(*_: Any) -> bytes:
    return _key()


def _key() -> bytes:
    """Each business signs with a key of its own, so that a token of one is noise to another."""
    root = str(current_app.config["JWT_SECRET_KEY"]).encode()
    return hmac.digest(root, b"fabclean tokens of " + current_business().slug.encode(), hashlib.sha256)


def issue(sign_in: SignIn) -> TokensDict:
    claims = {"role": sign_in.role, "aud": sign_in.realm, "ten": current_business().slug, "ver": sign_in.auth_version}
    claims["sid"] = sign_in.session_id
    subject = str(sign_in.account_id)
    return {
        "token": create_access_token(subject, additional_claims={**claims, "typ": "access"}),
        "refreshToken": create_refresh_token(subject, additional_claims={**claims, "typ": "refresh", "once": sign_in.secret}),
    }


def from_header() -> str | None:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        return None
    return token.strip()


def claimed_business() -> str | None:
    """What the token says of itself, read before it is known whose key checks it. It proves nothing: ``principal_of`` does."""
    try:
        return str(decode(from_header() or "", options={"verify_signature": False}).get("ten"))
    except (PyJWTError, ValueError, RecursionError):
        return None


def principal_of(token: str, channel: str, address: str | None) -> Principal:
    claims = _read(token, "access")
    principal = session_service.recognise(claims["sid"], channel=channel, address=address)
    if principal is None or str(principal.account_id) != claims["sub"] or principal.role != claims["role"]:
        raise TokenRefused
    return principal


def refresh(token: str) -> TokensDict:
    claims = _read(token, "refresh")
    return issue(session_service.rotate(claims["sid"], claims["once"]))


@lru_cache(maxsize=4096)
def _verified(_: bytes, token: str) -> dict[str, Any]:
    """Whether a signature is right never changes, so it is worked out once for each key. Until when it is good, and whether its sign-in
    still is, is asked each time."""
    return dict(decode_token(token))


def _read(token: str, kind: str) -> dict[str, Any]:
    try:
        claims = _verified(_key(), token)
    except (JWTExtendedException, PyJWTError, ValueError) as failure:
        raise TokenRefused from failure
    if claims["exp"] <= time.time():
        raise TokenRefused
    expected = {"typ": kind, "type": kind, "ten": current_business().slug}
    if any(claims.get(name) != value for name, value in expected.items()):
        raise TokenRefused
    if not all(isinstance(claims.get(name), str) for name in ("sub", "sid", "role", "aud")):
        raise TokenRefused
    return claims
