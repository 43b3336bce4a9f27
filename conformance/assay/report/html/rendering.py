"""Verdicts + recording → the page: its templates filled, its style and script beside them, and nothing from elsewhere.

What came from outside goes through `visible` and Jinja's escaping at every place, by default and not by remembering
it. The policy in its head lets no script run but the one below, known by its digest, should all of that fail.
"""

import base64
import functools
import gzip
import hashlib
import re
from collections import Counter
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from assay.judge.verdicts import Verdict, Verdicts
from assay.recording import Recording
from assay.report import wording
from assay.report.html import anchors, facts, sections, timeline, transcripts, tree
from assay.report.visible import lines, visible

_LARGE = 2_000
"""Claims from which on the parts in which all is held are packed: a reader opens few of them."""


def page(verdicts: Verdicts, recording: Recording) -> bytes:
    environment = _environment()
    style, script = _asset(environment, "page.css"), _asset(environment, "page.js")
    large = len(verdicts.all_claims) > _LARGE
    where = functools.cache(verdicts.ledger.contract.where)
    operations = sections.operations(verdicts, recording.exchanges, large=large)
    filled = environment.get_template("page.html.jinja").render(
        policy=f"default-src 'none'; style-src {_digest(style)}; script-src {_digest(script)}; "
        "base-uri 'none'; form-action 'none'",
        style=Markup(style),  # noqa: S704 - files of ours
        script=Markup(script),  # noqa: S704 - files of ours
        large=large,
        headline=wording.headline(verdicts),
        ticket=wording.ticket(verdicts),
        meaning=wording.MEANINGS[verdicts.exit_status],
        face=sections.FACE_OF_STATUS[verdicts.exit_status],
        facts=facts.facts(verdicts),
        contract=verdicts.ledger.contract,
        seed=verdicts.header.seed,
        versions=", ".join(f"{name} {version}" for name, version in verdicts.header.versions.items()),
        notes=facts.notes(verdicts),
        tallies=facts.tallies(verdicts),
        matrix=sections.matrix(verdicts),
        violated=sections.violated(verdicts),
        lanes=timeline.lanes(verdicts, recording.exchanges),
        where=where,
        document=tree.tree(verdicts.ledger.contract, verdicts.claims, where),
        operations=operations,
        not_there={each.exchange.id: note for each in verdicts.failures if (note := wording.not_there(each))},
        shown={each.id for operation in operations for each in operation.evidence},
        counts=Counter(each.verdict for each in verdicts.all_claims),
        claims=len(verdicts.all_claims),
    )
    return filled.encode("utf-8", "backslashreplace")


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _asset(environment: Environment, name: str) -> str:
    """As it stands in the package, and as the policy names it."""
    assert environment.loader is not None
    return environment.loader.get_source(environment, name)[0]


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("assay.report.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "SYMBOLS": {verdict: symbols[0] for verdict, symbols in wording.SYMBOLS.items()},
        "VERDICTS": list(wording.SYMBOLS),
        "worst": tree.worst,
        "apart": tree.packed,
        "opened": tree.opened,
        "transcript": transcripts.transcript,
        "count": wording.count,
        "came_about": wording.came_about,
        "expected": wording.expected,
    }
    environment.filters |= {
        "claim_anchor": anchors.claim_anchor,
        "response_anchor": lambda response: anchors.response_anchor(response.operation, response.status),
        "exchange_anchor": anchors.exchange_anchor,
        "words": _words,
        "prose": _prose,
        "said": _said,
        "packed": _packed,
    }
    return environment


def _shown(value: Any) -> Any:
    """What every expression of a template comes through."""
    return visible(value) if type(value) is str else value


def _words(tally: Counter[Verdict]) -> str:
    """`2 violated, 40 held`: the gravest first."""
    return ", ".join(f"{tally[each]} {each}" for each in tree.SEVERITY if tally[each])


def _prose(text: str) -> Markup:
    """Several lines, which stay such; the rest as in every other place."""
    return escape("\n".join(lines(text)))


def _said(sentence: str) -> Markup:
    """A sentence, with what it has in backticks as code."""
    return Markup(re.sub("`([^`]+)`", r"<code>\1</code>", str(escape(visible(sentence)))))  # noqa: S704 - escaped


def _packed(text: str) -> Markup:
    """Base64 of gzip, which is neither markup nor anything that could end the element it stands in."""
    return Markup(base64.b64encode(gzip.compress(text.encode("utf-8", "backslashreplace"), 6, mtime=0)).decode())  # noqa: S704
