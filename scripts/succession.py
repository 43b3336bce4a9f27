"""An older client + how the new one is written → the new one under the version that is due, and what changed.

The version stands in the code, and follows from how the code differs. So the new client is written under the old
version first, and once more where that turns out too small.
"""

from collections.abc import Callable
from pathlib import Path

import attrs

import contract_record
import trees
import versioning
from change_report import Report
from changes import Change
from claim_changes import claim_changes
from document_changes import document_changes

Writer = Callable[[Path, str], None]
"""Writes a whole distribution to a folder that does not exist, under a version."""


def successor(older: Path | None, write: Writer, documented: str, workspace: Path) -> tuple[Path, Report | None]:
    """The new client's folder. No report where there is nothing to compare with: no client, or one without contract.

    Such a client begins with the document's version.
    """
    version = documented if older is None or contract_record.read(older) is None else versioning.of(older)
    fresh = _written(write, version, workspace / "same")
    report = compared(older, fresh)
    if report is None:
        return fresh, None
    new = versioning.due(version, documented, report.of)
    if new != version:
        fresh = _written(write, new, workspace / "next")
    return fresh, attrs.evolve(report, new=new)


def same(client: Path, write: Writer, documented: str, workspace: Path) -> Path:
    """What a client has to be under the version that it has."""
    there = (client / "pyproject.toml").is_file()
    return _written(write, versioning.of(client) if there else documented, workspace / "same")


def compared(older: Path | None, newer: Path) -> Report | None:
    """What changed between two clients, under the versions that they have; None where one has no contract."""
    before, after = (contract_record.read(each) if each else None for each in (older, newer))
    if older is None or before is None or after is None:
        return None
    # griffe is one of the tools that generator.check_tools asks for first
    from client_changes import client_changes  # noqa: PLC0415

    changes = document_changes(before.document, after.document)
    changes += client_changes(_package(older), _package(newer))
    claims = tuple(claim_changes(before.claims, after.claims))
    if not changes and trees.differences(newer, older, shown=""):
        changes.append(Change("internal", "code", "it is written otherwise", source="code"))
    versions = versioning.of(older), versioning.of(newer)
    return Report(_package(newer).name.replace("_", "-").lower(), *versions, tuple(changes), claims)


def check_version(report: Report) -> str | None:
    """Why the newer version is too small for what changed; None where it is not."""
    least = versioning.due(report.old, report.old, report.of)
    if not versioning.is_larger(least, than=report.new):
        return None
    return f"{report.client} {report.new} follows {report.old} with {report.of} changes: it has to be {least} at least"


def _written(write: Writer, version: str, workspace: Path) -> Path:
    workspace.mkdir()
    folder = workspace / "distribution"
    write(folder, version)
    return folder


def _package(distribution: Path) -> Path:
    return next(path.parent for path in sorted(distribution.glob("*/__init__.py")))
