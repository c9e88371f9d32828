"""``[genesys.framework]``: the settings of Genesys' Embeddable Framework, under their own names.

Keys and their meanings: Genesys' published framework.js and its settings page. What is not set is
not written, so that Genesys' own default holds.
"""

from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from d365pop.models import Json

_COLOUR: Final = r"^#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?$"
_CALLING_CODE: Final = r"^\+\d{1,4}$"
_HTTPS: Final = r"^https://[^\s/]+\S*$"
_DETAIL: Final = r"^(framework|call|chat|message|participant)\.\S+$"

PATTERNS: Final = {
    _COLOUR: "must be a colour such as #62367A",
    _CALLING_CODE: "must be a country's calling code, such as +1",
    _HTTPS: "must be an https address",
    _DETAIL: "must be such as framework.DisplayAddress, call.Ani or participant.ATTRIBUTE",
}

Colour = Annotated[str, StringConstraints(pattern=_COLOUR)]
HelpLink = Annotated[str, StringConstraints(pattern=_HTTPS)]
Details = tuple[Annotated[str, StringConstraints(pattern=_DETAIL)], ...]
CallControl = Literal[
    "pickup",
    "hold",
    "mute",
    "transfer",
    "disconnect",
    "record",
    "securePause",
    "dtmf",
    "scheduleCallback",
    "flag",
    "requestAfterCallWork",
]
SearchTarget = Literal["people", "queues", "frameworkContacts", "externalContacts"]


def _as(name: str) -> bool | None:
    """Return a field without a value, that Genesys knows as ``name``."""
    field: bool | None = Field(default=None, serialization_alias=name)
    return field


class _Genesys(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    def to_genesys(self) -> dict[str, Json]:
        """Return what is set, as Genesys names it."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class NoticeColours(_Genesys):
    """The colours of one kind of notification."""

    primary: Colour
    text: Colour


class NotificationColours(_Genesys):
    """``notification`` of the theme."""

    success: NoticeColours | None = None
    error: NoticeColours | None = None


class Theme(_Genesys):
    """``theme``: the colours of the Genesys client."""

    primary: Colour
    text: Colour
    notification: NotificationColours | None = None


class SingleSignOn(_Genesys):
    """``sso``: goes straight to the company's own sign-in."""

    provider: Annotated[str, StringConstraints(min_length=1)]
    org_name: Annotated[str, StringConstraints(min_length=1), Field(serialization_alias="orgName")]


class InteractionDetails(_Genesys):
    """``display.interactionDetails``: what the client shows of an interaction, by medium."""

    call: Details | None = None
    chat: Details | None = None
    message: Details | None = None


class Display(_Genesys):
    """``display``."""

    interaction_details: Annotated[
        InteractionDetails, Field(serialization_alias="interactionDetails")
    ]


class HelpLinks(_Genesys):
    """``config.helpLinks``: where the client's question marks lead."""

    interaction_list: Annotated[HelpLink | None, Field(serialization_alias="InteractionList")] = (
        None
    )
    call_log: Annotated[HelpLink | None, Field(serialization_alias="CallLog")] = None
    settings: Annotated[HelpLink | None, Field(serialization_alias="Settings")] = None


class FrameworkSettings(_Genesys):
    """``config.settings``. The values set here are those that the screen pop relies on.

    The sign-in page refuses to be framed, hence its own window; ``frameworkContacts`` asks the
    softphone page, which looks into Dynamics.
    """

    embed_webrtc_by_default: Annotated[bool, Field(serialization_alias="embedWebRTCByDefault")] = (
        True
    )
    hide_webrtc_popup_option: bool | None = _as("hideWebRTCPopUpOption")
    enable_call_logs: Annotated[bool, Field(serialization_alias="enableCallLogs")] = True
    hide_call_log_subject: bool | None = _as("hideCallLogSubject")
    hide_call_log_contact: bool | None = _as("hideCallLogContact")
    hide_call_log_relation: bool | None = _as("hideCallLogRelation")
    enable_transfer_context: Annotated[bool, Field(serialization_alias="enableTransferContext")] = (
        True
    )
    dedicated_login_window: Annotated[bool, Field(serialization_alias="dedicatedLoginWindow")] = (
        True
    )
    embedded_interaction_window: bool | None = _as("embeddedInteractionWindow")
    enable_configurable_caller_id: bool | None = _as("enableConfigurableCallerID")
    enable_server_side_logging: bool | None = _as("enableServerSideLogging")
    enable_call_history: bool | None = _as("enableCallHistory")
    default_outbound_sms_country_code: Annotated[
        Annotated[str, StringConstraints(pattern=_CALLING_CODE)] | None,
        Field(serialization_alias="defaultOutboundSMSCountryCode"),
    ] = None
    search_targets: Annotated[
        tuple[SearchTarget, ...], Field(serialization_alias="searchTargets")
    ] = ("people", "queues", "frameworkContacts")
    call_controls: Annotated[
        tuple[CallControl, ...] | None, Field(serialization_alias="callControls")
    ] = None
    theme: Theme | None = None
    sso: SingleSignOn | None = None
    display: Display | None = None
