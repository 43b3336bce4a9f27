"""Published servers, as they are: exactly what `findings.toml` names is violated, and each holds when tried by hand.

Needs the server's own environment in PEER_PYTHON and its name in PEER: `nox -s peers` sees to both.
"""

import os
import subprocess
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from selftests.peers.checking import Checked, check
from selftests.peers.servers.starting import PEERS, Peer


@pytest.fixture(scope="module")
def peer() -> Peer:
    return PEERS[os.environ["PEER"]]


@pytest.fixture(scope="module")
def findings(peer: Peer) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((peer.folder / "findings.toml").read_text(encoding="utf-8"))["finding"]
    return found


@pytest.fixture(scope="module")
def document(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return peer.prepare(tmp_path_factory.mktemp(peer.name))


@pytest.fixture(scope="module")
def checked(peer: Peer, document: Path) -> Checked:
    options = ("--spec", str(document), "--examples", str(peer.examples), *peer.options)
    return check(peer.folder / "target.toml", document.parent / "report", *options, cwd=document.parent)


def test_exactly_what_was_found_before_is_violated(peer: Peer, checked: Checked) -> None:
    known = (peer.folder / "violated.txt").read_text(encoding="utf-8").splitlines()
    assert sorted(checked.violated) == known
    assert checked.told["exit_status"] == 1


def test_each_violated_claim_belongs_to_one_finding(peer: Peer, findings: list[dict[str, Any]]) -> None:
    known = (peer.folder / "violated.txt").read_text(encoding="utf-8").splitlines()
    patterns = [pattern for finding in findings for pattern in finding["claims"]]
    found = {claim: [each for each in patterns if fnmatchcase(claim, each)] for claim in known}
    assert {claim: matching for claim, matching in found.items() if len(matching) != 1} == {}
    assert {matching[0] for matching in found.values()} == set(patterns)


def test_each_finding_holds_by_hand(peer: Peer, document: Path, findings: list[dict[str, Any]]) -> None:
    """With curl, at a server that assay has not asked for anything."""
    assert document.is_file()
    with peer.running() as url:
        for finding in findings:
            line = finding["curl"].replace("{url}", url)
            said = subprocess.run(["bash", "-c", line], capture_output=True, timeout=60, check=False)  # noqa: S607
            assert finding["came"] in (said.stdout + said.stderr).decode(errors="replace"), finding["sentence"]


def test_every_documented_response_came_about_or_is_explained(checked: Checked) -> None:
    unseen = [each for each in checked.told["responses"] if each["verdict"] in ("not-exercised", "inconclusive")]
    assert [each for each in unseen if not each["reason"]] == []
    assert any(verdict == "held" for verdict in checked.responses.values())
