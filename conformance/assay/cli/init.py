"""`assay init`: a target file to begin with."""

from pathlib import Path
from typing import Any

import click

from assay.cli.options import CONTRACT, EXIT_STATUS_OF_FILES, options, settings_of
from assay.cli.saying import say
from assay.errors import UserError


@click.command("init", epilog=EXIT_STATUS_OF_FILES, short_help="Write a target file to begin with. Sends nothing.")
@options(CONTRACT)
@click.option("--url", default="", metavar="URL", help="The server; by default the first that the document names.")
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    type=click.Path(path_type=Path),
    default=Path("target.toml"),
    show_default=True,
    help="The file to write.",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def init(url: str, output: Path, force: bool, **given: Any) -> int:
    """Write a target file, with an entry for every documented response that needs more than the URL. Sends nothing.

    Each entry says what is to be supplied, an identifier, a credential or a way to set something up, and is left out
    of a run until its line `todo` is gone.
    """
    from assay import draft, loading, plan

    ledger = loading.load_ledger(settings_of(given))
    target = draft.without_secrets(ledger.contract, url or _documented(ledger.contract.servers))
    planned = plan.plan(ledger, target, seed=0, writes=True)
    _write(output, draft.target_file(ledger.contract, target, planned), force=force)
    say(f"{output}: {len(planned.unplanned)} of {len(ledger.responses)} documented responses are to be filled in")
    for name in draft.environment(ledger.contract):
        say(f"  export {name}=…")
    say(f"  assay doctor --target {output}")
    return 0


def _documented(servers: tuple[str, ...]) -> str:
    found = next((each for each in servers if "://" in each and "{" not in each), "")
    if not found:
        raise UserError("no server is given, and the document names none", todo="give --url URL")
    return found


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise UserError(
            "there is such a file already", where=str(path), todo="give another -o FILE, or --force to write over it"
        ) from None
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=str(path), todo="give another -o FILE") from None
