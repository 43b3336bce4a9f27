"""What is planned for whole documents: the flagship, and one that shares nothing with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assay import plan
from assay.claims import Ledger
from assay.plan.steps import Plan, Step
from assay.target import Target, target_file

Loaded = Callable[..., Target]

CARD = '[credentials.default]\napi_key = "card-1234"\n'
STATUSES = ("200", "400", "401", "402", "403", "404", "409", "422", "429", "451", "500", "502", "503")
HINT = '[hint]\nheader = "Prefer: code={status}"\n'


@pytest.fixture(scope="module")
def nothing() -> Target:
    return target_file.from_url("https://h")


def _steps(planned: Plan) -> dict[str, Step]:
    return {each.id: each for each in planned.steps}


def _open(planned: Plan) -> dict[str, str]:
    return {f"{each.operation} {each.status}": each.todo for each in planned.unplanned}


class TestFlagshipWithoutStates:
    @pytest.fixture
    def planned(self, flagship: Ledger, nothing: Target) -> Plan:
        return plan.plan(flagship, nothing, seed=1)

    def test_three_responses_follow_from_the_document(self, planned: Plan) -> None:
        assert {each.due: each.driver for each in planned.steps} == dict.fromkeys(("400", "401", "404"), "derived")

    def test_a_malformed_identifier_is_due_a_400(self, planned: Plan) -> None:
        assert _steps(planned)["getJob 400"].call.path == {"id": "not-a-uuid"}

    def test_no_credential_is_due_a_401(self, planned: Plan) -> None:
        assert _steps(planned)["getJob 401"].call.credential is None

    def test_all_others_say_what_is_to_be_supplied(self, planned: Plan) -> None:
        todo = _open(planned)
        assert set(todo) == {f"getJob {each}" for each in STATUSES if each not in ("400", "401", "404")}
        # without a credential there is no good answer, whatever the state
        assert todo.pop("getJob 200").startswith("give [credentials.default] in the target file")
        assert all(f'declare [states."{name}"] in the target file' in text for name, text in todo.items())

    def test_the_advice_is_of_use(self, planned: Plan) -> None:
        todo = _open(planned)
        assert todo["getJob 429"].endswith(": burst = N, more requests at once than are allowed")
        assert todo["getJob 502"].endswith(": a setup URL or a command that makes the server fail so")
        assert todo["getJob 200"].endswith(": the path and query values of a resource that is there")
        assert todo["getJob 451"].endswith("the values, credentials, setup URL or command under which it is due")

    def test_it_is_a_whole_plan(self, planned: Plan) -> None:
        assert planned.partial == ""
        assert planned.probes

    def test_the_same_seed_plans_the_same(self, flagship: Ledger, nothing: Target, planned: Plan) -> None:
        assert plan.plan(flagship, nothing, seed=1) == planned
        assert plan.plan(flagship, nothing, seed=2).steps != planned.steps


class TestFlagshipAtAMock:
    @pytest.fixture
    def planned(self, flagship: Ledger, loaded: Loaded) -> Plan:
        return plan.plan(flagship, loaded(HINT), seed=1)

    def test_each_response_is_hinted(self, planned: Plan) -> None:
        assert {each.due: (each.driver, each.grade) for each in planned.steps} == dict.fromkeys(
            STATUSES, ("hint", "hinted")
        )
        assert planned.unplanned == ()

    def test_the_hint_names_the_status(self, planned: Plan) -> None:
        assert _steps(planned)["getJob 402"].call.headers == {"Prefer": "code=402"}

    def test_the_same_request_without_it_is_the_control(self, planned: Plan) -> None:
        step = _steps(planned)["getJob 402"]
        assert step.control is not None
        assert (step.control.headers, step.control.path) == ({}, step.call.path)

    def test_a_2xx_needs_none(self, planned: Plan) -> None:
        assert _steps(planned)["getJob 200"].control is None

    def test_behaviour_is_not_asked_for(self, planned: Plan) -> None:
        assert (planned.probes, planned.explorations) == ((), ())

    def test_a_declared_state_comes_first(self, flagship: Ledger, loaded: Loaded) -> None:
        planned = plan.plan(flagship, loaded(HINT + '[states."getJob 404"]\npath = { id = "x" }'), seed=1)
        assert _steps(planned)["getJob 404"].driver == "fixture"

    def test_a_range_cannot_be_hinted(self, library: Ledger, loaded: Loaded) -> None:
        drivers = {each.id: each.driver for each in plan.plan(library, loaded(HINT), seed=1).steps}
        assert drivers["getLoan 200"] == "hint"
        assert drivers["getLoan default"] == "derived"
        assert "listItems 4XX" not in drivers


class TestFlagshipAtItsReference:
    @pytest.fixture
    def planned(self, flagship: Ledger, root: Path) -> Plan:
        return plan.plan(flagship, target_file.load(root / "conformance/targets/reference.toml"), seed=1)

    def test_every_response_is_planned(self, planned: Plan) -> None:
        assert {each.due for each in planned.steps} == set(STATUSES)
        assert planned.unplanned == ()

    def test_what_is_provoked_has_a_control(self, planned: Plan) -> None:
        provoked = [each for each in planned.steps if each.grade == "provoked" and each.due[0] != "2"]
        assert provoked
        assert all(each.control is not None and each.exclusive for each in provoked)

    def test_a_labelled_state_stands_beside_what_is_derived(self, planned: Plan) -> None:
        found = [each.id for each in planned.steps if each.due == "404"]
        assert found == ["getJob 404 another account's job", "getJob 404 derived"]


class TestLibrary:
    def test_only_reads_are_sent_unless_told(self, library: Ledger, nothing: Target) -> None:
        planned = plan.plan(library, nothing, seed=1)
        assert {each.operation.method for each in planned.steps} == {"GET"}
        assert {each.call.method for each in planned.probes} <= {"", "POST", "PUT", "PATCH", "DELETE"}
        assert {each.call.operation.method for each in planned.probes} == {"GET"}

    def test_what_changes_things_says_how_to_allow_it(self, library: Ledger, nothing: Target) -> None:
        planned = plan.plan(library, nothing, seed=1)
        withheld = {each.reason: each.todo for each in planned.unplanned if each.operation in ("addItem", "removeItem")}
        todo = "run with --allow-writes against a server that may change"
        assert withheld == {"POST changes things": todo, "DELETE changes things": todo}

    def test_a_read_that_needs_nothing_is_due_its_2xx(self, library: Ledger, nothing: Target) -> None:
        due = {each.id for each in plan.plan(library, nothing, seed=1).steps if each.due == "200"}
        assert due == {"GET /topics 200"}

    def test_a_read_that_needs_a_credential_says_which(self, library: Ledger, nothing: Target) -> None:
        planned = plan.plan(library, nothing, seed=1)
        without = {each.operation: each for each in planned.unplanned if each.status == "200"}
        assert without["listItems"].reason == (
            "listItems takes an API key in the header 'X-Library-Card' (card), and there are no [credentials.default]"
        )
        assert without["listItems"].todo.startswith("give [credentials.default] in ")

    def test_an_unknown_identifier_is_due_the_default(self, library: Ledger, nothing: Target) -> None:
        assert _steps(plan.plan(library, nothing, seed=1))["getLoan default"].driver == "derived"

    def test_a_malformed_body_is_due_a_422_where_no_400_is_documented(self, library: Ledger, nothing: Target) -> None:
        steps = _steps(plan.plan(library, nothing, seed=1, writes=True))
        assert steps["borrow 422"].call.body == b'{"'

    def test_a_write_is_due_a_404_too(self, library: Ledger, nothing: Target) -> None:
        assert "removeItem 404" in _steps(plan.plan(library, nothing, seed=1, writes=True))

    def test_a_write_is_only_tried_for_its_2xx_where_nobody_declares_it(self, library: Ledger, loaded: Loaded) -> None:
        steps = _steps(plan.plan(library, loaded(CARD), seed=1, writes=True))
        assert {steps[each].driver for each in ("addItem 201", "removeItem 204", "borrow 201")} == {"tried"}

    def test_without_a_credential_it_is_not_tried(self, library: Ledger, nothing: Target) -> None:
        planned = plan.plan(library, nothing, seed=1, writes=True)
        assert {"addItem 201", "removeItem 204", "borrow 201"} <= set(_open(planned))

    def test_a_state_of_a_write_has_a_body_made_up(self, library: Ledger, loaded: Loaded) -> None:
        text = '[credentials.default]\napi_key = "card-1234"\n[states."addItem 201"]'
        step = _steps(plan.plan(library, loaded(text), seed=1, writes=True))["addItem 201"]
        assert step.call.body["kind"] in ("book", "film")
        assert step.call.credential is not None

    @pytest.mark.parametrize("writes", [False, True])
    def test_every_response_has_a_step_or_a_reason(self, writes: bool, library: Ledger, nothing: Target) -> None:
        planned = plan.plan(library, nothing, seed=1, writes=writes)
        found = {(each.operation.id, each.due) for each in planned.steps}
        left = {(each.operation, each.status) for each in planned.unplanned}
        assert found | left == set(library.responses)
        assert not found & left
        assert all(each.reason and each.todo for each in planned.unplanned)


class TestElsewhere:
    def test_what_the_document_has_at_another_host_is_not_sent(
        self, ledger_of: Callable[[str], Ledger], nothing: Target
    ) -> None:
        text = """
            openapi: 3.1.0
            info: {title: Files, version: '1'}
            servers: [{url: https://api.example.com}]
            paths:
              /files:
                servers: [{url: https://files.example.com/v1}]
                get: {responses: {'200': {description: OK}}}
        """
        planned = plan.plan(ledger_of(text), nothing, seed=1, examples=1)
        assert (planned.steps, planned.probes, planned.explorations) == ((), (), ())
        assert [each.reason for each in planned.unplanned] == [
            "the document has it at another server, https://files.example.com/v1"
        ]
