"""Figures that pages tell and that would go stale in silence: they are those of the files that they speak of."""

import re
import tomllib
from pathlib import Path

import pytest

from jobs_provider.switches import SWITCHES

ROOT = Path(__file__).resolve().parents[3]
PEERS = ROOT / "conformance/selftests/peers"
PAGE = (ROOT / "docs/peers.md").read_text(encoding="utf-8")
SERVERS = sorted(each.parent.name for each in PEERS.glob("servers/*/findings.toml"))


def section(server: str) -> str:
    """What the page says of one published server, in one line."""
    [found] = [each for each in PAGE.split("\n### ") if each.lower().startswith(f"{server} ")]
    return " ".join(found.split())


@pytest.mark.parametrize("server", SERVERS)
def test_as_many_claims_are_said_to_be_violated_as_the_session_expects(server: str) -> None:
    expected = (PEERS / "servers" / server / "violated.txt").read_text(encoding="utf-8").split()
    assert re.search(rf" {len(expected)} are violated", section(server))


@pytest.mark.parametrize("server", SERVERS)
def test_each_finding_is_there_with_its_line_and_no_other(server: str) -> None:
    told = section(server)
    findings = tomllib.loads((PEERS / "servers" / server / "findings.toml").read_text(encoding="utf-8"))["finding"]
    assert told.count("`curl ") == len(findings)
    for each in findings:
        line = each["curl"].replace("{url}", "$URL")
        assert f"| {each['sentence']} | `{line}` | `{each['came']}` |" in told


def test_the_application_has_as_many_defects_as_is_said() -> None:
    planted = (PEERS / "workshop/defects.py").read_text(encoding="utf-8").count("Defect(")
    assert f"[{planted} defects](" in " ".join(PAGE.split())
    assert f"an application with {planted} defects" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_reference_provider_has_as_many_defects_as_is_said() -> None:
    assert f" {len(SWITCHES)} defects and four cheats" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
