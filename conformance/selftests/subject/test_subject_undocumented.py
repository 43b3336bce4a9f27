"""What no document foresees: clear is an exception of the client's own which keeps the response, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest

from assay.client import Client
from assay.recording.exchange import Exchange, Reply

Found = Callable[..., dict[str, Any]]
Made = Callable[..., Exchange]

ERROR = {"error": "no_luck", "message": "Not today."}
PENDING = {
    "job_id": "4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11",
    "status": "pending",
    "created_at": "2026-03-01T12:00:00Z",
}
HTML = b"<html>Bad Gateway</html>"

NOT_CLEAR = [
    pytest.param(418, ERROR, "application/json", "418 application/json gave None", id="an undocumented status"),
    pytest.param(302, b"", "", "302  gave None", id="a redirect"),
    pytest.param(520, ERROR, "application/json", "ValueError: 520 is not a valid HTTPStatus", id="no status of IANA's"),
    pytest.param(502, HTML, "text/html", "JSONDecodeError: Expecting value", id="an HTML error"),
    pytest.param(503, b"", "", "JSONDecodeError: Expecting value", id="an empty error"),
    pytest.param(404, [], "application/json", "KeyError: 'error'", id="an error of another shape"),
    pytest.param(404, "No", "application/json", "ValueError: dictionary update sequence", id="an error that is text"),
    pytest.param(200, HTML, "text/html", "JSONDecodeError: Expecting value", id="an HTML success"),
    pytest.param(200, b"", "application/json", "JSONDecodeError: Expecting value", id="an empty success"),
    pytest.param(200, b'{"job_id": ', "application/json", "JSONDecodeError: Expecting value", id="a success cut off"),
    pytest.param(200, b"\xff\xfe\xfd", "application/json", "UnicodeDecodeError: ", id="a success of odd bytes"),
    pytest.param(200, None, "application/json", "TypeError: 'NoneType'", id="null"),
    pytest.param(200, {**PENDING, "status": "queued"}, "application/json", "ValueError: 'queued'", id="a new status"),
    pytest.param(200, {"status": "pending"}, "application/json", "KeyError: 'created_at'", id="a field missing"),
    pytest.param(200, {**PENDING, "job_id": 7}, "application/json", "AttributeError: 'int'", id="a type wrong"),
]
"""Each with what the client gives as the generator writes it today."""

CLEAR = """

class ApiError(Exception):
    def __init__(self, response, parsed=None):
        super().__init__(f"status {response.status_code}")
        self.response = response
        self.parsed = parsed


class ClearClient(httpx.Client):
    def send(self, request, **options):
        from .models import Error, Job

        response = super().send(request, **options)
        response.read()
        try:
            parsed = (Job if response.status_code == 200 else Error).from_dict(response.json())
        except Exception:
            raise ApiError(response) from None
        if response.status_code != 200:
            raise ApiError(response, parsed if response.status_code in DOCUMENTED else None)
        return response


