import pytest

from d365pop.auth.aadsts import EXPLANATIONS, sign_in_error


@pytest.mark.parametrize(
    ("code", "reference"),
    [
        (7000215, "client-secret-wrong"),
        (7000222, "client-secret-expired"),
        (700016, "application-not-in-tenant"),
        (90002, "tenant-not-found"),
        (500011, "resource-not-in-tenant"),
        (50034, "user-not-in-tenant"),
        (65001, "consent-missing"),
        (50076, "second-factor-needed"),
        (53003, "conditional-access"),
        (700213, "federated-credential-missing"),
        (90033, "sign-in-unavailable"),
    ],
)
def test_code_has_a_reference_and_a_remedy(code: int, reference: str) -> None:
    error = sign_in_error({"error": "x", "error_codes": [code]}, "login.microsoftonline.com")
    assert error.reference == reference
    assert error.hint


def test_code_is_read_from_the_text_where_no_list_is_given() -> None:
    error = sign_in_error({"error_description": "AADSTS7000222: The key is expired."}, "host")
    assert error.reference == "client-secret-expired"


def test_list_of_codes_goes_before_the_text() -> None:
    answer = {"error_codes": [90002], "error_description": "AADSTS7000222: The key is expired."}
    assert sign_in_error(answer, "host").reference == "tenant-not-found"


def test_unknown_code_is_a_general_failure_with_the_service_s_own_text() -> None:
    answer = {"error_description": "AADSTS999999: Something new.\r\nTrace ID: 1"}
    error = sign_in_error(answer, "login.microsoftonline.com")
    assert error.reference == "sign-in-failed"
    assert error.context == "AADSTS999999: Something new."


def test_text_is_redacted() -> None:
    answer = {"error_description": "the form held client_secret=abc"}
    assert "abc" not in sign_in_error(answer, "host").context


@pytest.mark.parametrize("answer", [{}, {"error_description": "\n"}, {"error_codes": "x"}])
def test_poor_answer_still_makes_an_error(answer: dict[str, object]) -> None:
    assert sign_in_error(answer, "host").reference == "sign-in-failed"


def test_every_explanation_says_what_and_what_to_do() -> None:
    assert all(each.message and each.hint for each in EXPLANATIONS.values())
