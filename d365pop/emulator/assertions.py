"""Reads the assertions that applications sign in place of a secret."""

from collections.abc import Mapping

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from d365pop.emulator.applications import Application

EXCHANGE = "api://AzureADTokenExchange"
"""The audience of a federated assertion, as Entra ID demands it."""


def assertion_problem(application: Application, assertion: str, audience: str) -> str:
    """Return what is wrong with a signed assertion, empty where nothing is.

    A federated assertion is verified where its issuer's key is registered, else only read.
    """
    try:
        told = jwt.decode(assertion, options={"verify_signature": False})
        if application.issuer and told.get("iss") == application.issuer:
            return _federated_problem(application, assertion, told)
        if not application.certificate:
            return "The certificate is not registered on the application"
        certificate = load_pem_x509_certificate(application.certificate.encode())
        key = certificate.public_key()
        if not isinstance(key, RSAPublicKey):
            return "The registered certificate holds no RSA key"
        client_id = application.client_id
        jwt.decode(assertion, key, ["RS256", "PS256"], audience=audience, issuer=client_id)
    except (jwt.PyJWTError, ValueError) as exc:
        return f"The assertion failed its validation: {exc}"
    return ""


def _federated_problem(application: Application, assertion: str, told: Mapping[str, object]) -> str:
    if application.issuer_key:
        key = load_pem_public_key(application.issuer_key.encode())
        if not isinstance(key, RSAPublicKey | EllipticCurvePublicKey):
            return "The issuer's registered key is neither RSA nor EC"
        jwt.decode(assertion, key, ["RS256", "PS256", "ES256"], audience=EXCHANGE)
    if told.get("sub") != application.subject:
        return f"No matching federated identity record for {told.get('sub')}"
    return ""
