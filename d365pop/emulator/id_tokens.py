"""Signs who signed in, with a key of this process that clients can look up; slow to import."""

import base64
import hashlib
import json

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import RSAAlgorithm

from d365pop.emulator.protocol import JsonObject

ALGORITHM = "RS256"
# Made with the module: two who sign in at once must not make one each.
_KEY = generate_private_key(public_exponent=65537, key_size=2048)


def signed(claims: JsonObject) -> str:
    """Return an id token (OpenID Connect Core 1.0, section 2)."""
    return jwt.encode(claims, _KEY, ALGORITHM, headers={"kid": _key_id()})


def key_set() -> JsonObject:
    """Return the key that verifies them, as RFC 7517 writes sets of keys."""
    public: JsonObject = json.loads(RSAAlgorithm.to_jwk(_KEY.public_key()))
    return {"keys": [{**public, "use": "sig", "alg": ALGORITHM, "kid": _key_id()}]}


def _key_id() -> str:
    public = _KEY.public_key()
    told = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.urlsafe_b64encode(hashlib.sha256(told).digest()).decode().rstrip("=")
