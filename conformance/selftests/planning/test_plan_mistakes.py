"""A target that speaks of what the document does not have: each mistake with its line and the nearest name."""

from collections.abc import Callable
from pathlib import Path

import pytest

from assay import plan
from assay.claims import Ledger
from assay.errors import UserError
from assay.target import target_file

Refused = Callable[..., UserError]


@pytest.fixture(scope="module")
def planned(flagship: Ledger, file: Callable[..., Path]) -> Refused:
    """The error that the plan of a target ends with; `where` without the folder."""

    def make(text: str, select: str = "") -> UserError:
        path = file(text)
        with pytest.raises(UserError) as caught:
            plan.plan(flagship, target_file.load(path), seed=1, select=select)
        caught.value.where = caught.value.where.replace(str(path), "target.toml")
        return caught.value

    return make


@pytest.mark.parametrize(
    ("text", "line", "what", "todo"),
    [
        (
            '[states."getJob 200"]\npath = { id = "a" }\n[states."getJobs 402"]',
            5,
            "'getJobs 402': the document has no operation 'getJobs'",
            "did you mean 'getJob'?",
        ),
        ('[states."getJob 418 x"]', 3, "'getJob 418 x': getJob documents no 418", "it documents 200, 400, 401, 402"),
        (
            '[states."getJob 402"]\ncredentials = "no-credits"\n[credentials.no-credit]\nbearer = "abc"',
            3,
            "there are no [credentials.no-credits]",
            "did you mean 'no-credit'?",
        ),
        (
            '[states."getJob 402"]\ncredentials = "zed"',
            3,
            "there are no [credentials.zed]",
            "add them: the target has no credentials yet",
        ),
        (
            '[states."getJob 402"]\ncredentials = "zed"\n[credentials.default]\nbearer = "abc"',
            3,
            "there are no [credentials.zed]",
            "known here: default",
        ),
        ('[states."getJob 402"]\npath = { idd = 1 }', 3, "getJob has no path parameter 'idd'", "did you mean 'id'?"),
        ('[states."getJob 402"]\nquery = { q = 1 }', 3, "getJob has no query parameter 'q'", "remove it"),
        (
            '[excluded."getJob 418"]\nreason = "r"\nowner = "o"',
            3,
            "'getJob 418': getJob documents no 418",
            "it documents 200",
        ),
        (
            '[excluded."listJobs 409"]\nreason = "r"\nowner = "o"',
            3,
            "'listJobs 409': the document has no operation 'listJobs'",
            "did you mean 'getJob'?",
        ),
    ],
)
def test_each_has_its_line_and_the_nearest_name(text: str, line: int, what: str, todo: str, planned: Refused) -> None:
    error = planned(text)
    assert (error.where, error.what) == (f"target.toml:{line}", what)
    assert error.todo.startswith(todo)


@pytest.mark.parametrize("pattern", ["getJobs 4*", "getjob *", "402", "getJob"])
def test_a_pattern_that_selects_nothing_is_one(pattern: str, planned: Refused) -> None:
    assert planned("", pattern).what == f"--select {pattern!r} matches no documented response"


def test_a_pattern_has_a_nearest_response(planned: Refused) -> None:
    assert planned("", "getJobs 451").todo == "did you mean 'getJob 451'?"
