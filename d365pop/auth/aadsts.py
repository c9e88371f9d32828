"""What Microsoft Entra's error codes mean and what to do about them; signs nobody in.

Codes: https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

from d365pop.errors import SignInError
from d365pop.redaction import redact

_CODE = re.compile(r"AADSTS(\d+)")


_OWNER = "an owner of the app registration, or an Application Administrator"
_ADMINISTRATOR = "an administrator of the Entra tenant"
_POLICY = "a Conditional Access Administrator"
_YOU = "you"


class Explanation(NamedTuple):
    """One meaning, for all codes that share it: what it is, what to do and who can do that."""

    reference: str
    message: str
    remedy: str
    who: str

    @property
    def hint(self) -> str:
        """What to do and who can."""
        return f"{self.remedy} Who can: {self.who}."


_SECRET = Explanation(
    "client-secret-wrong",
    "the client secret is not the application's",
    "Use the secret's value, not its id.",
    "you; a new secret is made by " + _OWNER,
)
_EXPIRED = Explanation(
    "client-secret-expired",
    "the client secret has expired",
    "Make a new secret for the app registration, or change to federation, which has none.",
    _OWNER,
)
_APP = Explanation(
    "application-not-in-tenant",
    "the application does not exist in this tenant",
    "Check client_id and tenant; create the service principal there:"
    " az ad sp create --id CLIENT_ID.",
    "an Application Administrator of that tenant",
)
_APP_DISABLED = Explanation(
    "application-disabled",
    "the application is disabled",
    "Enable it: Entra admin center, Enterprise applications, NAME, Properties, Enabled for users to"
    " sign in.",
    "an Application Administrator",
)
_PUBLIC = Explanation(
    "application-kind-wrong",
    "the application is of another kind than this sign-in needs",
    "For device-code and interactive: app registration, Authentication, Allow public client flows"
    " = Yes. For an application's sign_in give it a secret, certificate or federated credential.",
    _OWNER,
)
_CERTIFICATE = Explanation(
    "certificate-not-accepted",
    "the certificate is not registered with the application, has expired or does not match",
    "Upload the certificate: app registration, Certificates & secrets, Certificates.",
    _OWNER,
)
_ASSERTION = Explanation(
    "assertion-expired",
    "the assertion is outside its time",
    "Check this machine's clock (d365pop doctor compares it); then run again.",
    _YOU,
)
_FEDERATION = Explanation(
    "federated-credential-missing",
    "no federated credential fits issuer, audience and subject",
    "Add one to the app registration, Certificates & secrets, Federated credentials, with exactly"
    " the subject named here. Repositories made or renamed since July 2026 have ids in theirs.",
    _OWNER,
)
_FEDERATION_CASE = Explanation(
    "federated-credential-case",
    "the federated credential differs from the token in upper and lower case",
    "Write the credential's subject and issuer exactly as the token has them.",
    _OWNER,
)
_TENANT = Explanation(
    "tenant-not-found",
    "the tenant does not exist, or is in another cloud",
    "Check the environment's URL, and tenant if it is set.",
    _YOU,
)
_RESOURCE = Explanation(
    "resource-not-in-tenant",
    "the environment does not belong to this tenant",
    "Check the environment's URL and tenant.",
    _YOU,
)
_CONSENT = Explanation(
    "consent-missing",
    "a consent or a permission is missing",
    "Add the permission Dynamics CRM, user_impersonation to the app registration and grant admin"
    " consent.",
    _ADMINISTRATOR,
)
_MFA = Explanation(
    "second-factor-needed",
    "a second factor is needed",
    "Sign in anew with d365pop auth login and sign_in = interactive or device-code; in a pipeline"
    " use an application.",
    _YOU,
)
_AGAIN = Explanation(
    "sign-in-again",
    "the stored sign-in is no longer valid",
    "Sign in once more: d365pop auth login --env NAME.",
    _YOU,
)
_CONDITIONAL = Explanation(
    "conditional-access",
    "Conditional Access does not allow this sign-in",
    "Use a compliant device, another sign_in, or an application that the policy excludes.",
    _POLICY,
)
_LEGACY = Explanation(
    "legacy-client-blocked",
    "security defaults block this way to sign in as a legacy or unsafe client",
    "Use sign_in = interactive, which has a second factor, or an application's.",
    _YOU + "; the defaults are changed by a Security Administrator",
)
_ASSIGNED = Explanation(
    "not-assigned",
    "the user is not assigned to the application",
    "Assign the user: Entra admin center, Enterprise applications, NAME, Users and groups.",
    "an Application Administrator",
)
_USER = Explanation(
    "user-not-in-tenant",
    "the user does not belong to this tenant",
    "Set tenant for this environment, or sign in as another user; a guest has to be invited.",
    _YOU + "; guests are invited by " + _ADMINISTRATOR,
)
_PASSWORD = Explanation(
    "user-not-accepted",
    "the user's password is wrong or expired, or the user is locked or disabled",
    "Sign in to office.com to see which.",
    _YOU + "; locks and disabled users are undone by a User Administrator",
)
_REDIRECT = Explanation(
    "application-misconfigured",
    "a redirect URI, the audience or the authority of the app registration does not fit",
    "App registration, Authentication: add http://localhost for mobile and desktop applications;"
    " for a single-tenant application set tenant.",
    _OWNER,
)
_DEVICE = Explanation(
    "device-code-refused",
    "the device code was not used in time, or was refused",
    "Run the same line again and enter the new code at once.",
    _YOU,
)
_TEMPORARY = Explanation(
    "sign-in-unavailable",
    "Microsoft's sign-in service is not available, or throttles",
    "Try again in a few minutes.",
    _YOU,
)
_UNKNOWN = Explanation(
    "sign-in-failed",
    "the sign-in failed",
    "Look the code up: https://login.microsoftonline.com/error.",
    _YOU,
)
_NOT_ACCEPTED = Explanation(
    "client-not-accepted",
    "the application's secret, certificate or id is not accepted",
    "Check client_id and what proves that we are that application.",
    "you; a new secret is made by " + _OWNER,
)
_DECLINED = Explanation(
    "sign-in-declined",
    "the sign-in was declined, or its window was closed",
    "Run the same line again.",
    _YOU,
)

# By the protocol's own error, for answers whose codes say nothing (RFC 6749, RFC 8628).
BY_ERROR: Mapping[str, Explanation] = {
    "authorization_declined": _DECLINED,
    "access_denied": _DECLINED,
    "expired_token": _DEVICE,
    "bad_verification_code": _DEVICE,
    "authorization_pending": _DEVICE,
    "slow_down": _DEVICE,
    "invalid_client": _NOT_ACCEPTED,
    "interaction_required": _AGAIN,
    "temporarily_unavailable": _TEMPORARY,
}

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
        (_FEDERATION, (700211, 700212, 700213, 70021, 70025)),
        (_FEDERATION_CASE, (7002137, 7002138)),
        (_TENANT, (90002, 900382, 900432, 90038)),
        (_RESOURCE, (500011,)),
        (_CONSENT, (65001, 90094, 90095, 650057, 65005)),
        (_MFA, (50076, 50079, 50072, 50074)),
        (_AGAIN, (50078, 50173, 70043, 700082)),
        (_CONDITIONAL, (53000, 53001, 53002, 53003, 530032)),
        # ASSUMED: the one of its neighbours that names legacy clients.
        (_LEGACY, (530035,)),
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
    known = [EXPLANATIONS[code] for code in _codes(answer, description) if code in EXPLANATIONS]
    explanation = (*known, BY_ERROR.get(str(answer.get("error")), _UNKNOWN))[0]
    return SignInError(
        explanation.reference,
        f"no token from {authority_host}: {explanation.message}",
        # The rest of the text is trace ids and a time.
        context=redact(description.splitlines()[0] if description.strip() else "no token"),
        hint=explanation.hint,
    )


def has_code(text: str) -> bool:
    """Tell whether ``text`` names a code of Microsoft Entra's."""
    return bool(_CODE.search(text))


def _codes(answer: Mapping[str, object], description: str) -> list[int]:
    listed = answer.get("error_codes")
    codes = [code for code in listed if isinstance(code, int)] if isinstance(listed, list) else []
    return codes + [int(code) for code in _CODE.findall(description)]
