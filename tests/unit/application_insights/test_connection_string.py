"""Connection strings of Application Insights, as the portal shows and as people shorten them."""

import pytest

from d365pop.application_insights.connection_string import parse_connection_string

KEY = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"

APPLICATION = "44444444-4444-4444-8444-444444444444"

PORTAL = (
    f"InstrumentationKey={KEY};"
    "IngestionEndpoint=https://weu-5.in.applicationinsights.azure.com/;"
    f"LiveEndpoint=https://weu.livediagnostics.monitor.azure.com/;ApplicationId={APPLICATION.upper()}"
)


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (PORTAL, "https://weu-5.in.applicationinsights.azure.com/v2/track"),
        (f"InstrumentationKey={KEY}", "https://dc.services.visualstudio.com/v2/track"),
        (
            f"instrumentationkey={KEY.upper()} ; EndpointSuffix=applicationinsights.azure.cn;",
            "https://dc.applicationinsights.azure.cn/v2/track",
        ),
        (
            f"InstrumentationKey={KEY};EndpointSuffix=ai.contoso.com;Location=westus2",
            "https://westus2.dc.ai.contoso.com/v2/track",
        ),
    ],
    ids=["portal", "key-alone", "any-case", "suffix-and-location"],
)
def test_connection_string_names_where_events_go_and_for_whom(text: str, url: str) -> None:
    found = parse_connection_string(text)
    assert (found.url, found.key) == (url, KEY)


@pytest.mark.parametrize(
    ("text", "application"),
    [
        (PORTAL, APPLICATION),
        (f"InstrumentationKey={KEY}", ""),
        (f"InstrumentationKey={KEY};ApplicationId=../../v2", ""),
    ],
    ids=["portal", "key-alone", "no-guid"],
)
def test_connection_string_names_whom_to_ask_or_nobody(text: str, application: str) -> None:
    assert parse_connection_string(text).application_id == application


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (KEY, "must be InstrumentationKey="),
        ("IngestionEndpoint=https://a.example", "InstrumentationKey must be there"),
        (f"InstrumentationKey={KEY}0", "InstrumentationKey must be there"),
        (f"InstrumentationKey={KEY};IngestionEndpoint=http://a.example", "https address"),
        (f"InstrumentationKey={KEY};IngestionEndpoint=https://u@a.example", "https address"),
        (f"InstrumentationKey={KEY};X=" + "x" * 4096, "at most 4096"),
    ],
    ids=["bare-key", "no-key", "long-key", "http", "user", "too-long"],
)
def test_connection_string_is_refused_where_events_would_go_nowhere(
    text: str, problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        parse_connection_string(text)
