"""`assay init`: the file that it writes is a target file, asks for everything that is missing, and accuses nobody."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay import claims, contract, plan
from assay.claims import Ledger, name_of
from assay.target import target_file
from selftests.running import miniatures
from selftests.running.miniatures import Behaviour, Miniature

Assay = Callable[..., Any]


@pytest.fixture
def written(assay: Assay, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., tuple[str, Ledger, Any]]:
    """What `init` writes for a document, its ledger, and the target that comes of it with every variable set."""

    def write(document: Path) -> tuple[str, Ledger, Any]:
        said = assay("init", "--spec", document, "--url", "http://127.0.0.1:1", "-o", "mine.toml")
        assert said.status == 0, said.all
        text = (tmp_path / "mine.toml").read_text()
        for name in re.findall(r'env = "(\w+)"', text):
            assert f"export {name}=…" in said.out
            monkeypatch.setenv(name, f"value-of-{name}")
        return text, claims.ledger(contract.load(document)), target_file.load(tmp_path / "mine.toml")

    return write


@pytest.mark.parametrize("name", ["spec/openapi.yaml", "conformance/selftests/documents/library.yaml"])
def test_there_is_an_entry_for_each_response_that_needs_one(
    name: str, root: Path, written: Callable[..., tuple[str, Ledger, Any]]
) -> None:
    text, ledger, target = written(root / name)
    planned = plan.plan(ledger, target, seed=1, writes=True)
    missing = [name_of(each.operation, each.status) for each in planned.unplanned]
    assert missing
    assert missing == [each.name for each in target.states]
    assert all(each.reason.startswith("the state is to be filled in: ") for each in planned.unplanned)
    assert all(f"# {each}, " in text for each in missing)


@pytest.mark.parametrize("name", ["spec/openapi.yaml", "conformance/selftests/documents/library.yaml"])
def test_what_is_suggested_can_be_filled_in(
    name: str, root: Path, tmp_path: Path, written: Callable[..., tuple[str, Ledger, Any]]
) -> None:
    text, ledger, _ = written(root / name)
    filled = re.sub(r"(?m)^todo = .*\n", "", text).replace("body = { … }", "body = { a = 1 }")
    filled = re.sub(r"(?m)^# (command = .*)", "", filled).replace('"http://…"', '"http://127.0.0.1:9"')
    filled = re.sub(r"(?m)^# ((?:path|query|body|setup|burst) = .*)", r"\1", filled).replace('"…"', '"1"')
    (tmp_path / "filled.toml").write_text(filled)
    assert plan.plan(ledger, target_file.load(tmp_path / "filled.toml"), seed=1, writes=True).unplanned == ()


def test_a_run_with_it_asks_for_the_variable_and_then_for_the_states(
    assay: Assay, start: Callable[[Behaviour], Miniature], things: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = start(miniatures.things)
    assert assay("init", "--spec", things, "--url", server.url).status == 0
    monkeypatch.delenv("KEY_TOKEN", raising=False)
    run = ("check", "--spec", things, "--target", "target.toml", "--examples", 0, "--quiet")
    unset = assay(*run)
    assert (unset.status, "target.toml:10: the environment variable KEY_TOKEN is not set" in unset.err) == (2, True)
    monkeypatch.setenv("KEY_TOKEN", miniatures.KEY)
    said = assay(*run)
    assert said.status == 3, said.all
    assert "violated" not in said.out
    told = json.loads((things.parent / "report/results.json").read_text())
    rows = {each["status"]: (each["verdict"], each["reason"]) for each in told["responses"]}
    assert {status for status, row in rows.items() if row[0] == "held"} == {"401", "404"}
    assert rows["409"] == ("not-exercised", "the state is to be filled in: a resource in conflict")


def test_a_file_that_is_there_is_kept(assay: Assay, things: Path, tmp_path: Path) -> None:
    (tmp_path / "target.toml").write_text("mine")
    said = assay("init", "--spec", things, "--url", "http://a.example")
    assert (said.status, "target.toml: there is such a file already" in said.err) == (2, True)
    assert (tmp_path / "target.toml").read_text() == "mine"
    assert assay("init", "--spec", things, "--url", "http://a.example", "--force").status == 0
    assert 'base_url = "http://a.example"' in (tmp_path / "target.toml").read_text()


def test_a_file_that_cannot_be_written_is_told(assay: Assay, things: Path) -> None:
    said = assay("init", "--spec", things, "--url", "http://a.example", "-o", "no/such/folder.toml")
    assert (said.status, "no/such/folder.toml: cannot be written" in said.err) == (2, True)


def test_a_password_in_the_url_stays_out(assay: Assay, things: Path, tmp_path: Path) -> None:
    said = assay("init", "--spec", things, "--url", "https://ada:s3cr3t@a.example/v1")
    assert said.status == 0, said.all
    text = (tmp_path / "target.toml").read_text()
    assert "s3cr3t" not in text + said.all
    assert 'base_url = "https://a.example/v1"' in text


def test_the_documents_own_server_is_the_default(assay: Assay, root: Path, things: Path, tmp_path: Path) -> None:
    assert assay("init", "--spec", root / "spec/openapi.yaml").status == 0
    assert 'base_url = "https://api.generation-jobs.example"' in (tmp_path / "target.toml").read_text()
    said = assay("init", "--spec", things, "--force")
    assert (said.status, "give --url URL" in said.err) == (2, True)


SCHEMES = """\
openapi: 3.1.0
info: {title: "Odd\\u0007 names", version: 1.0.0}
paths:
  /a/{the id}:
    get:
      operationId: say "a"
      security: [{oauth: []}, {never: []}]
      parameters: [{name: the id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: "one\\ntwo"}, default: {description: ""}}
  /b: {get: {operationId: b, security: [{appKey: [], user.name: []}], responses: {"204": {description: OK}}}}
  /c: {get: {operationId: c, security: [{digest: []}, {other_key: [], login: []}],
             responses: {"503": {description: ""}}}}
  /d: {get: {operationId: d, security: [{never: []}, {}], responses: {"429": {description: OK}}}}
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {}}
    never: {type: http, scheme: bearer}
    appKey: {type: apiKey, in: header, name: X-App}
    user.name: {type: apiKey, in: query, name: user}
    other_key: {type: apiKey, in: cookie, name: key}
    login: {type: http, scheme: basic}
    digest: {type: http, scheme: digest}
