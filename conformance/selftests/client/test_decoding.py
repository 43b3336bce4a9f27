"""What decodes to what: every body that the contract allows, back again unchanged; a wrong type, by its field."""

import copy
import datetime as dt
import importlib
import json
import pickle
import sys
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assay import contract
from generation_jobs_client import UNSET, Client, DecodingError, NotFoundError, UnreadableErrorBodyError, Unset
from generation_jobs_client.models import Error, Job, JobError, JobStatus

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))  # as running a script from there does
client_document = importlib.import_module("client_document").client_document

ID = UUID("4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11")
CREATED, LATER = "2026-03-01T12:00:00+00:00", "2026-03-01T12:00:05.250000+00:00"
PENDING: dict[str, Any] = {"job_id": str(ID), "status": "pending", "created_at": CREATED}
PROCESSING = {**PENDING, "status": "processing", "started_at": LATER, "scenes_completed": 1, "scenes_total": 4}
COMPLETED = {**PROCESSING, "status": "completed", "completed_at": LATER, "result": {"images": ["https://x.example"]}}
FAILED = {**PENDING, "status": "failed", "completed_at": LATER, "error": {"code": "rejected", "message": "It was."}}


@pytest.mark.parametrize("body", [PENDING, PROCESSING, COMPLETED, FAILED], ids=lambda body: body["status"])
def test_a_job_decodes_and_encodes_back(body: dict[str, Any]) -> None:
    job = _decoded(body)
    assert (job.job_id, job.status) == (ID, JobStatus(body["status"]))
    assert job.to_dict() == body


def test_values_are_typed() -> None:
    job = _decoded(FAILED)
    assert job.created_at == dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert job.error == JobError(code="rejected", message="It was.")
    assert job.result is UNSET


def test_null_is_none_and_what_was_left_out_is_unset() -> None:
    job = _decoded({**PENDING, "started_at": None})
    assert (job.started_at, job.completed_at) == (None, UNSET)
    assert job.to_dict()["started_at"] is None
    assert "completed_at" not in job.to_dict()


def test_fields_that_nobody_knew_are_kept_and_encoded_back() -> None:
    body = {**FAILED, "queue": {"place": 3}, "error": {**FAILED["error"], "retryable": False}}
    job = _decoded(body)
    assert job["queue"] == {"place": 3}
    assert job.to_dict() == body


# Wrong types --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["job_id", "status", "created_at"])
def test_a_field_that_is_missing_is_named(missing: str) -> None:
    error = _refused({key: value for key, value in PENDING.items() if key != missing})
    assert (error.field, error.reason) == (f"/{missing}", "it is missing")
    assert f"200 OK: the body is not as documented: at /{missing} it is missing (GET /v1/jobs/{ID})" == str(error)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("scenes_total", "3", "'3' is not of type integer"),
        ("scenes_total", 3.5, "3.5 is not of type integer"),
        ("scenes_total", True, "True is not of type integer"),
        ("scenes_total", None, "None is not of type integer"),
        ("status", 7, "7 is not of type string"),
        ("status", None, "None is not of type string"),
        ("job_id", 7, "7 is not of type string"),
        ("job_id", "job-1", "'job-1' is no UUID"),
        ("created_at", 1772366400, "1772366400 is not of type string"),
        ("created_at", None, "None is not of type string"),
        ("created_at", "yesterday", "'yesterday' is no date-time with an offset"),
        ("created_at", "2026-03-01", "'2026-03-01' is no date-time with an offset"),
        ("created_at", "2026-03-01T12:00:00", "'2026-03-01T12:00:00' is no date-time with an offset"),
        ("created_at", "2026-02-30T12:00:00Z", "'2026-02-30T12:00:00Z' is no date-time"),
        ("started_at", "soon", "'soon' is no date-time with an offset"),
        ("started_at", 5, "5 is not of type string or null"),
        ("error", "rejected", "'rejected' is not of type object"),
        ("error", None, "None is not of type object"),
    ],
)
def test_a_field_of_a_wrong_type_is_named(field: str, value: Any, reason: str) -> None:
    error = _refused({**PENDING, field: value})
    assert (error.field, error.reason) == (f"/{field}", reason)
    assert error.response.json()[field] == value


