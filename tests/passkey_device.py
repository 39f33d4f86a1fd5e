"""A device that makes passkeys and signs with them, as a browser would hand its answers on."""

import hashlib
import json
import secrets
from base64 import urlsafe_b64encode
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Device:
    """One passkey: a key of its own, a count of its uses, and whether it looks at its owner's finger."""

    def __init__(self, *, verifies: bool = True) -> None:
        self.id = secrets.token_bytes(16)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.count = 0
        self.flags = PRESENT | (VERIFIED if verifies else 0)

    def made(self, options: str, origin: str) -> str:
        """The answer to a question to register."""
        asked = json.loads(options)
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + cbor2.dumps(cose)
        data = self._data(asked["rp"]["id"], self.flags | ATTESTED) + attested
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        said = self._said("webauthn.create", asked, origin)
        return self._answer({"clientDataJSON": encoded(said), "attestationObject": encoded(made)})

    def signed(self, options: str, origin: str) -> str:
        """The answer to a question to sign in."""
        asked = json.loads(options)
        self.count += 1
        data, said = (
            self._data(asked["rpId"], self.flags),
            self._said("webauthn.get", asked, origin),
        )
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._answer(
            {
                "clientDataJSON": encoded(said),
                "authenticatorData": encoded(data),
                "signature": encoded(signature),
            }
        )

    def _data(self, host: str, flags: int) -> bytes:
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    @staticmethod
    def _said(kind: str, asked: dict[str, Any], origin: str) -> bytes:
        said = {"type": kind, "challenge": asked["challenge"], "origin": origin}
        return json.dumps(said).encode()

    def _answer(self, response: dict[str, str]) -> str:
        known = {"id": encoded(self.id), "rawId": encoded(self.id), "type": "public-key"}
        return json.dumps(known | {"response": response, "clientExtensionResults": {}})


def encoded(octets: bytes) -> str:
    return urlsafe_b64encode(octets).rstrip(b"=").decode()