"""


def test_every_scheme_that_is_needed_has_its_variable(
    tmp_path: Path, written: Callable[..., tuple[str, Ledger, Any]]
) -> None:
    (tmp_path / "schemes.yaml").write_text(SCHEMES)
    text, ledger, target = written(tmp_path / "schemes.yaml")
    default = target.credentials["default"]
    assert default.bearer == "value-of-OAUTH_TOKEN"
    assert (default.username, default.password) == ("value-of-LOGIN_USERNAME", "value-of-LOGIN_PASSWORD")
    assert default.api_keys == {
        "appKey": "value-of-APP_KEY", "user.name": "value-of-USER_NAME_KEY", "other_key": "value-of-OTHER_KEY",
    }  # fmt: skip
    assert "NEVER" not in text
    assert not {"USER", "USERNAME", "PATH", "HOME"} & set(re.findall(r'env = "(\w+)"', text))
    assert [each.name for each in target.states] == ['say "a" 200', "c 503", "d 429"]
    assert '# say "a" 200, GET /a/{the id}: one\n' in text
    assert '# path = { "the id" = "…" }' in text
    assert text.isascii() or all(each.isprintable() or each == "\n" for each in text)
    assert ledger.responses


def test_a_scheme_of_another_kind_is_told(tmp_path: Path, written: Callable[..., tuple[str, Ledger, Any]]) -> None:
    only = SCHEMES.replace("[{digest: []}, {other_key: [], login: []}]", "[{digest: []}]")
    (tmp_path / "schemes.yaml").write_text(only)
    text, _, _ = written(tmp_path / "schemes.yaml")
    assert "# assay knows no credential for the security scheme digest" in text


def test_doctor_says_what_was_tried(
    assay: Assay, start: Callable[[Behaviour], Miniature], things: Path, target: Callable[..., Path]
) -> None:
    server = start(miniatures.things)
    states = '[states."getThing 200"]\npath = { id = "two" }\n[states."getThing 503"]\ntodo = "a drill"\n'
    said = assay("doctor", "--spec", things, "--target", target(server.url, states))
    assert said.status == 3, said.all
    lines = [line.strip() for line in said.out.splitlines()]
    assert f'tried: GET {server.url}/things/two → 404 application/json: {{"error": "there is no such thing"}}' in lines
    assert "MISS  getThing 503: the state is to be filled in: a drill" in lines
    assert not any("→ 401" in line for line in lines)


def test_doctor_of_a_document_without_operations_says_so(assay: Assay, tmp_path: Path) -> None:
    (tmp_path / "none.yaml").write_text('{"openapi": "3.1.0", "info": {"title": "None", "version": "1"}, "paths": {}}')
    said = assay("doctor", "--spec", tmp_path / "none.yaml", "--url", "http://127.0.0.1:1")
    assert said.status == 3, said.all
    assert "the document has no operation with a documented response" in said.out
