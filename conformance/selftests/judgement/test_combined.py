"""Several recordings judged as one: what each may count for, and what is made of their disagreements."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from assay import recording
from assay.claims import Ledger
from assay.errors import UserError
from assay.judge import judge
from assay.judge.verdicts import Verdicts
from assay.recording import Exclusion, Recording, Shard, Unplanned, Waiver, Watch
from assay.recording.combined import combined
from assay.recording.exchange import Reply

Make = Callable[..., Any]
THING = {"id": "a1000000-0000-4000-8000-0000000000cc", "size": 5}
CONTENT = {"headers": (("X-Total", "7"),)}


def joined(*parts: Recording) -> Recording:
    return combined([(f"{number}.jsonl", each) for number, each in enumerate(parts, 1)])


@pytest.fixture(scope="session")
def together(things: Ledger) -> Callable[..., Verdicts]:
    return lambda *parts: judge(things, joined(*parts))


# Exchanges and clocks -----------------------------------------------------------------------------------------------


def test_a_recording_alone_stays_as_it_is(recorded: Make, made: Make) -> None:
    alone = recorded(made())
    assert joined(alone) is alone


def test_what_one_recording_shows_precedes_nothing_in_another(lives: Ledger, life: Make, recorded: Make) -> None:
    done, new = {"status": "done", "born": "1"}, {"status": "new", "born": "2"}
    claims = [f"getLife/relations/{each}" for each in ("states/status", "constant/born")]
    apart = judge(lives, joined(recorded(*life(done)), recorded(*life(new))))
    assert [apart.of(each).verdict for each in claims] == ["not-exercised"] * 2
    within = judge(lives, recorded(*life(done, new)))
    assert [within.of(each).verdict for each in claims] == ["violated"] * 2


def test_recordings_that_were_joined_stay_apart_when_they_are_joined_again(
    lives: Ledger, life: Make, recorded: Make
) -> None:
    parts = [recorded(*life({"status": each})) for each in ("done", "new", "open", "lost")]
    twice = joined(joined(*parts[:2]), joined(*parts[2:]))
    assert [each.source for each in twice.exchanges] == [0, 1, 2, 3]
    assert judge(lives, twice).of("getLife/relations/states/status").verdict == "not-exercised"


def test_a_watch_ends_in_its_own_recording(lives: Ledger, life: Make, recorded: Make) -> None:
    watch = (Watch("getLife 200", within=1.0, promised=True),)
    late = recorded(*life({"status": "new"}, {"status": "new"}), watches=watch)
    ended = recorded(*life({"status": "done"}), watches=watch)
    assert judge(lives, joined(late, ended)).of("getLife/relations/ends/status").verdict == "violated"
    assert judge(lives, joined(ended, ended)).of("getLife/relations/ends/status").verdict == "held"


def test_exchanges_get_ids_of_their_own(recorded: Make, made: Make, together: Make) -> None:
    bad = made(body={**THING, "size": 0}, id=1, **CONTENT)
    verdicts = together(recorded(made(body=THING, id=1, **CONTENT)), recorded(bad))
    (failure,) = verdicts.of("getThing/200/body/properties/size/minimum").failures
    assert failure.exchange.id == 2


def test_a_joined_recording_comes_back_from_its_file(tmp_path: Path, recorded: Make, made: Make, step: Make) -> None:
    odd = evolve(made(), asker="somebody", reply=Reply(200, (), b"", unseen=("headers", "body")))
    part = recorded(odd, steps=(step(),), watches=(Watch("w", 1.0, True),), notes=("a note",))
    whole = joined(part, part)
    recording.save(whole, tmp_path / "recording.jsonl")
    assert recording.load(tmp_path / "recording.jsonl") == whole


def test_one_that_was_cut_off_makes_the_whole_incomplete(recorded: Make, made: Make, together: Make) -> None:
    cut = recorded(made(), complete=False)
    assert any("without its footer" in each for each in together(recorded(made()), cut).incomplete)


# Steps --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("again", "verdict"), [(404, "held"), (None, "held"), (200, "violated")], ids=["came", "fault", "other"]
)
def test_of_a_step_that_was_taken_twice_what_came_to_something_counts(
    again: int | None, verdict: str, recorded: Make, made: Make, step: Make, together: Make
) -> None:
    steps = (step("404"),)
    came = recorded(made(404, {"code": "e"}, due="404"), steps=steps)
    other = recorded(made(again, THING if again == 200 else {"code": "e"}, due="404"), steps=steps)
    for parts in ((came, other), (other, came)):
        assert together(*parts).of("getThing/404/status").verdict == verdict


def test_what_one_target_lacks_another_may_have(recorded: Make, made: Make, step: Make, together: Make) -> None:
    lacks = recorded(unplanned=(Unplanned("getThing", "404", "no state", "declare one"),))
    has = recorded(made(404, {"code": "e"}, due="404"), steps=(step("404"),))
    assert together(lacks, has).of("getThing/404/status").verdict == "held"
    row = next(each for each in together(lacks, recorded()).responses if each.status == "404")
    assert (row.verdict, row.reason, row.todo) == ("not-exercised", "no state", "declare one")


# Disagreements ------------------------------------------------------------------------------------------------------


def test_a_waiver_counts_only_where_all_have_it_and_until_its_first_day(recorded: Make, made: Make) -> None:
    def waived(claim: str, until: str) -> Recording:
        waivers = (Waiver("getThing/451/*", "r", "o", until), Waiver(claim, "r", "o", until))
        part: Recording = recorded(made(), waivers=waivers)
        return part

    header = joined(waived("getThing/409/*", "2027-01-31"), waived("getThing/404/*", "2026-12-31")).header
    assert [(each.claim, each.until) for each in header.waivers] == [("getThing/451/*", "2026-12-31")]
    assert header.notes == (
        "the waiver 'getThing/409/*' is not in every recording: it counts in none",
        "the waiver 'getThing/404/*' is not in every recording: it counts in none",
        "the waiver 'getThing/451/*' has several last days: the first, 2026-12-31, counts",
    )


def test_an_exclusion_counts_only_where_all_have_it(recorded: Make) -> None:
    excluded = recorded(excluded=(Exclusion("getThing 409", "r", "o"),))
    assert joined(excluded, excluded).header.excluded == excluded.header.excluded
    header = joined(excluded, recorded()).header
    assert header.excluded == ()
    assert header.notes == ("the exclusion 'getThing 409' is not in every recording: it counts in none",)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ({"http": "should"}, {"http": "should"}, {"http": "should"}),
        ({"http": "should"}, {}, {}),
        ({"http": "should"}, {"http": "must"}, {"http": "must"}),
        ({}, {"security": "must"}, {"security": "must"}),
    ],
)
def test_the_stricter_level_counts(one: Any, other: Any, both: Any, recorded: Make) -> None:
    for parts in ((one, other), (other, one)):
        header = joined(*(recorded(levels=each) for each in parts)).header
        assert header.levels == both
        assert bool(header.notes) == (one != other)


def test_traffic_has_no_say_in_what_is_waived(recorded: Make, made: Make) -> None:
    run = recorded(waivers=(Waiver("getThing/451/*", "r", "o", "2027-01-31"),), levels={"http": "should"})
    traffic = recorded(made(role="traffic"), observed=True, target={"name": "traffic.har"})
    header = joined(traffic, run).header
    assert (header.waivers, header.levels, header.notes) == (run.header.waivers, run.header.levels, ())
    assert header.target["name"] == "traffic.har and staging"


def test_it_is_as_old_as_its_oldest_run_and_waivers_are_asked_on_its_last_day(recorded: Make, made: Make) -> None:
    old, new = (
        evolve(recorded(made(), started=f"{day}T10:00:00Z"), finished=f"{day}T10:05:00Z")
        for day in ("2026-03-01", "2026-03-02")
    )
    whole = joined(new, old)
    assert (whole.header.started, whole.finished) == ("2026-03-02T10:00:00Z", "2026-03-01T10:05:00Z")
    assert "one ended at 2026-03-01T10:05:00Z, another began at 2026-03-02T10:00:00Z" in whole.header.notes[0]
    traffic = evolve(old, header=evolve(old.header, observed=True))
    assert (joined(new, traffic).finished, joined(new, traffic).header.notes) == (new.finished, ())


def test_a_mock_counts_for_nothing_else(recorded: Make) -> None:
    assert joined(recorded(mock=True), recorded(mock=True)).header.mock
    with pytest.raises(UserError, match="a mock shows what it answers") as told:
        joined(recorded(), recorded(mock=True))
    assert "2.jsonl" in str(told.value)


# Shards and partial runs --------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def shard(recorded: Make) -> Callable[..., Recording]:
    def make(index: int, of: int = 3, plan: str = "p", left_out: str = "", **header: Any) -> Recording:
        part = Shard(index, of, plan, left_out)
        made: Recording = recorded(shard=part, partial=f"shard {index} of {of}", **header)
        return made

    return make


def test_all_shards_are_the_whole_run(shard: Make) -> None:
    header = joined(shard(2), shard(1), shard(3)).header
    assert (header.partial, header.shard, header.notes) == ("", None, ())


def test_shards_twice_are_the_whole_run_too(shard: Make) -> None:
    assert joined(shard(2), shard(1), shard(3), shard(2)).header.partial == ""


def test_a_shard_that_is_missing_is_named(shard: Make, together: Make) -> None:
    reason = "shard 2 of 3 is missing beside 1.jsonl, 2.jsonl"
    assert f"the run was partial: {reason}" in together(shard(3), shard(1)).incomplete
    assert joined(shard(1)).header.partial == "shards 2, 3 of 3 are missing beside 1.jsonl"


def test_what_all_shards_left_out_is_left_out(shard: Make) -> None:
    parts = [shard(index, 2, left_out="--select 'getThing 4*'") for index in (1, 2)]
    assert joined(*parts).header.partial == "--select 'getThing 4*'"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seed": 6}, "another seed"),
        ({"target": {"name": "staging", "digest": "other"}}, "another target"),
        ({"contract": {"title": "Things", "version": "1", "digest": "other"}}, "another contract"),
        ({"of": 4}, "another number of shards"),
        ({}, "other options of the run"),
    ],
)
def test_shards_of_several_runs_are_no_whole_run(changes: Any, words: str, shard: Make) -> None:
    header = joined(shard(1), shard(3), shard(2, **{"plan": "another", **changes})).header
    assert "shard 2 of 3 is missing beside 1.jsonl, 2.jsonl" in header.partial
    assert header.notes == (f"3.jsonl is a shard of another run than 1.jsonl: {words}",)


def test_a_whole_run_beside_it_makes_up_for_a_shard(shard: Make, recorded: Make) -> None:
    assert joined(shard(1), recorded()).header.partial == ""
    assert joined(recorded(partial="--select a"), recorded(partial="--select b")).header.partial == (
        "--select a; --select b"
    )


def test_traffic_is_no_whole_run(shard: Make, recorded: Make) -> None:
    assert "shards 2, 3 of 3 are missing" in joined(shard(1), recorded(observed=True)).header.partial
