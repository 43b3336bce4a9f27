"""Every body that is valid under the contract decodes and encodes back, but for known limits of generated clients.

The limits are stated here, so that one that goes, or a new one, is noticed. In each case the subject says so of the
client: it neither fails itself nor says that all is well.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from assay import pointer
from assay.claims import Ledger
from assay.client import Client
from assay.contract import Contract
from assay.recording.exchange import Exchange

Found = Callable[..., dict[str, Any]]
Made = Callable[..., Exchange]

SAME_EACH_TIME = settings(
    derandomize=True,
    database=None,
    deadline=None,
    print_blob=False,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)

PENDING = {
    "job_id": "4be2f1a6-0a3c-4c58-9d0e-6f1f0f6f7c11",
    "status": "pending",
    "created_at": "2026-03-01T12:00:00Z",
}
STARTED = {**PENDING, "status": "processing"}


def bodies(contract: Contract, operation: str, status: str) -> st.SearchStrategy[Any]:
    """Valid bodies of a documented response: drawn as those of a request with the same schema are."""
    known = contract.operation(operation)
    assert known is not None
    schema = next(each.media[0].schema for each in known.responses if each.status == status)
    content = {"application/json": {"schema": {"$ref": pointer.reference(schema)}}}
    asking = {"post": {"requestBody": {"required": True, "content": content}, "responses": {}}}
    document = {**contract.data, "paths": {**contract.data["paths"], "/asking": asking}}
    loaded = schemathesis.openapi.from_dict(document, config=schemathesis.Config())
    cases = loaded["/asking"]["POST"].as_strategy(generation_mode=GenerationMode.POSITIVE)
    return cases.map(lambda case: case.body)


def is_beyond_types(body: Any) -> bool:
    """Two limits of what generated clients take: 3.0 is an integer to JSON Schema, and no `int` to Python; and the
    first alternative that decodes is taken, though it does not look at types.
    """
    integers = ("scenes_completed", "scenes_total", "number", "pages", "minutes", "item")
    objects = [each for each in (body if isinstance(body, list) else [body]) if isinstance(each, dict)]
    return any(
        any(isinstance(each.get(name), float) for name in integers)
        or ("minutes" in each and "author" in each and not isinstance(each["author"], str))
        for each in objects
    )


class TestValidBodies:
    @pytest.mark.parametrize(("operation", "status", "examples"), [("getJob", "200", 75), ("getJob", "451", 25)])
    def test_of_the_jobs(
        self, operation: str, status: str, examples: int, ledger: Ledger, jobs: Client, found: Found, exchange: Made
    ) -> None:
        @settings(SAME_EACH_TIME, max_examples=examples)
        @given(bodies(ledger.contract, operation, status))
        def check(body: Any) -> None:
            seen = found(jobs, exchange(int(status), body))
            assert seen[f"{status}/decodes"].verdict == ("violated" if is_beyond_types(body) else "held"), body
            assert seen[f"{status}/round-trip"].verdict == "held", seen[f"{status}/round-trip"].reason
            assert not seen["undocumented"].exercised, body

        check()

    @pytest.mark.parametrize(
        ("operation", "status", "examples"),
        [("listItems", "200", 50), ("GET /topics", "200", 15), ("getLoan", "200", 50), ("getLoan", "default", 25)],
    )
    def test_of_the_library(
        self, operation: str, status: str, examples: int,
        library_ledger: Ledger, library: Client, found: Found, exchange: Made,
    ) -> None:  # fmt: skip
        @settings(SAME_EACH_TIME, max_examples=examples)
        @given(bodies(library_ledger.contract, operation, status))
        def check(body: Any) -> None:
            sent = exchange(int(status.replace("default", "503")), body, operation=operation)
            seen = found(library, sent, of=library_ledger)
            assert seen[f"{status}/decodes"].verdict == ("violated" if is_beyond_types(body) else "held"), body
            assert seen[f"{status}/round-trip"].verdict == "held", seen[f"{status}/round-trip"].reason

        check()


class TestLimits:
    @pytest.mark.parametrize(
        ("body", "claim", "got"),
        [
            pytest.param(
                {**PENDING, "created_at": "2026-03-01T12:00:00z"},
                "decodes",
                "ValueError: Invalid isoformat string: '2026-03-01T12:00:00z'",
                id="a lower-case z",
            ),
            pytest.param(
                {**PENDING, "created_at": "2016-12-31T23:59:60Z"},
                "decodes",
                "ValueError: second must be in 0..59",
                id="a leap second",
            ),
            pytest.param(
                {**PENDING, "created_at": "0000-01-01T00:00:00Z"},
                "decodes",
                "ValueError: year 0 is out of range",
                id="the year 0",
            ),
            pytest.param(
                {**STARTED, "started_at": "2026-03-01T12:00:00z"},
                "decodes",
                "it.started_at is str, not datetime | None | Unset",
                id="a lower-case z in a field that may be null",
            ),
            pytest.param(
                {**PENDING, "created_at": "2026-03-01T12:00:00.1234567Z"},
                "round-trip",
                "'2026-03-01T12:00:00.1234567Z' became '2026-03-01T12:00:00.123456+00:00' at /created_at",
                id="a tenth of a microsecond",
            ),
            pytest.param(
                {**PENDING, "scenes_total": 3.0},
                "decodes",
                "it.scenes_total is float, not int | Unset",
                id="an integer with a point",
            ),
        ],
    )
    def test_it_is_the_clients_and_said_so(
        self, body: dict[str, Any], claim: str, got: str, jobs: Client, found: Found, exchange: Made
    ) -> None:
        seen = found(jobs, exchange(200, body))
        assert {name: each.failures[0].got for name, each in seen.items() if each.verdict == "violated"} == {
            f"200/{claim}": got
        }

    def test_the_default_is_decoded_for_no_status_outside_the_registry(
        self, library: Client, library_ledger: Ledger, found: Found, exchange: Made
    ) -> None:
        sent = exchange(599, {"title": "No"}, operation="getLoan")
        seen = found(library, sent, of=library_ledger)
        assert seen["default/decodes"].failures[0].got == "ValueError: 599 is not a valid HTTPStatus"

    def test_a_number_beyond_doubles_is_changed(self, jobs: Client, found: Found, exchange: Made) -> None:
        body = json.dumps({"error": "x", "message": "y", "details": 0}).replace("0", "1e400").encode()
        assert found(jobs, exchange(500, body))["500/round-trip"].failures[0].at == "/details"

    @pytest.mark.parametrize("depth", [10, 100, 200])
    def test_a_deep_tree(
        self, depth: int, library: Client, library_ledger: Ledger, found: Found, exchange: Made
    ) -> None:
        body = b'{"name": "x", "parts": [' * depth + b'{"name": "y"}' + b"]}" * depth
        seen = found(library, exchange(200, body, operation="GET /topics"), of=library_ledger)
        assert {each.verdict for each in seen.values() if each.exercised} == {"held"}

    @pytest.mark.parametrize("depth", [100, 100_000])
    def test_depth(self, depth: int, jobs: Client, found: Found, exchange: Made) -> None:
        body = b'{"error": "x", "message": "y", "details": ' + b"[" * depth + b"]" * depth + b"}"
        seen = found(jobs, exchange(500, body))
        verdicts = {name: each.verdict for name, each in seen.items() if each.exercised}
        shallow = {"500/decodes": "held", "500/round-trip": "held"}
        assert verdicts == (shallow if depth == 100 else {"undocumented": "violated"})


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00+00:00"),
        ("2026-03-01T12:00:00.500Z", "2026-03-01T12:00:00.500000+00:00"),
        ("2026-03-01T12:00:00Z", "2026-03-01T14:00:00+02:00"),
        ("2026-03-01t12:00:00-00:00", "2026-03-01T12:00:00+00:00"),
    ],
)
def test_another_way_to_write_an_instant_is_the_same(
    was: str, now: str, changed: Callable[..., Client], found: Found, exchange: Made
) -> None:
    writing = changed("models/job.py", "created_at = self.created_at.isoformat()", f"created_at = {now!r}")
    assert found(writing, exchange(200, {**PENDING, "created_at": was}))["200/round-trip"].verdict == "held"
