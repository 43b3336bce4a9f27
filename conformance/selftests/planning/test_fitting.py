"""What a target says and the document has no place for: told before anything is sent, with its line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assay import plan
from assay.claims import Ledger
from assay.errors import UserError
from assay.plan.steps import Plan
from assay.target import target_file

DOCUMENT = """\
openapi: 3.1.0
info: {title: Doors, version: 1.0.0}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
    app: {type: apiKey, in: header, name: X-App}
    user: {type: apiKey, in: query, name: key}
paths:
  /token/{id}:
    get:
      operationId: getToken
      security: [{token: []}]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: It.}, "401": {description: No.}}
  /app:
    get:
      operationId: getApp
      security: [{app: []}]
      responses: {"200": {description: It.}, "401": {description: No.}}
  /open:
    get:
      operationId: getOpen
      responses: {"200": {description: It.}}
"""
BEARER, KEY = '[credentials.default]\nbearer = "t0ken-t0ken"\n', '[credentials.key]\napi_key = "k3y-k3y-k3y"\n'

Refused = Callable[[str], UserError]


@pytest.fixture(scope="module")
def doors(ledger_of: Callable[[str], Ledger]) -> Ledger:
    return ledger_of(DOCUMENT)


@pytest.fixture
def unfit(doors: Ledger, file: Callable[..., Path]) -> Refused:
    def make(text: str) -> UserError:
        path = file(text)
        with pytest.raises(UserError) as caught:
            plan.plan(doors, target_file.load(path), seed=1)
        caught.value.where = caught.value.where.replace(str(path), "target.toml")
        return caught.value

    return make


@pytest.fixture
def fits(doors: Ledger, file: Callable[..., Path]) -> Callable[[str], Plan]:
    return lambda text: plan.plan(doors, target_file.load(file(text)), seed=1)


class TestCredentials:
    def test_one_that_no_operation_takes_is_said(self, unfit: Refused) -> None:
        error = unfit('[credentials.default]\nbasic = { username = "me", password = "nobody" }')
        assert (error.where, error.what) == (
            "target.toml:3",
            "[credentials.default] is basic, and no operation of the document takes that",
        )
        assert error.todo == "they take a bearer token; an API key in the header 'X-App' (app)"

    def test_a_key_for_a_scheme_that_there_is_not_is_said(self, unfit: Refused) -> None:
        error = unfit('[credentials.default]\napi_key = { ap = "k3y-k3y-k3y" }')
        assert (error.what, error.todo) == ("the document has no API key scheme 'ap'", "did you mean 'app'?")

    def test_a_state_that_names_one_of_another_kind_is_said(self, unfit: Refused) -> None:
        error = unfit(BEARER + KEY + '[states."getToken 200"]\ncredentials = "key"\npath = { id = "1" }')
        told = "getToken takes a bearer token, and [credentials.key] is an API key"
        assert (error.where, error.what) == (
            "target.toml:7",
            f"'getToken 200' would be asked without a credential: {told}",
        )

    def test_a_state_without_one_is_said_where_the_default_does_not_fit(self, unfit: Refused) -> None:
        error = unfit(BEARER + KEY + '[states."getApp 200"]')
        assert "getApp takes an API key in the header 'X-App' (app)" in error.what
        assert error.todo == "name one that it takes: credentials = …"

    def test_one_named_for_an_operation_that_takes_none_is_said(self, unfit: Refused) -> None:
        error = unfit(BEARER + '[states."getOpen 200"]\ncredentials = "default"')
        assert "getOpen takes no credential" in error.what

    @pytest.mark.parametrize(
        "state",
        [
            '[states."getApp 200"]\ncredentials = "key"',
            '[states."getApp 200"]\nheaders = { x-app = "by hand" }',
            '[states."getApp 401 without any"]',
            '[states."getOpen 200"]',
        ],
    )
    def test_what_fits_is_planned(self, state: str, fits: Callable[[str], Plan]) -> None:
        assert fits(BEARER + KEY + state).steps

    def test_a_read_whose_credential_is_missing_is_not_sent_without(self, fits: Callable[[str], Plan]) -> None:
        planned = fits(BEARER)
        assert "getApp 200" not in [each.id for each in planned.steps]
        reasons = {each.operation: each.reason for each in planned.unplanned if each.status == "200"}
        assert reasons["getApp"] == (
            "getApp takes an API key in the header 'X-App' (app), and [credentials.default] is a bearer token"
        )


class TestHeaders:
    @pytest.mark.parametrize("name", ["Authorization", "authorization", "x-app"])
    def test_a_credential_is_no_header_of_all_requests(self, name: str, unfit: Refused) -> None:
        error = unfit(f'[http]\nheaders = {{ {name} = "Bearer it" }}')
        assert error.where == "target.toml:4"
        assert "is where a credential of" in error.what
        assert error.todo == "give it under [credentials.default]"


class TestLevels:
    @pytest.mark.parametrize("pattern", ["http", "security", "getToken/security/*", "*/hygiene/*"])
    def test_a_rule_that_there_is_may_be_named(self, pattern: str, fits: Callable[[str], Plan]) -> None:
        assert fits(f'[levels]\n"{pattern}" = "should"').steps

    def test_one_that_there_is_not_has_a_nearest_name(self, unfit: Refused) -> None:
        error = unfit('[levels]\n"getToken/security/mising" = "should"')
        assert (error.where, error.what) == ("target.toml:4", "[levels] 'getToken/security/mising' names no claim")
        assert error.todo == "did you mean 'getToken/security/missing'?"

    def test_what_the_document_itself_says_has_the_level_that_it_has_there(self, unfit: Refused) -> None:
        error = unfit('[levels]\n"getToken/200/*" = "should"')
        assert error.what == "[levels] 'getToken/200/*' names claims of the document itself"


def test_a_state_of_an_excluded_response_would_never_be_entered(unfit: Refused) -> None:
    excluded = '[excluded."getOpen 200"]\nreason = "closed"\nowner = "us"\n'
    error = unfit(f'{excluded}[states."getOpen 200 at night"]')
    assert (error.where, error.what) == (
        "target.toml:6",
        "'getOpen 200 at night' is a state of a response that is excluded",
    )
    assert error.todo == "delete the state or the exclusion"
