"""OpenAPI document + overlays → the folder with its Python client, whole or not at all.

    python scripts/regenerate.py                 write generated/ anew
    python scripts/regenerate.py --check         end 1 where generated/ is not what the document gives
    python scripts/regenerate.py --check --base main    nor may its version be too small for what changed since main
    python scripts/regenerate.py --spec api.yaml --out clients/other --package other_client

What changed for callers since the checked-in client is printed, and decides the new one's version.

Any document will do: what is special to one stands in it or in its overlays. Run it where pyproject.toml is; its
`[tool.assay]` names the document if --spec does not, its dependency group `codegen` the versions of the tools.
"""

import re
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import attrs
import click

import change_report
import checked_in
import contract_record
import distribution
import endpoints
import generator
import manual
import rendering
import soundness
import succession
import trees
from assay import contract
from assay.contract import Contract
from assay.errors import UserError
from change_report import Report
from client_document import client_document
from facts import facts

DIFFERENT, WRONG, INTERRUPTED = 1, 2, 130
"""Exit statuses, beside 0."""

_FILE = click.Path(path_type=Path)


@click.command()
@click.option("--spec", type=_FILE, help="The OpenAPI document.  [default: that of [tool.assay], with its overlays]")
@click.option("--overlay", "overlays", type=_FILE, multiple=True, help="An overlay for it; may be given repeatedly.")
@click.option("--out", type=_FILE, default=Path("generated"), show_default=True, help="The folder to replace.")
@click.option("--package", help="The package's name.  [default: from the title]")
@click.option("--check", is_flag=True, help="Write nothing; end 1 and print the differences if there are any.")
@click.option("--base", metavar="REVISION", help="Compare with the client of that commit.  [default: HEAD]")
@click.option("--report", type=_FILE, help="A folder for changes.json and changes.md.")
@click.option("--changelog", type=_FILE, help="The file for an entry.  [default: that beside [tool.assay]'s document]")
@click.option("--date", help="The date of the entry.  [default: none]")
def main(
    spec: Path | None, overlays: tuple[Path, ...], out: Path, package: str | None, check: bool, **telling: Any
) -> None:
    """Write the Python client of an OpenAPI document, whole or not at all."""
    try:
        sys.exit(_regenerate(spec, overlays, out, package, Telling(**telling), check=check))
    except UserError as error:
        click.echo(f"error: {error}", err=True)
        sys.exit(WRONG)
    except KeyboardInterrupt:
        click.echo(f"interrupted: {out} is as it was", err=True)
        sys.exit(INTERRUPTED)


@attrs.frozen
class Telling:
    """What is compared with, and where it is told what changed."""

    base: str | None
    report: Path | None
    changelog: Path | None
    date: str | None


def _regenerate(
    spec: Path | None, overlays: tuple[Path, ...], out: Path, package: str | None, telling: Telling, *, check: bool
) -> int:
    project = _project(Path("pyproject.toml"))
    generator.check_tools(_pins(project))
    if spec is None:
        spec, overlays = _defaults(project, overlays)
        telling = attrs.evolve(telling, changelog=telling.changelog or spec.parent / "CHANGELOG.md")
    if not check:
        _check_replaceable(out)
    agreed = contract.load(spec, overlays)

    def write(to: Path, version: str) -> None:
        _write(attrs.evolve(agreed, version=version), package, to)

    with tempfile.TemporaryDirectory(prefix="client-") as folder:
        workspace = Path(folder)
        older = checked_in.client(out, telling.base, workspace / "older")
        documented = distribution.published(agreed.version)
        if check:
            fresh = succession.same(out, write, documented, workspace)
            differs = _report(trees.differences(fresh, out, shown=str(out)), out)
            return differs or _check_version(succession.compared(older, out), telling)
        fresh, report = succession.successor(older, write, documented, workspace)
        trees.replace(out, fresh)
        _tell(report, telling)
        click.echo(f"{out} is written")
        return 0


def _check_version(report: Report | None, telling: Telling) -> int:
    """Whether the version is large enough for what changed."""
    _tell(report, attrs.evolve(telling, changelog=None))
    problem = succession.check_version(report) if report else None
    if problem:
        base = f" --base {telling.base}" if telling.base else ""
        click.echo(f"{problem}: run scripts/regenerate.py{base}", err=True)
    return DIFFERENT if problem else 0


def _tell(report: Report | None, telling: Telling) -> None:
    if report is None:
        return
    if report.of is not None:
        click.echo(report.markdown())
    if telling.report is not None:
        change_report.write(report, telling.report)
    if telling.changelog is not None:
        change_report.enter(report, telling.changelog, telling.date)


def _write(agreed: Contract, package: str | None, folder: Path) -> None:
    """The whole distribution, or UserError."""
    shown, workspace = agreed.source.shown, folder.parent
    called = distribution.names(agreed.title, package)
    target = folder / called.package
    folder.mkdir()
    document = client_document(agreed)
    told = facts(agreed, document, called)
    templates = rendering.overrides(told, workspace)
    generator.write_package(
        document, target, name=called.package, templates=templates, workspace=workspace, shown=shown,
        lacking=lambda written: endpoints.lacking(agreed, endpoints.find(written)),
    )  # fmt: skip
    rendering.write_modules(told, target)
    generator.format_package(target, shown=shown)
    pairs = endpoints.matched(agreed, endpoints.find(target))
    soundness.check_sound(target, shown=shown)
    distribution.write(agreed, called, folder)
    manual.write(agreed, told, pairs, folder)
    contract_record.write(contract_record.of(agreed, document), folder)


def _report(differences: list[str], out: Path) -> int:
    if not differences:
        click.echo(f"{out} is what the document gives")
        return 0
    click.echo("".join(differences), nl=False)
    click.echo(f"{out} is not what the document gives: run scripts/regenerate.py", err=True)
    return DIFFERENT


def _check_replaceable(out: Path) -> None:
    """Raise UserError rather than replace a folder that this script did not write."""
    if not out.exists() or (out.is_dir() and not any(out.iterdir())):
        return
    pyproject = out / "pyproject.toml"
    if not pyproject.is_file() or not pyproject.read_text("utf-8", "replace").startswith(distribution.MARK):
        raise UserError(
            "this is no folder that scripts/regenerate.py wrote, so it is not replaced",
            where=str(out),
            todo="name another with --out, or remove this one",
        )


def _project(path: Path) -> dict[str, Any]:
    """pyproject.toml; empty where there is none, for --spec can do without."""
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"this is not valid TOML: {error}", where=str(path), todo="mend the file") from None


def _defaults(project: dict[str, Any], overlays: tuple[Path, ...]) -> tuple[Path, tuple[Path, ...]]:
    settings = project.get("tool", {}).get("assay", {})
    if "spec" not in settings:
        raise UserError(
            "no document is given, and there is no `spec` in [tool.assay] of a pyproject.toml here",
            todo="name one with --spec, or change to the project's folder",
        )
    return Path(settings["spec"]), overlays or tuple(Path(each) for each in settings.get("overlays", []))


def _pins(project: dict[str, Any]) -> dict[str, str]:
    """Tool → version, for those that the dependency group pins."""
    entries = project.get("dependency-groups", {}).get("codegen", [])
    matches = (re.fullmatch(r"([\w.-]+)==([\w.]+)", entry) for entry in entries if isinstance(entry, str))
    return {match[1]: match[2] for match in matches if match}


if __name__ == "__main__":
    main()
