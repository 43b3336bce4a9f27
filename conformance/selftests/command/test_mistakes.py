"""Every mistake in what a user gives: exit status 2, and a message that says what, where and what to do.

`doctor` reads the same things by the same functions as `check`, in this process.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assay.target.target_file import load
from selftests.running import miniatures
from selftests.running.miniatures import KEY, THINGS, Answer, always

NOWHERE = "http://127.0.0.1:9"


def refused(said: Any, *words: str) -> None:
    assert said.status == 2, said.all
    assert said.out.strip() == ""
    assert said.err.startswith("assay: ")
    assert len(said.err.splitlines()) >= 2, "what to do stands on a line of its own"
    assert [word for word in words if word not in said.err] == []
    assert "Traceback" not in said.err
    assert KEY not in said.err


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("openapi: [3.1.0\n", ("things.yaml:2: ", "not valid YAML")),
        ('swagger: "2.0"\ninfo: {title: Old, version: "1"}\npaths: {}\n', ("things.yaml", "2.0")),
        (THINGS.replace("schemas/Thing", "schemas/Thin"), ("things.yaml:", "Thin")),
        (THINGS.replace("#/components/schemas/Thing", "http://x.example/a.yaml"), ("things.yaml:", "x.example")),
        (THINGS.replace("#/components/schemas/Thing", "../../etc/passwd"), ("things.yaml:", "../../etc/passwd")),
        ("", ("things.yaml",)),
        ("[]\n", ("things.yaml",)),
    ],
    ids=["no YAML", "Swagger", "dangling $ref", "$ref to a URL", "$ref to a file", "empty", "a list"],
)
def test_a_document_that_is_wrong(assay: Any, things: Path, document: str, words: tuple[str, ...]) -> None:
    things.write_text(document)
    refused(assay("doctor", "--spec", things, "--url", NOWHERE), *words)


def test_a_document_that_is_not_there(assay: Any) -> None:
    refused(assay("claims", "--spec", "no.yaml"), "no.yaml: there is no such file", "check the path")


def test_no_document(assay: Any) -> None:
    refused(assay("claims"), "no document is given", "--spec FILE")


def test_no_document_for_a_check(assay: Any, tmp_path: Path) -> None:
    refused(assay("check", "--url", NOWHERE), "no document is given", "--spec FILE")
    assert not (tmp_path / "report").exists()


def test_an_overlay_action_that_matches_nothing(assay: Any, things: Path, tmp_path: Path) -> None:
    (tmp_path / "promises.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: P, version: '1'}\nactions:\n"
        "  - {target: $.paths.nothing, description: A promise., update: {x: 1}}\n"
    )
    refused(assay("claims", "--spec", things, "--overlay", "promises.yaml"), "promises.yaml:4", "$.paths.nothing")


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        ("[limit]\nin_flight = 1", ("target.toml:5: unknown key 'limit'", "did you mean 'limits'?")),
        ("[states.'getThing 409']\nsetup_url = 'x'", ("target.toml:6: unknown key 'setup_url'",)),
        ("[states.'getThin 409']", ("target.toml:5: ", "no operation 'getThin'", "did you mean 'getThing'?")),
        ("[states.'getThing 418']", ("target.toml:5: ", "documents no 418", "200, 401, 404, 409, 429, 503")),
        ("[states.'getThing']", ("target.toml:5: ", "names no response")),
        ("[states.'getThing 409']\ncredentials = 'defalt'", ("target.toml:5: ", "did you mean 'default'?")),
        ("[states.'getThing 409']\npath = { ids = 'x' }", ("target.toml:5: ", "no path parameter 'ids'", "'id'")),
        ("[credentials.other]\nbearer = { env = 'ASSAY_NO_SUCH' }", ("target.toml:6: ", "export ASSAY_NO_SUCH=…")),
        ("[credentials.other\n", ("target.toml:5: this is not valid TOML",)),
        ("[http]\ntimeout = 'long'", ("target.toml:6: ",)),
        ("[excluded.'getThing 418']\nreason = 'x'\nowner = 'y'", ("target.toml:5: ", "documents no 418")),
    ],
)
def test_a_target_that_is_wrong(
    assay: Any, things: Path, target: Callable[..., Path], rest: str, words: tuple[str, ...]
) -> None:
    refused(assay("doctor", "--spec", things, "--target", target(NOWHERE, rest)), *words)


@pytest.mark.parametrize(
    ("rest", "words"),
    [
        (
            "[states.'getThing 409']\npath = { id = 'x' }\ncommand = ['no-such-program', 'x']",
            ("target.toml:7: ", '[states."getThing 409"]', "no program 'no-such-program'", "PATH"),
        ),
        (
            "[credentials.o]\nbearer = { command = ['no-such-program'] }\n[states.'getThing 409']\ncredentials = 'o'",
            ("target.toml:6: ", "[credentials.o] `bearer`: there is no program 'no-such-program'", "PATH"),
        ),
        ("[serve]\ncommand = ['./no-such', '{port.http}']", ("target.toml:6: [serve] ", "/no-such' that can be run")),
    ],
)
def test_a_program_that_is_not_there(
    assay: Any, things: Path, target: Callable[..., Path], rest: str, words: tuple[str, ...]
) -> None:
    file = target(NOWHERE, rest)
    if "[serve]" in rest:
        file.write_text(file.read_text().replace(f'base_url = "{NOWHERE}"', ""))
    refused(assay("doctor", "--spec", things, "--target", file), *words)
    refused(assay("check", "--dry-run", "--spec", things, "--target", file), *words)


def test_the_program_of_a_credential_that_nothing_needs_may_be_missing(
    assay: Any, things: Path, target: Callable[..., Path]
) -> None:
    file = target(NOWHERE, "[credentials.other]\nbearer = { command = ['no-such-program'] }")
    assert assay("check", "--dry-run", "--spec", things, "--target", file).status == 0


def test_a_target_that_is_not_there(assay: Any, things: Path) -> None:
    refused(assay("doctor", "--spec", things, "--target", "no.toml"), "no.toml: there is no such target file")


def test_a_target_without_a_server(assay: Any, things: Path, tmp_path: Path) -> None:
    (tmp_path / "target.toml").write_text('name = "x"\n')
    refused(assay("doctor", "--spec", things, "--target", "target.toml"), "target.toml", "neither `base_url` nor")


def test_no_server(assay: Any, things: Path) -> None:
    for command in ("check", "doctor"):
        refused(assay(command, "--spec", things), "no server is given", "--target FILE or --url URL")


def test_two_servers(assay: Any, things: Path, target: Callable[..., Path]) -> None:
    refused(assay("doctor", "--spec", things, "--url", NOWHERE, "--target", target(NOWHERE)), "both --target and --url")


@pytest.mark.parametrize("url", ["ftp://host", "host", "http://", f"{KEY}@host", "http://[::1"])
def test_a_url_of_no_server(assay: Any, things: Path, url: str) -> None:
    refused(assay("doctor", "--spec", things, "--url", url), "--url", "is no URL of a server", "give http(s)://HOST")


@pytest.mark.parametrize("seed", ["abc", "-1", "1.5", "Random"])
def test_a_seed_that_is_none(assay: Any, things: Path, seed: str) -> None:
    refused(assay("doctor", "--spec", things, "--url", NOWHERE, f"--seed={seed}"), f"--seed '{seed}'", "`random`")


def test_a_selection_of_nothing(assay: Any, things: Path) -> None:
    said = assay("doctor", "--spec", things, "--url", NOWHERE, "--select", "getThing 405")
    refused(said, "--select 'getThing 405' matches no documented response", "did you mean 'getThing 4")


@pytest.mark.parametrize("arguments", [["--examples", "-1"], ["--examples", "many"], ["--no-such-option"], ["surplus"]])
def test_an_argument_that_is_wrong(assay: Any, arguments: list[str]) -> None:
    said = assay("check", *arguments)
    assert said.status == 2
    assert "Usage: assay check" in said.err


def test_a_command_that_there_is_not(assay: Any) -> None:
    said = assay("chekc")
    assert said.status == 2
    assert "No such command 'chekc'" in said.err


def test_a_server_that_never_answers(assay: Any, start: Any, things: Path, target: Callable[..., Path]) -> None:
    server = start(always(Answer(200, {}, after=60)))
    said = assay("doctor", "--spec", things, "--target", target(server.url, "[http]\ntimeout = 0.2"))
    refused(said, "target.toml:2: ", "answered none of", "within 0.2 s", "see that the server is up")


def test_a_password_in_a_url_is_not_told(assay: Any, things: Path) -> None:
    basic = things.with_name("basic.yaml")
    basic.write_text(things.read_text().replace("scheme: bearer", "scheme: basic"))
    said = assay("doctor", "--spec", basic, "--url", f"http://me:{KEY}@127.0.0.1:9")
    refused(said, "nothing listens at http://127.0.0.1:9")


@pytest.mark.parametrize("command", ["check", "judge"])
def test_a_report_folder_that_cannot_be_written(assay: Any, things: Path, tmp_path: Path, command: str) -> None:
    (tmp_path / "a file").write_text("")
    rest = ["--url", NOWHERE] if command == "check" else ["recording.jsonl"]
    said = assay(command, "--spec", things, "--report", "a file/report", *rest)
    refused(said, "a file/report: the report cannot be written there: ", "give another --report DIR")


def test_an_earlier_report_that_cannot_be_removed(assay: Any, things: Path, tmp_path: Path) -> None:
    (tmp_path / "report/results.json").mkdir(parents=True)
    said = assay("check", "--spec", things, "--url", NOWHERE)
    refused(said, "report/results.json: cannot be written: ", "give another --report DIR")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, ("there is no such recording",)),
        ("", ("recording.jsonl:1: this is no recording of assay",)),
        ("{}\n", ("recording.jsonl:1: this is no recording of assay",)),
        ('{"format": "assay-recording/9"}\n', ("recording.jsonl:1: ", "assay-recording/9")),
        ('{"format": "assay-recording/1"}\nnot JSON\n{}\n', ("recording.jsonl:2: this line is not JSON",)),
        ('{"format": "assay-recording/1"}\n[]\n', ("recording.jsonl:2: this line is no JSON object",)),
        ('{"format": "assay-recording/1"}\n', ("recording.jsonl",)),
    ],
    ids=["missing", "empty", "no format", "another format", "no JSON", "no object", "no header"],
)
def test_a_recording_that_is_none(
    assay: Any, things: Path, tmp_path: Path, text: str | None, words: tuple[str, ...]
) -> None:
    if text is not None:
        (tmp_path / "recording.jsonl").write_text(text)
    refused(assay("judge", "recording.jsonl", "--spec", things), *words)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("[tool.assay]\nspeck = 'x'", ("unknown key 'speck'", "did you mean 'spec'?")),
        ("[tool.assay]\nspec = 5", ("`spec`", "is 5", "make it a path")),
        ("[tool.assay]\noverlays = 'one.yaml'", ("`overlays`", "make it a list of paths")),
        ("[tool.assay]\noverlays = [1]", ("`overlays`", "make it a list of paths")),
        ("[tool.assay]\nstrict = 'false'", ("`strict`", "make it true or false")),
        ("[tool.assay]\nseed = true", ("`seed`", "make it a whole number, or `random`")),
        ("[tool.assay]\nexamples = -1", ("`examples`", "make it a whole number, 0 or more")),
        ("[tool.assay]\nexamples = 'many'", ("`examples`", "make it a whole number, 0 or more")),
        ("[tool.assay]\nurl = ''", ("`url`", "make it a URL")),
        ("[tool]\nassay = 5", ("`assay` in [tool] is no table", "[tool.assay]")),
        ("tool = [", ("cannot be read", "mend the file there")),
    ],
)
def test_defaults_that_are_wrong(assay: Any, tmp_path: Path, table: str, words: tuple[str, ...]) -> None:
    (tmp_path / "pyproject.toml").write_text(table)
    refused(assay("claims"), str(tmp_path / "pyproject.toml"), *words)


def test_a_target_without_serve_cannot_be_served(assay: Any, target: Callable[..., Path]) -> None:
    refused(assay("serve", "--target", target(NOWHERE)), "target.toml:1: the target has no [serve]")


def test_the_miniatures_target_is_right(target: Callable[..., Path]) -> None:
    """Otherwise each of the refusals above could have another reason."""
    assert load(target(NOWHERE)).secrets == {"default": miniatures.KEY}
