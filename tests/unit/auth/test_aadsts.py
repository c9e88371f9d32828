import pytest

from d365pop.auth.aadsts import sign_in_error


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
