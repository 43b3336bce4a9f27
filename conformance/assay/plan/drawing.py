"""An operation → an ordinary, valid request of Schemathesis'.

Not what is taken of it: that is `samples`'. To import this takes as long as all else that a plan needs, so only those
documents pay for it whose values have to be made up.
"""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis.errors import HypothesisException
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis import GenerationMode
from schemathesis.errors import SchemathesisError

from assay.contract import Contract, Operation

_DRAWS = 8
"""Examples drawn for one request: the first are the simplest (empty strings, zeros), the last an ordinary one."""

# Hypothesis draws constants of whatever modules of the user's happen to be loaded; values follow from the seed alone
_NO_CONSTANTS = Constants()
providers._get_local_constants = lambda: _NO_CONSTANTS  # noqa: SLF001


def read(contract: Contract) -> Any:
    """The document as Schemathesis reads it."""
    # without a configuration of its own it looks for a file from the working directory upwards
    return schemathesis.openapi.from_dict(contract.data, config=schemathesis.Config())


def ordinary(schema: Any, operation: Operation, seed: int) -> Any:
    """The same seed gives the same case; None where the schemas of an operation allow none."""
    drawn: list[Any] = []
    try:
        strategy = schema[operation.path][operation.method].as_strategy(generation_mode=GenerationMode.POSITIVE)

        @hypothesis_seed(seed)
        @settings(
            max_examples=_DRAWS, database=None, phases=[Phase.generate], deadline=None,
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(strategy)
        def draw(case: Any) -> None:
            drawn.append(case)

        draw()
    except (SchemathesisError, HypothesisException):
        return None
    return drawn[-1]
