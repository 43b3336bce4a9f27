"""Where a claim stands, for tools that mark lines: a document that a program wrote has only one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from attrs import evolve

from assay import claims, contract
from assay.claims import Ledger
from assay.judge.verdicts import ClaimVerdict, Failure, Verdicts
from assay.recording import Recording
from assay.recording.exchange import Exchange
from assay.report import made
from selftests.report import schemas

ID = "getThing/200/body/properties/id/format"


@pytest.fixture(scope="module")
def one_line(ledger: Ledger, tmp_path_factory: pytest.TempPathFactory) -> Ledger:
    """The same contract, its document without line ends."""
    path = tmp_path_factory.mktemp("line") / "openapi.json"
    path.write_text(json.dumps(yaml.safe_load(ledger.contract.source.text)))
    return claims.ledger(contract.load(path))


@pytest.fixture(scope="module")
def broken_there(one_line: Ledger, judged: Callable[..., Verdicts], exchange: Callable[..., Exchange]) -> Verdicts:
    claim = one_line.claims[ID]
    failed = ClaimVerdict(claim, "violated", 1, failures=(Failure(claim, "a uuid", '"x"', "/id", exchange()),))
    return evolve(judged(), ledger=one_line, claims=(failed,), exit_status=1)


@pytest.fixture(scope="module")
def column(one_line: Ledger) -> int:
    """That of the keyword, from 1."""
    return one_line.contract.source.text.index('"format": "uuid"') + 1


def test_sarif_has_the_column(broken_there: Verdicts, recorded: Recording, column: int) -> None:
    found: Any = json.loads(made("sarif", broken_there, recorded))
    schemas.sarif().validate(found)
    [result] = found["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert Path(place["artifactLocation"]["uri"]).name == "openapi.json"
    assert place["region"] == {"startLine": 1, "startColumn": column}


def test_an_annotation_has_the_column(broken_there: Verdicts, recorded: Recording, column: int) -> None:
    first = made("annotations", broken_there, recorded).decode().splitlines()[0]
    assert f"openapi.json,line=1,col={column},title=" in first


def test_the_terminal_has_the_column(broken_there: Verdicts, shown: Callable[..., str], column: int) -> None:
    assert f"openapi.json:1:{column}" in "".join(shown(broken_there).split())
