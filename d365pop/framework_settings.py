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
    """One kind of notification: its colours."""

    primary: Colour
    """Its ground."""
    text: Colour
    """Its text."""


class NotificationColours(_Genesys):
    """``notification`` of the theme: the colours of what it announces."""

    success: NoticeColours | None = None
    error: NoticeColours | None = None


class Theme(_Genesys):
    """``theme``: the colours of the Genesys client."""

    primary: Colour
    """The ground of its head."""
    text: Colour
    """The text on it."""
    notification: NotificationColours | None = None


class SingleSignOn(_Genesys):
    """``sso``: goes straight to the company's own sign-in."""

    provider: Annotated[str, StringConstraints(min_length=1)]
    """The identity provider, as Genesys names it."""
    org_name: Annotated[str, StringConstraints(min_length=1), Field(serialization_alias="orgName")]
    """The short name of the Genesys Cloud organization."""


class InteractionDetails(_Genesys):
    """``display.interactionDetails``: what the client shows of an interaction, by medium."""

    call: Details | None = None
    """Of a call."""
    chat: Details | None = None
    """Of a web chat."""
    message: Details | None = None
    """Of a message."""


class Display(_Genesys):
    """``display``: what the client shows."""

    interaction_details: Annotated[
        InteractionDetails, Field(serialization_alias="interactionDetails")
    ]


class HelpLinks(_Genesys):
    """``config.helpLinks``: where the client's question marks lead."""

    interaction_list: Annotated[HelpLink | None, Field(serialization_alias="InteractionList")] = (
        None
    )
    """Of the list of interactions."""
    call_log: Annotated[HelpLink | None, Field(serialization_alias="CallLog")] = None
    """Of the call log."""
    settings: Annotated[HelpLink | None, Field(serialization_alias="Settings")] = None
    """Of the settings."""


class FrameworkSettings(_Genesys):
    """``config.settings``: what Genesys' client may be told, under its own names.

    The values set here are those that the screen pop relies on; docs/framework.md.
    """

    embed_webrtc_by_default: Annotated[bool, Field(serialization_alias="embedWebRTCByDefault")] = (
        True
    )
    """The phone is in the frame, not in a window of its own."""
    hide_webrtc_popup_option: bool | None = _as("hideWebRTCPopUpOption")
    """Agents are not offered that window."""
    enable_call_logs: Annotated[bool, Field(serialization_alias="enableCallLogs")] = True
    """Interactions are stored as phone calls."""
    hide_call_log_subject: bool | None = _as("hideCallLogSubject")
    """The call log has no subject."""
    hide_call_log_contact: bool | None = _as("hideCallLogContact")
    """The call log has no contact."""
    hide_call_log_relation: bool | None = _as("hideCallLogRelation")
    """The call log has no relation."""
    enable_transfer_context: Annotated[bool, Field(serialization_alias="enableTransferContext")] = (
        True
    )
    """Whoever a call is transferred to gets its record."""
    dedicated_login_window: Annotated[bool, Field(serialization_alias="dedicatedLoginWindow")] = (
        True
    )
    """People sign in in a window: the sign-in page refuses to be framed."""
    embedded_interaction_window: bool | None = _as("embeddedInteractionWindow")
    """Interactions are shown in a frame of the client's own."""
    enable_configurable_caller_id: bool | None = _as("enableConfigurableCallerID")
    """Agents choose the number that those they call see."""
    enable_server_side_logging: bool | None = _as("enableServerSideLogging")
    """The client's log goes to Genesys."""
    enable_call_history: bool | None = _as("enableCallHistory")
    """Agents see their latest calls."""
    default_outbound_sms_country_code: Annotated[
        Annotated[str, StringConstraints(pattern=_CALLING_CODE)] | None,
        Field(serialization_alias="defaultOutboundSMSCountryCode"),
    ] = None
    """The calling code put before numbers that text messages go to."""
    search_targets: Annotated[
        tuple[SearchTarget, ...], Field(serialization_alias="searchTargets")
    ] = ("people", "queues", "frameworkContacts")
    """What the client's search looks through; ``frameworkContacts`` is Dynamics."""
    call_controls: Annotated[
        tuple[CallControl, ...] | None, Field(serialization_alias="callControls")
    ] = None
    """The buttons of a call."""
    theme: Theme | None = None
    sso: SingleSignOn | None = None
    display: Display | None = None