def test_a_field_within_a_field_is_named() -> None:
    assert _refused({**FAILED, "error": {"code": "rejected"}}).field == "/error/message"
    assert _refused({**FAILED, "error": {"code": 7, "message": "It was."}}).field == "/error/code"


def test_long_values_are_not_quoted_in_full() -> None:
    assert len(str(_refused({**PENDING, "scenes_total": "x" * 10_000}))) < 300


def test_an_error_of_wrong_types_is_told_as_such() -> None:
    with pytest.raises(UnreadableErrorBodyError) as caught:
        _answered(404, {"error": "x", "message": 7})
    assert caught.value.field == "/message"


# Date-times ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T12:00:00Z", dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)),
        ("2026-03-01t12:00:00z", dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)),
        ("2026-03-01T12:00:00.5Z", dt.datetime(2026, 3, 1, 12, 0, 0, 500_000, tzinfo=dt.UTC)),
        ("2026-03-01T12:00:00.123456789z", dt.datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=dt.UTC)),
        ("2026-03-01T12:00:00-00:00", dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)),
        ("2026-03-01T14:00:00+02:00", dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)),
        ("2016-12-31T23:59:60Z", dt.datetime(2017, 1, 1, tzinfo=dt.UTC)),
        ("2016-12-31T23:59:60.25z", dt.datetime(2017, 1, 1, 0, 0, 0, 250_000, tzinfo=dt.UTC)),
        ("2017-01-01T01:59:60+02:00", dt.datetime(2017, 1, 1, tzinfo=dt.UTC)),
    ],
)
def test_every_date_time_of_rfc_3339_decodes(text: str, expected: dt.datetime) -> None:
    job = _decoded({**PENDING, "created_at": text, "started_at": text})
    assert (job.created_at, job.started_at) == (expected, expected)


# Enums and UNSET ----------------------------------------------------------------------------------------------------


def test_a_value_that_nobody_knew_is_itself_and_seen_to_be_unknown() -> None:
    job = _decoded({**PENDING, "status": "archived"})
    assert (job.status, job.status.is_known, JobStatus.PENDING.is_known) == ("archived", False, True)
    assert repr(job.status) == "<JobStatus: 'archived' (unknown)>"
    assert job.to_dict()["status"] == "archived"
    assert [str(each) for each in JobStatus] == ["completed", "failed", "pending", "processing"]


def test_no_text_is_no_value_of_an_enum() -> None:
    with pytest.raises(ValueError, match="7 is not a valid JobStatus"):
        JobStatus(7)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "duplicate",
    [copy.copy, copy.deepcopy, lambda value: pickle.loads(pickle.dumps(value))],  # noqa: S301 - our own
    ids=["copy", "deep", "pickle"],
)
def test_copies_are_equal_and_unset_stays_unset(duplicate: Any) -> None:
    for body in (PENDING, COMPLETED, {**FAILED, "status": "archived", "more": 1}):
        job = _decoded(body)
        same = duplicate(job)
        assert same == job
        assert (same.result is UNSET) == ("result" not in body)
        assert same.to_dict() == job.to_dict()
        assert same.status.is_known == job.status.is_known
    assert duplicate(UNSET) is UNSET


def test_there_is_one_unset_and_it_is_false() -> None:
    assert Unset() is UNSET
    assert not UNSET
    assert repr(UNSET) == "UNSET"


# Every body ---------------------------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
ids = st.uuids().map(str) | st.uuids().map(lambda each: str(each).upper())
counts = st.integers(0, 100) | st.integers(0, 100).map(float)


@st.composite
def instants(draw: st.DrawFn) -> str:
    moment = draw(st.datetimes(min_value=dt.datetime(1, 1, 2), max_value=dt.datetime(9999, 12, 30)))  # noqa: DTZ001
    text = moment.isoformat(timespec="seconds") + draw(st.sampled_from(["", ".5", ".123456", ".000001"]))
    if draw(st.integers(0, 9)) == 0:
        text = f"{moment:%Y-%m-%d}".rjust(10, "0") + "T23:59:60"
    text += draw(st.sampled_from(["Z", "z", "+00:00", "-00:00"]))
    return text.replace("T", "t") if draw(st.booleans()) else text


