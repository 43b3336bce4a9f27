"""What the commands print, for people, programs and readers that leave."""

import importlib.metadata
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from assay.cli import cli
from selftests.command.conftest import executable, surroundings
from selftests.running import miniatures


def test_claims_are_printed_for_people(assay: Any, things: Path) -> None:
    said = assay("claims", "--spec", things)
    assert said.status == 0
    assert "must   stated  schema   getThing/200/body/properties/size/type\n" in said.out
    assert " claims of 6 documented responses" in said.out.splitlines()[-1]


def test_claims_are_printed_for_programs(assay: Any, things: Path) -> None:
    claims = [json.loads(line) for line in assay("claims", "--spec", things, "--json").out.splitlines()]
    size = next(claim for claim in claims if claim["id"] == "getThing/200/body/properties/size/type")
    assert (size["level"], size["basis"], size["source"]) == ("must", "stated", "schema")
    assert size["pointer"] == "/components/schemas/Thing/properties/size/type"
    assert size["sentence"]


def test_what_cannot_be_checked_is_said(assay: Any, root: Path) -> None:
    said = assay("claims", cwd=root)
    assert said.status == 0
    assert "not checkable: " in said.out


COMMANDS = ["check", "init", "doctor", "claims", "judge", "report", "compare", "gate", "serve"]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_a_help_with_its_exit_statuses(assay: Any, command: str) -> None:
    said = assay(command, "--help")
    assert said.status == 0
    assert said.out.startswith(f"Usage: assay {command} ")
    statuses = [line.split()[0] for line in said.out.partition("Exit status:\n")[2].splitlines() if line]
    assert {"0", "2", "5"} <= set(statuses)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_option_says_what_it_is_for(command: str) -> None:
    options = [each for each in cli.commands[command].params if isinstance(each, click.Option)]
    assert [each.name for each in options if not each.help] == []


def test_the_commands_stand_in_the_order_of_their_use_and_none_is_cut_short(assay: Any) -> None:
    out = assay("-h").out
    listed = out.partition("Commands:\n")[2].partition("\n\n")[0].splitlines()
    assert [line.split()[0] for line in listed] == COMMANDS
    assert "..." not in "".join(listed)


def test_doctor_promises_no_writes(assay: Any) -> None:
    assert "Reads are all that is sent" in " ".join(assay("doctor", "-h").out.split())


@pytest.mark.parametrize("command", [(), ("check",), ("judge",)])
def test_exit_statuses_stand_in_the_help(assay: Any, command: tuple[str, ...]) -> None:
    out = assay(*command, "--help").out
    assert [line.split()[0] for line in out.partition("Exit status:\n")[2].splitlines() if line] == list("012345")


def test_the_version_is_that_of_the_distribution(assay: Any) -> None:
    said = assay("--version")
    assert (said.status, said.out) == (0, f"assay, version {importlib.metadata.version('assay-conformance')}\n")


def test_there_is_no_colour_where_nobody_sees_it(checked: Any) -> None:
    assert "\x1b" not in checked.said.all


def test_a_terminal_without_unicode_still_gets_every_word(
    installed: Any, start: Any, things: Path, tmp_path: Path
) -> None:
    url = start(miniatures.things).url
    said = installed("doctor", "--spec", things, "--url", url, cwd=tmp_path, PYTHONIOENCODING="latin-1", TERM="dumb")
    assert said.status == 3, said.all
    assert '\\u2192 declare [states."getThing 409"]' in said.out


def head(*arguments: str | Path, cwd: Path) -> tuple[int, str]:
    """Exit status and error output of a command whose reader has left before it says anything."""
    reading, writing = os.pipe()
    os.close(reading)
    with subprocess.Popen(
        [executable(), *arguments], cwd=cwd, env=surroundings(), stdout=writing, stderr=subprocess.PIPE, text=True
    ) as process:
        os.close(writing)
        _, told = process.communicate(timeout=60)
    return process.returncode, told


def test_a_reader_that_leaves_is_no_fault(things: Path, tmp_path: Path) -> None:
    assert head("claims", "--spec", things, cwd=tmp_path) == (0, "")


def test_a_reader_that_leaves_changes_no_verdict(checked: Any, root: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.jsonl"
    cut.write_bytes((checked.report / "recording.jsonl").read_bytes()[:-100])
    status, told = head("judge", cut, cwd=root)
    assert (status, told) == (3, "")


@pytest.mark.parametrize("quiet", [True, False])
def test_while_a_run_lasts_it_tells_how_far_it_is_unless_it_is_to_be_quiet(
    assay: Any, start: Any, things: Path, target: Callable[..., Path], quiet: bool
) -> None:
    grown = miniatures.Answer(200, {"id": "tree", "status": "grown"})
    file = target(
        start(lambda asked: grown if asked.path == "/things/tree" else miniatures.things(asked)).url,
        '[states."getThing 200"]\npath = { id = "tree" }\npoll = { every = 0.01, within = 5 }\n',
    )
    said = assay("check", "--spec", things, "--target", file, "--examples", 0, *(["--quiet"] if quiet else []))
    assert said.status == 3, said.all
    assert said.err == "" if quiet else said.err.endswith("s  getThing 200: grown\n")
