"""What came as documented decodes and encodes back, and a client that is wrong in one way is found out by its claim."""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from assay import client
from assay.claims import Ledger
from assay.client import Client
from assay.recording.exchange import Exchange

Found = Callable[..., dict[str, Any]]
Made = Callable[..., Exchange]

JOB: dict[str, Any] = {
    "job_id": "4BE2F1A6-0a3c-4c58-9d0e-6f1f0f6f7c11",
    "status": "processing",
    "created_at": "2026-03-01T12:00:00Z",
    "started_at": "2026-03-01T12:00:05.25-00:00",
    "scenes_completed": 1,
    "scenes_total": 4,
    "queue": {"place": 3},
}
FAILED = {
    "job_id": JOB["job_id"],
    "status": "failed",
    "created_at": JOB["created_at"],
    "completed_at": "2026-03-01T12:00:06Z",
    "error": {"code": "content_rejected", "message": "No."},
}
BOOK = {"number": 7, "title": "Emma", "added": "2026-01-31", "author": "J. A.", "shelf": None, "price": 3}
FILM = {"number": 8, "title": "Metropolis", "added": "2026-01-31", "minutes": 153, "languages": {"de": "x"}}
PROBLEM = {"title": "No", "fields": [{"name": "weeks", "why": "too many"}]}
LOAN = {"id": "4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11", "item": 7, "state": "lent"}
ANSWERS = [
    ("listItems", 200, [BOOK, FILM], "200"),
    ("listItems", 418, PROBLEM, "4XX"),
    ("getItem", 200, FILM, "200"),
    ("GET /topics", 200, {"name": "all", "parts": [{"name": "art", "parts": []}]}, "200"),
    ("addItem", 201, BOOK, "201"),
    ("addItem", 500, PROBLEM, "default"),
    ("borrow", 422, PROBLEM, "422"),
    ("getLoan", 200, LOAN, "200"),
]
"""Alternatives, a range, a tree, no operationId, the default: operation, status, body, and the response it is."""
ERROR = {"error": "no_luck", "message": "Not today.", "details": {"field": "id"}, "more": [1, 2.5, None, True]}


def violated(found: dict[str, Any]) -> dict[str, str]:
    return {claim: each.failures[0].got for claim, each in found.items() if each.verdict == "violated"}


@pytest.mark.parametrize("body", [JOB, FAILED, {**JOB, "started_at": None}], ids=["processing", "failed", "null"])
def test_a_job_is_held(body: dict[str, Any], jobs: Client, found: Found, exchange: Made) -> None:
    seen = found(jobs, exchange(200, body))
    assert (seen["200/decodes"].verdict, seen["200/round-trip"].verdict) == ("held", "held")
    assert (seen["200/decodes"].exercised, seen["200/decodes"].grade, seen["200/decodes"].evidence) == (
        1,
        "natural",
        (1,),
    )
    assert violated(seen) == {}


def test_all_that_the_checked_in_client_has_to_know_is_held(ledger: Ledger, found: Found, exchange: Made) -> None:
    shipped = client.load("generation_jobs_client", ledger.contract)
    statuses = [status for _, status in ledger.responses]
    seen = found(shipped, *(exchange(int(each), JOB if each == "200" else ERROR) for each in statuses))
    assert {name: each.verdict for name, each in seen.items() if each.exercised} == {
        f"{status}/{what}": "held" for status in statuses for what in ("decodes", "round-trip")
    }


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 409, 422, 429, 451, 500, 502, 503])
def test_an_error_is_held(status: int, jobs: Client, found: Found, exchange: Made) -> None:
    seen = found(jobs, exchange(status, ERROR))
    assert {claim for claim, each in seen.items() if each.exercised} == {f"{status}/decodes", f"{status}/round-trip"}
    assert violated(seen) == {}


