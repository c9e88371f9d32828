"""Headers that every answer of the Web API bears on the platform; knows no request's meaning."""

from dataclasses import dataclass, field
from secrets import token_hex
from uuid import uuid4

from d365pop.emulator.protocol import Request

AFFINITY = "ARRAffinity"
METHODS = "OPTIONS,GET,HEAD,POST"
FOREVER = "expires=Sun, 07-Jan-2074 21:10:42 GMT; "
Headers = tuple[tuple[str, str], ...]
FIXED: Headers = (
    ("Cache-Control", "no-cache"),
    # ASSUMED: the same for every path; recorded for one.
    ("Allow", METHODS),
    ("Public", METHODS),
    ("Expires", "-1"),
    ("Vary", "Accept-Encoding"),
    ("OData-Version", "4.0"),
    ("CRM.ServiceId", "framework"),
    ("x-ms-dop-hint", "48"),
)


@dataclass(frozen=True, slots=True)
class PlatformHeaders:
    """One server behind the platform's balancer: who brings its cookie comes back to it."""

    organization_id: str
    secure: bool
    """Whether cookies are for https alone; over plain http no client would send them back."""
    server: str = field(default_factory=lambda: token_hex(32))

    def headers(self, request: Request) -> Headers:
        """Return the headers of one more answer."""
        request_id = str(uuid4())
        found = (
            *FIXED,
            ("x-ms-service-request-id", request_id),
            ("REQ_ID", request_id),
            ("AuthActivityId", str(uuid4())),
        )
        if self.secure:
            found += (("Strict-Transport-Security", "max-age=31536000; includeSubDomains"),)
        if f"{AFFINITY}=" in request.header("cookie"):
            return found
        return (*found, *(("Set-Cookie", cookie) for cookie in self._cookies()))

    def _cookies(self) -> tuple[str, ...]:
        kept = f"path=/; {'secure; ' if self.secure else ''}HttpOnly"
        return (
            f"{AFFINITY}={self.server}; {kept}",
            f"ReqClientId={uuid4()}; {FOREVER}{kept}",
            f"orgId={self.organization_id}; {FOREVER}{kept}",
        )
