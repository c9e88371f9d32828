"""Reads the assertions that applications sign in place of a secret."""

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.x509 import load_pem_x509_certificate

from d365pop.emulator.applications import Application


def assertion_problem(application: Application, assertion: str, audience: str) -> str:
    """Return what is wrong with a signed assertion, empty where nothing is.

    A federated assertion is read and not verified: its issuer's keys are out of reach here.
    """
    try:
        told = jwt.decode(assertion, options={"verify_signature": False})
        if application.issuer and told.get("iss") == application.issuer:
            fits = told.get("sub") == application.subject
            return "" if fits else f"No matching federated identity record for {told.get('sub')}"
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
