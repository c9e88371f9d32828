"""What Microsoft Entra's error codes mean and what to do about them; signs nobody in.

Codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from d365pop.errors import SignInError
from d365pop.redaction import redact

_CODE = re.compile(r"AADSTS(\d+)")


class Explanation(NamedTuple):
    """One meaning, for all codes that share it."""

    reference: str
    message: str
    hint: str


_SECRET = Explanation(
    "client-secret-wrong",
    "the client secret is not the application's",
    "Use the secret's value, not its id.",
)
_EXPIRED = Explanation(
    "client-secret-expired",
    "the client secret has expired",
    "Make a new secret for the app registration.",
)
_APP = Explanation(
    "application-not-in-tenant",
    "the application does not exist in this tenant",
    "Check the client id and the tenant; create the service principal there.",
)
_APP_DISABLED = Explanation(
    "application-disabled", "the application is disabled", "Ask the tenant's administrator."
)
_PUBLIC = Explanation(
    "application-kind-wrong",
    "the application is of another kind than this sign-in needs",
    "Check 'Allow public client flows' of the app registration.",
)
_CERTIFICATE = Explanation(
    "certificate-not-accepted",
    "the certificate is not registered with the application, or does not match",
    "Upload the certificate to the app registration.",
)
_ASSERTION = Explanation(
    "assertion-expired", "the assertion has expired", "Check this machine's clock; try again."
)
_FEDERATION = Explanation(
    "federated-credential-missing",
    "no federated credential fits issuer, audience and subject",
    "Add a federated credential with exactly this subject, case included.",
)
_TENANT = Explanation(
    "tenant-not-found",
    "the tenant does not exist, or is in another cloud",
    "Check the environment's URL and the tenant.",
)
_RESOURCE = Explanation(
    "resource-not-in-tenant",
    "the environment does not belong to this tenant",
    "Check the environment's URL.",
)
_CONSENT = Explanation(
    "consent-missing",
    "a consent or a permission is missing",
    "Ask an administrator to grant admin consent.",
)
_MFA = Explanation(
    "second-factor-needed",
    "a second factor is needed",
    "Sign in with an application, or interactively.",
)
_AGAIN = Explanation("sign-in-again", "the stored sign-in is no longer valid", "Sign in once more.")
_CONDITIONAL = Explanation(
    "conditional-access",
    "Conditional Access does not allow this sign-in",
    "Use a compliant device or an application that the policy excludes.",
)
_ASSIGNED = Explanation(
    "not-assigned", "the user is not assigned to the application", "Assign the user."
)
_USER = Explanation(
    "user-not-in-tenant", "the user does not belong to this tenant", "Check the tenant."
)
_PASSWORD = Explanation(
    "user-not-accepted",
    "the user's password is wrong or expired, or the user is locked or disabled",
    "Sign in to office.com to see which.",
)
_REDIRECT = Explanation(
    "application-misconfigured",
    "a redirect URI or the audience of the app registration does not fit",
    "Check the app registration's authentication page.",
)
_DEVICE = Explanation(
    "device-code-refused", "the device code was not used in time, or was refused", "Try again."
)
_TEMPORARY = Explanation(
    "sign-in-unavailable", "Microsoft's sign-in service is not available", "Try again later."
)
_UNKNOWN = Explanation(
    "sign-in-failed",
    "the sign-in failed",
    "Look the code up: https://login.microsoftonline.com/error",
)

EXPLANATIONS: Mapping[int, Explanation] = {
    code: explanation
    for explanation, codes in (
        (_SECRET, (7000215,)),
        (_EXPIRED, (7000222,)),
        (_APP, (700016, 7000229)),
        (_APP_DISABLED, (70001, 7000112)),
        (_PUBLIC, (700025, 7000218)),
        (_CERTIFICATE, (700027, 700030, 50012)),
        (_ASSERTION, (700024,)),
        (_FEDERATION, (700211, 700212, 700213, 70021, 7002137, 7002138, 70025)),
        (_TENANT, (90002, 900382, 900432, 90038)),
        (_RESOURCE, (500011,)),
        (_CONSENT, (65001, 90094, 90095, 650057, 65005)),
        (_MFA, (50076, 50079, 50072, 50074)),
        (_AGAIN, (50078, 50173, 70043, 700082)),
        (_CONDITIONAL, (53000, 53001, 53002, 53003, 530032, 530035)),
        (_ASSIGNED, (50105,)),
        (_USER, (50034, 50020, 51004, 90072)),
        (_PASSWORD, (50126, 50053, 50055, 50057)),
        (_REDIRECT, (50011, 70004, 50194, 9001023)),
        (_DEVICE, (70016, 70018, 70019)),
        (_TEMPORARY, (90033, 90024, 50087, 90006, 90055, 50196)),
    )
    for code in codes
}


def sign_in_error(answer: Mapping[str, object], authority_host: str) -> SignInError:
    """Return our error for a token endpoint's ``error`` answer."""
    description = str(answer.get("error_description") or answer.get("error") or "no token")
    explanation = next(
        (EXPLANATIONS[code] for code in _codes(answer, description) if code in EXPLANATIONS),
        _UNKNOWN,
    )
    return SignInError(
        explanation.reference,
        f"no token from {authority_host}: {explanation.message}",
        # The rest of the text is trace ids and a time.
        context=redact(description.splitlines()[0] if description.strip() else "no token"),
        hint=explanation.hint,
    )


def _codes(answer: Mapping[str, object], description: str) -> list[int]:
    listed = answer.get("error_codes")
    codes = [code for code in listed if isinstance(code, int)] if isinstance(listed, list) else []
    return codes + [int(code) for code in _CODE.findall(description)]
