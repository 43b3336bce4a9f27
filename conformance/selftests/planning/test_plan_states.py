"""States that a target declares → steps: their drivers, their values, their controls."""

from collections.abc import Callable

import pytest

from assay import plan
from assay.claims import Ledger
from assay.plan.steps import Plan, Step
from assay.target import Target

Loaded = Callable[..., Target]
Planned = Callable[..., Plan]

DOCUMENT = """\
openapi: 3.1.0
info: {title: Plans, version: 1.0.0}
components:
  securitySchemes: {key: {type: http, scheme: bearer}}
paths:
  /things/{id}:
    get:
      operationId: getThing
      security: [{key: []}]
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: Authorization, in: header, required: true, schema: {type: string}}
        - {name: X-Tenant, in: header, required: true, schema: {type: string}, example: t1}
        - {name: lang, in: query, required: true, schema: {type: string}, example: en}
        - {name: page, in: query, schema: {type: integer}}
        - {name: sid, in: cookie, required: true, schema: {type: string}, example: s1}
      responses:
        "200": {description: OK}
        "202": {description: Later}
        "400": {description: Bad}
        "401": {description: No}
        "404": {description: None}
        "409": {description: Conflict}
        "429": {description: Slow}
  /health:
    get:
      operationId: health
      responses: {"200": {description: OK}, "204": {description: OK}, "404": {description: None}}
  /search:
    get:
      operationId: search
      parameters: [{name: q, in: query, required: true, schema: {type: string}}]
      responses: {"200": {description: OK}, "422": {description: Bad}, "4XX": {description: Bad}}
"""

SETUP = 'setup = { url = "http://127.0.0.1:1/s", state = "x" }'
GOOD = '[states."getThing 200"]\npath = { id = "a" }\n'


@pytest.fixture(scope="module")
def plans(ledger_of: Callable[[str], Ledger]) -> Ledger:
    return ledger_of(DOCUMENT)


@pytest.fixture(scope="module")
def planned(plans: Ledger, loaded: Loaded) -> Planned:
    def make(text: str = "", **changes: object) -> Plan:
        whole: dict[str, object] = {"seed": 1, **changes}
        return plan.plan(plans, loaded(text), **whole)  # type: ignore[arg-type]

    return make


@pytest.fixture(scope="module")
def step(planned: Planned) -> Callable[..., Step]:
    """The step of that name."""

    def make(name: str, text: str) -> Step:
        return next(each for each in planned(text).steps if each.id == name)

    return make


Named = Callable[..., Step]


class TestDriver:
    @pytest.mark.parametrize(
        ("text", "driver", "grade", "exclusive", "times"),
        [
            ("", "fixture", "natural", False, 1),
            (SETUP, "setup", "provoked", True, 1),
            ('command = ["break"]', "command", "provoked", True, 1),
            ("burst = 30", "burst", "natural", True, 30),
            (f"{SETUP}\nburst = 30", "setup", "provoked", True, 30),
            (f"{SETUP}\npoll = {{ every = 1, within = 9 }}", "setup", "provoked", False, 1),
        ],
    )
    def test_it_follows_from_how_the_state_is_entered(
        self, text: str, driver: str, grade: str, exclusive: bool, times: int, step: Named
    ) -> None:
        made = step("getThing 409", f'[states."getThing 409"]\n{text}')
        assert (made.driver, made.grade, made.exclusive, made.times) == (driver, grade, exclusive, times)


class TestControl:
    @pytest.mark.parametrize("text", [SETUP, 'command = ["break"]', "burst = 30"])
    def test_what_changes_the_server_has_one(self, text: str, step: Named) -> None:
        made = step("getThing 409", f'[states."getThing 409"]\n{text}')
        assert (made.control, made.uncontrolled) == (made.call, "")

    def test_data_alone_needs_none(self, step: Named) -> None:
        assert step("getThing 409", '[states."getThing 409"]').control is None

    def test_a_2xx_needs_none(self, step: Named) -> None:
        assert step("getThing 200", f'[states."getThing 200"]\n{SETUP}').control is None

    def test_one_that_waits_for_the_setup_borrows_another_resource(self, step: Named) -> None:
        made = step("getThing 409", f'{GOOD}[states."getThing 409"]\npath = {{ id = "{{setup.id}}" }}\n{SETUP}')
        assert made.control is not None
        assert made.control.path == {"id": "a"}

    @pytest.mark.parametrize("other", ["", f'[states."getThing 200"]\npath = {{ id = "{{setup.id}}" }}\n{SETUP}\n'])
    def test_where_there_is_none_it_says_so(self, other: str, step: Named) -> None:
        made = step("getThing 409", f'{other}[states."getThing 409"]\npath = {{ id = "{{setup.id}}" }}\n{SETUP}')
        assert made.control is None
        assert made.uncontrolled.startswith("it needs a state 'getThing 200' with fixed values")