@pytest.mark.parametrize(
    ("file", "replaced", "body", "claim", "got"),
    [
        pytest.param(
            "models/job.py",
            ('field_dict["scenes_total"] = scenes_total', "pass"),
            JOB,
            "round-trip",
            "/scenes_total is lost",
            id="a field is not encoded",
        ),
        pytest.param(
            "models/job.py",
            ("job.additional_properties = d", ""),
            JOB,
            "round-trip",
            "/queue is lost",
            id="what the document does not know is dropped",
        ),
        pytest.param(
            "models/job.py",
            ("if result is not UNSET:", "if True:", "result = self.result", "result = None"),
            JOB,
            "round-trip",
            "/result was not there",
            id="absent becomes null",
        ),
        pytest.param(
            "models/job.py",
            ("created_at = self.created_at.isoformat()", "created_at = '2026-03-01T13:00:00Z'"),
            JOB,
            "round-trip",
            "'2026-03-01T12:00:00Z' became '2026-03-01T13:00:00Z' at /created_at",
            id="another instant",
        ),
        pytest.param(
            "models/job.py",
            ("scenes_completed = self.scenes_completed", "scenes_completed = True"),
            JOB,
            "round-trip",
            "1 became True at /scenes_completed",
            id="true is not 1",
        ),
        pytest.param(
            "models/job.py",
            ('job_id = UUID(d.pop("job_id"))', 'job_id = d.pop("job_id")'),
            JOB,
            "decodes",
            "it.job_id is str, not UUID",
            id="a field of another type than it says",
        ),
        pytest.param(
            "models/job.py",
            ('scenes_total = d.pop("scenes_total", UNSET)', 'scenes_total = bool(d.pop("scenes_total", UNSET))'),
            JOB,
            "decodes",
            "it.scenes_total is bool, not int | Unset",
            id="a boolean where it says integer",
        ),
        pytest.param(
            "models/job.py",
            ("status: JobStatus\n", "status: Literal['pending']\n", "import Any, ", "import Any, Literal, "),
            JOB,
            "decodes",
            "it.status is JobStatus, not Literal['pending']",
            id="none of the values that it says",
        ),
        pytest.param(
            "models/job_error.py",
            ('code = d.pop("code")', 'code = [d.pop("code")]', "code = self.code", "code = self.code[0]"),
            FAILED,
            "decodes",
            "it.error.code is list, not str",
            id="one further down",
        ),
        pytest.param(
            "api/jobs/get_job.py",
            ("response_200 = Job.from_dict(response.json())", "response_200 = Error('x', 'y')"),
            JOB,
            "decodes",
            "Error, not Job",
            id="another model",
        ),
        pytest.param(
            "api/jobs/get_job.py",
            ("status_code == 200", "status_code == 299"),
            JOB,
            "decodes",
            "None",
            id="a status forgotten",
        ),
        pytest.param(
            "models/job_status.py",
            ('PROCESSING = "processing"', 'PROCESSING = "running"'),
            JOB,
            "decodes",
            "ValueError: 'processing' is not a valid JobStatus",
            id="a value of an enumeration forgotten",
        ),
        pytest.param(
            "models/job.py",
            ("status = self.status.value", "status = self.status.name_of"),
            JOB,
            "round-trip",
            "it cannot be encoded: AttributeError: 'JobStatus' object has no attribute 'name_of'",
            id="what is decoded cannot be encoded",
        ),
    ],
)
def test_a_client_that_is_wrong_in_one_way_is_found_out(
    file: str,
    replaced: tuple[str, ...],
    body: dict[str, Any],
    claim: str,
    got: str,
    changed: Callable[..., Client],
    jobs: Client,
    found: Found,
    exchange: Made,
) -> None:
    seen = violated(found(changed(file, *replaced), exchange(200, body)))
    assert seen[f"200/{claim}"] == got
    assert violated(found(jobs, exchange(200, body))) == {}


def test_none_says_nothing_of_encoding(changed: Callable[..., Client], found: Found, exchange: Made) -> None:
    forgetful = changed("api/jobs/get_job.py", "status_code == 200", "status_code == 299")
    assert violated(found(forgetful, exchange(200, JOB))) == {"200/decodes": "None"}


def test_what_is_not_decoded_says_nothing_of_encoding(
    changed: Callable[..., Client], found: Found, exchange: Made
) -> None:
    broken = changed("models/job_status.py", 'PROCESSING = "processing"', 'PROCESSING = "running"')
    seen = found(broken, exchange(200, JOB), exchange(200, FAILED))
    assert (seen["200/decodes"].exercised, seen["200/round-trip"].exercised) == (2, 1)
    assert seen["200/decodes"].reason == "ValueError: 'processing' is not a valid JobStatus (1 of 2 times)"


class TestLibrary:
    """A document that no line of code knows."""

    @pytest.mark.parametrize(("operation", "status", "body", "claim"), ANSWERS)
    def test_it_is_held(
        self, operation: str, status: int, body: Any, claim: str,
        library: Client, library_as_shipped: Client, library_ledger: Ledger, found: Found, exchange: Made,
    ) -> None:  # fmt: skip
        for each in (library, library_as_shipped):
            seen = found(each, exchange(status, body, operation=operation), of=library_ledger)
            verdicts = {name: each.verdict for name, each in seen.items() if each.exercised}
            assert verdicts == {f"{claim}/decodes": "held", f"{claim}/round-trip": "held"}

    def test_without_a_body_there_is_nothing_to_encode(
        self, library: Client, library_ledger: Ledger, found: Found, exchange: Made
    ) -> None:
        seen = found(library, exchange(204, b"", "", operation="removeItem"), of=library_ledger)
        assert seen["204/decodes"].verdict == "held"
        assert "204/round-trip" not in seen

    def test_an_alternative_that_takes_what_is_anothers_is_found_out(
        self, library: Client, library_ledger: Ledger, found: Found, exchange: Made
    ) -> None:
        seen = found(library, exchange(200, {**FILM, "author": 7}, operation="getItem"), of=library_ledger)
        assert violated(seen) == {"200/decodes": "it.author is int, not str"}


def test_a_cookie_of_one_answer_is_not_sent_for_the_next(jobs: Client, found: Found, exchange: Made) -> None:
    # it is another exchange, and what stands where a credential was is nothing that a header can carry
    answer = exchange(404, ERROR)
    assert answer.reply is not None
    cookie = ("Set-Cookie", "session=«credential:default»")
    with_cookie = evolve(answer, reply=evolve(answer.reply, headers=(*answer.reply.headers, cookie)))
    assert violated(found(jobs, with_cookie, exchange(200, JOB))) == {}