DOCUMENTED = (400, 401, 402, 403, 404, 409, 422, 429, 451, 500, 502, 503)
"""


@pytest.fixture(scope="module")
def raising(changed: Callable[..., Client]) -> Callable[..., Client]:
    """A client that raises all that is no job, by CLEAR with pieces of it replaced."""

    def make(old: str = "", new: str = "") -> Client:
        code = CLEAR.replace(old, new) if old else CLEAR
        first, sends = "@define\nclass Client:", "self._client = httpx.Client("
        return changed("client.py", first, f"{code}\n\n{first}", sends, sends.replace("httpx.", "Clear"))

    return make


@pytest.fixture(scope="module")
def clear(raising: Callable[..., Client]) -> Client:
    """And keeps the response."""
    return raising()


@pytest.mark.parametrize(("status", "body", "media", "got"), NOT_CLEAR)
def test_plain_generator_output_is_not_clear(
    status: int, body: Any, media: str, got: str, jobs: Client, found: Found, exchange: Made
) -> None:
    seen = found(jobs, exchange(status, body, media))
    assert {claim for claim, each in seen.items() if each.exercised} == {"undocumented"}
    assert seen["undocumented"].verdict == "violated"
    assert got in seen["undocumented"].failures[0].got


@pytest.mark.parametrize(("status", "body", "media", "got"), NOT_CLEAR)
def test_an_own_exception_with_the_response_is_clear(
    status: int, body: Any, media: str, got: str, clear: Client, found: Found, exchange: Made
) -> None:
    seen = found(clear, exchange(status, body, media))
    assert got
    assert {claim: each.verdict for claim, each in seen.items() if each.exercised} == {"undocumented": "held"}


def test_a_documented_error_may_be_raised_with_what_was_decoded(clear: Client, found: Found, exchange: Made) -> None:
    seen = found(clear, exchange(451, ERROR), exchange(200, PENDING))
    assert {claim: each.verdict for claim, each in seen.items() if each.exercised} == {
        "200/decodes": "held",
        "200/round-trip": "held",
        "451/decodes": "held",
        "451/round-trip": "held",
    }


@pytest.mark.parametrize(
    ("old", "new", "got"),
    [
        pytest.param("self.parsed = parsed", "self.parsed = None", "ApiError: status 451", id="without its body"),
        pytest.param("self.response = response", "pass", "ApiError: status 451", id="without the response"),
        pytest.param("class ApiError(Exception):", "class ApiError(Exception):\n    __module__ = 'builtins'",
                     "ApiError: status 451", id="of another package"),
    ],
)  # fmt: skip
def test_a_documented_error_that_is_raised_otherwise_is_violated(
    old: str,
    new: str,
    got: str,
    raising: Callable[..., Client],
    found: Found,
    exchange: Made,
) -> None:
    worse = raising(old, new)
    assert found(worse, exchange(451, ERROR))["451/decodes"].failures[0].got == got


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("self.response = response", "pass", id="keeps nothing"),
        pytest.param("self.response = response", "self.status_code, self.content = response.status_code, b''",
                     id="keeps the status only"),
        pytest.param("class ApiError(Exception):", "class ApiError(Exception):\n    __module__ = 'builtins'",
                     id="is of another package"),
        pytest.param("self.response = response", "self.response = httpx.Response(502, stream=httpx.ByteStream(b''))",
                     id="keeps one that was never read"),
    ],
)  # fmt: skip
def test_an_exception_that_is_no_help_is_not_clear(
    old: str, new: str, raising: Callable[..., Client], found: Found, exchange: Made
) -> None:
    worse = raising(old, new)
    assert found(worse, exchange(502, HTML, "text/html"))["undocumented"].verdict == "violated"


def test_status_and_content_are_the_response_too(changed: Callable[..., Client], found: Found, exchange: Made) -> None:
    """The generator's own exception, for those who switch it on."""
    switch = "raise_on_unexpected_status: bool = field(default="
    switched = changed("client.py", f"{switch}False", f"{switch}True")
    assert found(switched, exchange(418, ERROR))["undocumented"].verdict == "held"
    assert found(switched, exchange(502, HTML, "text/html"))["undocumented"].verdict == "violated"


def test_a_body_that_breaks_the_contract_may_be_decoded_all_the_same(
    jobs: Client, found: Found, exchange: Made
) -> None:
    seen = found(jobs, exchange(200, {**PENDING, "scenes_total": -1}))
    assert {claim: each.verdict for claim, each in seen.items() if each.exercised} == {"undocumented": "held"}


def test_a_body_that_breaks_only_a_should_is_as_documented(jobs: Client, found: Found, exchange: Made) -> None:
    seen = found(jobs, exchange(200, {**PENDING, "started_at": None}))
    assert {claim for claim, each in seen.items() if each.exercised} == {"200/decodes", "200/round-trip"}


def test_each_kind_of_failure_is_told_once(jobs: Client, found: Found, exchange: Made) -> None:
    many = [exchange(418, ERROR, id=1), exchange(418, ERROR, id=2), exchange(502, HTML, "text/html", id=3)]
    seen = found(jobs, *many, exchange(404, ERROR, id=4))["undocumented"]
    assert [each.exchange.id for each in seen.failures] == [1, 3]
    assert (seen.exercised, seen.evidence) == (3, (1, 3, 2))
    assert seen.reason.startswith("418 application/json gave None; 502 text/html gave JSONDecodeError: ")
    assert seen.reason.endswith("(3 of 3 times)")


def test_what_was_sent_to_shrink_an_example_says_nothing(jobs: Client, found: Found, exchange: Made) -> None:
    seen = found(jobs, exchange(418, ERROR, role="shrink"), exchange(418, ERROR, reply=None, fault="reset"))
    assert all(each.verdict == "not-exercised" for each in seen.values())


def test_a_response_is_played_as_it_was_decoded(jobs: Client, found: Found, exchange: Made) -> None:
    """What speaks of the wire, and names or values that no header may have, would make another response of it."""
    headers = (
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", "3"),
        ("X-«key»", "«credential:default» \udcff"),
        ("Set-Cookie", "a=b"),
    )
    played = exchange(404, reply=Reply(404, headers, b'{"error": "x", "message": "y"}'))
    assert found(jobs, played)["404/round-trip"].verdict == "held"