class TestValues:
    def test_what_is_needed_and_known_is_filled_in(self, step: Named) -> None:
        call = step("getThing 200", GOOD).call
        assert (call.path, call.query, call.headers) == (
            {"id": "a"},
            {"lang": "en"},
            {"X-Tenant": "t1", "Cookie": "sid=s1"},
        )

    def test_what_the_state_gives_comes_first(self, step: Named) -> None:
        text = GOOD + 'query = { lang = "de", page = 2 }\nheaders = { x-tenant = "t2", cookie = "sid=s2; a=1" }'
        call = step("getThing 200", text).call
        assert (call.query, call.headers) == ({"lang": "de", "page": 2}, {"x-tenant": "t2", "Cookie": "sid=s2; a=1"})

    def test_a_cookie_of_the_state_stays_beside_what_is_needed(self, step: Named) -> None:
        assert step("getThing 200", GOOD + 'headers = { Cookie = "a=1" }').call.headers["Cookie"] == "a=1; sid=s1"

    def test_an_identifier_that_nobody_knows_is_made_up_where_none_has_to_be_there(self, step: Named) -> None:
        assert step("getThing 409", '[states."getThing 409"]').call.path["id"].startswith("unknown-")

    def test_a_body_of_the_state_is_sent(self, step: Named) -> None:
        assert step("getThing 200", GOOD + "body = { a = 1 }").call.body == {"a": 1}

    @pytest.mark.parametrize(("given", "name"), [("", "default"), ('credentials = "other"', "other")])
    def test_its_credentials_are_the_default_or_its_own(self, given: str, name: str, step: Named) -> None:
        keys = '[credentials.default]\nbearer = "a-secret-1"\n[credentials.other]\nbearer = "a-secret-2"\n'
        credential = step("getThing 200", keys + GOOD + given).call.credential
        assert credential is not None
        assert credential.name == name


class TestLacking:
    def test_a_resource_that_is_not_named_is_no_step(self, planned: Planned) -> None:
        made = planned('[states."getThing 200"]')
        assert "200" not in {each.due for each in made.steps if each.operation.id == "getThing"}
        reasons = {(each.operation, each.status): each.reason for each in made.unplanned}
        assert reasons["getThing", "200"] == "the state gives no path value for 'id'"

    def test_what_is_declared_already_is_to_be_completed(self, planned: Planned) -> None:
        made = planned('[states."getThing 200 of mine"]')
        advice = {(each.operation, each.status): each.todo for each in made.unplanned}["getThing", "200"]
        assert advice.startswith('complete [states."getThing 200 of mine"] in ')
        assert advice.endswith(", or name an `example` in the document")

    def test_one_that_a_setup_makes_need_not_be_named(self, step: Named) -> None:
        assert step("getThing 200", f'[states."getThing 200"]\n{SETUP}').driver == "setup"

    def test_another_state_may_do_instead(self, planned: Planned) -> None:
        made = planned(GOOD + '[states."getThing 200 lacking"]')
        assert [each.id for each in made.steps if each.due == "200" and each.operation.id == "getThing"] == [
            "getThing 200"
        ]


class TestDerived:
    def _due(self, made: Plan, operation: str) -> dict[str, str]:
        return {each.id: each.driver for each in made.steps if each.operation.id == operation}

    def test_the_first_2xx_of_a_read_that_needs_nothing(self, planned: Planned) -> None:
        assert self._due(planned(), "health") == {"health 200": "derived"}

    def test_none_where_something_is_needed_that_nobody_knows(self, planned: Planned) -> None:
        assert self._due(planned(), "search") == {}

    def test_a_malformed_query_value_where_no_path_has_one(self, planned: Planned) -> None:
        made = next(each for each in planned().steps if each.id == "getThing 400")
        assert made.call.query == {"lang": "en", "page": "not-an-integer"}

    def test_a_labelled_state_does_not_replace_it(self, planned: Planned) -> None:
        made = self._due(planned('[states."getThing 404 foreign"]\npath = { id = "b" }'), "getThing")
        assert {each: driver for each, driver in made.items() if "404" in each} == {
            "getThing 404 foreign": "fixture", "getThing 404 derived": "derived",
        }  # fmt: skip

    def test_its_name_is_its_own(self, planned: Planned) -> None:
        made = self._due(planned('[states."getThing 404 derived"]\npath = { id = "b" }'), "getThing")
        assert {each: driver for each, driver in made.items() if "404" in each} == {
            "getThing 404 derived": "fixture", "getThing 404 derived*": "derived",
        }  # fmt: skip

    def test_a_state_without_a_label_does(self, planned: Planned) -> None:
        made = self._due(planned('[states."getThing 404"]\npath = { id = "b" }'), "getThing")
        assert {each: driver for each, driver in made.items() if "404" in each} == {"getThing 404": "fixture"}

    def test_no_2xx_beside_a_declared_one(self, planned: Planned) -> None:
        made = self._due(planned('[states."health 200 cold"]'), "health")
        assert made == {"health 200 cold": "fixture"}


class TestSelection:
    def test_a_pattern_selects_responses(self, planned: Planned) -> None:
        made = planned(select="getThing 4*")
        found = {each.due for each in made.steps} | {each.status for each in made.unplanned}
        assert found == {"400", "401", "404", "409", "429"}

    def test_a_selected_plan_is_partial(self, planned: Planned) -> None:
        made = planned(select="health *")
        assert (made.partial, made.probes, made.explorations) == ("--select health *", (), ())

    def test_what_is_excluded_is_not_planned(self, planned: Planned) -> None:
        made = planned('[excluded."getThing 409"]\nreason = "r"\nowner = "o"')
        assert "409" not in {each.due for each in made.steps} | {each.status for each in made.unplanned}


class TestExploration:
    def test_each_operation_is_explored_where_examples_are_asked_for(self, planned: Planned) -> None:
        assert planned().explorations == ()
        assert [each.operation.id for each in planned(examples=5).explorations] == ["getThing", "health", "search"]

    def test_resources_that_states_name_are_known(self, planned: Planned) -> None:
        made = planned(GOOD, examples=5).explorations[0]
        assert [each.path for each in made.known] == [{"id": "a"}]

    def test_one_that_is_polled_is_left_alone(self, planned: Planned) -> None:
        made = planned(GOOD + "poll = { every = 1, within = 9 }", examples=5).explorations[0]
        assert made.known == ()
