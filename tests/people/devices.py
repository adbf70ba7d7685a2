"""What people hold in their hands: an authenticator app, and a passkey that answers as a device does."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from yipanqi.people import factors
from yipanqi.people.actions import add_app
from yipanqi.people.models import Account


@dataclass
class App:
    """An authenticator app; `ahead` is how many seconds its clock is wrong by."""

    secret: str
    ahead: int = 0

    def code(self, at: dt.datetime) -> str:
        return factors.code_at(self.secret, at + dt.timedelta(seconds=self.ahead))


def app_of(account: Account, at: dt.datetime) -> tuple[App, list[str]]:
    """An app that was set up for the account a minute ago, and the recovery codes."""
    secret, earlier = factors.new_secret(), at - dt.timedelta(seconds=90)
    codes = add_app(
        account=account, secret=secret, code=factors.code_at(secret, earlier), name="手机", at=earlier
    )
    account.refresh_from_db()
    return App(secret), codes


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class Passkey:
    """A security key in software: ES256, without attestation, with a counter."""

    origin: str = "http://testserver"
    host: str = "testserver"
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    count: int = 0

    def _said(self, kind: str, options: str) -> bytes:
        challenge = json.loads(options)["challenge"]
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, *, attested: bool) -> bytes:
        flags = 0x01 | (0x40 if attested else 0)
        data = hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")
        if attested:
            public = self.key.public_key().public_numbers()
            cose = {1: 2, 3: -7, -1: 1, -2: public.x.to_bytes(32, "big"), -3: public.y.to_bytes(32, "big")}
            data += bytes(16) + len(self.id).to_bytes(2, "big") + self.id + cbor2.dumps(cose)
        return data

    def _answer(self, **response: bytes) -> str:
        parts = {name: _text(raw) for name, raw in response.items()}
        found: dict[str, Any] = {"id": _text(self.id), "rawId": _text(self.id), "type": "public-key"}
        return json.dumps(found | {"response": parts, "clientExtensionResults": {}})

    def make(self, options: str) -> str:
        """The answer to being asked for a new passkey."""
        statement = {"fmt": "none", "attStmt": {}, "authData": self._data(attested=True)}
        return self._answer(
            clientDataJSON=self._said("webauthn.create", options), attestationObject=cbor2.dumps(statement)
        )

    def answer(self, options: str) -> str:
        """The answer to being asked for this one."""
        self.count += 1
        said, data = self._said("webauthn.get", options), self._data(attested=False)
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=said, authenticatorData=data, signature=signature)