@st.composite
def jobs(draw: st.DrawFn) -> dict[str, Any]:
    """Bodies that the contract allows, with all that is optional there or not."""
    status = draw(st.sampled_from(["pending", "processing", "completed", "failed"]))
    over = status in ("completed", "failed")
    unknown = draw(st.dictionaries(st.text().map("x_{}".format), json_values, max_size=2))
    body: dict[str, Any] = {**unknown, "job_id": draw(ids), "status": status, "created_at": draw(instants())}
    if status != "pending" and draw(st.booleans()):
        body["started_at"] = draw(st.none() | instants())
    if over or draw(st.booleans()):
        body["completed_at"] = draw(instants()) if over else None
    if status == "completed":
        body["result"] = draw(json_values.filter(lambda value: value is not None))
    if status == "failed":
        body["error"] = {**unknown, "code": draw(st.text(min_size=1)), "message": draw(st.text())}
    for name in ("scenes_completed", "scenes_total"):
        if draw(st.booleans()):
            body[name] = draw(counts)
    return body


errors = st.fixed_dictionaries(
    {"error": st.text(min_size=1), "message": st.text()},
    optional={"details": json_values, "request_id": st.text(), "x_more": json_values},
)


@pytest.fixture(scope="module")
def validators() -> dict[str, jsonschema_rs.Validator]:
    """Of all that binds: what only should be so is no reason for a client to fail."""
    agreed = contract.load(ROOT / "spec/openapi.yaml", [ROOT / "spec/promises.overlay.yaml"])
    components = client_document(agreed)["components"]
    return {
        name: jsonschema_rs.Draft202012Validator(
            {"$ref": f"#/components/schemas/{name}", "components": components}, validate_formats=True
        )
        for name in ("Job", "Error")
    }


@given(body=jobs())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_job_that_the_contract_allows_comes_back_unchanged(
    validators: dict[str, jsonschema_rs.Validator], body: dict[str, Any]
) -> None:
    assert [error.message for error in validators["Job"].iter_errors(body)] == []
    assert _comparable(_decoded(body).to_dict()) == _comparable(body)


@given(body=errors)
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_error_that_the_contract_allows_comes_back_unchanged(
    validators: dict[str, jsonschema_rs.Validator], body: dict[str, Any]
) -> None:
    assert validators["Error"].is_valid(body)
    with pytest.raises(NotFoundError) as caught:
        _answered(404, body)
    assert isinstance(caught.value.body, Error)
    assert caught.value.body.to_dict() == body


def _comparable(body: dict[str, Any]) -> dict[str, Any]:
    """Instants as instants, UUIDs in one case."""
    times = {name: body[name] for name in ("created_at", "started_at", "completed_at") if body.get(name) is not None}
    return body | {"job_id": body["job_id"].lower()} | {name: _instant(text) for name, text in times.items()}


def _instant(text: str) -> dt.datetime:
    leap = text[17:19] == "60"
    readable = text.upper()[:17] + ("59" if leap else text[17:19]) + text.upper()[19:]
    return dt.datetime.fromisoformat(readable) + dt.timedelta(seconds=leap)


def _answered(status: int, body: Any) -> Job:
    """What comes of a body; one client for all, for making one takes longer than a call."""
    answers[:] = [httpx.Response(status, content=json.dumps(body).encode())]
    return api.jobs.get_job(ID)


answers: list[httpx.Response] = []
api = Client(
    "key",
    base_url="https://jobs.example",
    http_client=httpx.Client(transport=httpx.MockTransport(lambda _: answers[0])),
)


def _decoded(body: Any) -> Job:
    return _answered(200, body)


def _refused(body: Any) -> DecodingError:
    with pytest.raises(DecodingError) as caught:
        _decoded(body)
    return caught.value
