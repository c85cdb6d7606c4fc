"""The model's answers for a list of claims: each question is computed once, and nothing else changes by it."""

from __future__ import annotations

import pytest

import wattquery as wq
from wattquery import claims
from wattquery.claims import answers
from wattquery.claims.comparing import compare_each
from wattquery.errors import InputError

SAME = ("jegham_v6_r1az_s", "jegham_v6_r1az_m", "mittr_image")


@pytest.fixture
def sweeps(monkeypatch):
    """Return the arguments of every sweep that is run."""
    run = []

    def counted(models, **arguments):
        run.append(arguments)
        return wq.sweep(models, **arguments)

    monkeypatch.setattr(answers, "sweep", counted)
    return run


def test_a_list_gives_what_each_claim_gives_alone():
    listed = [claims.get(name) for name in SAME]
    together = dict(zip(SAME, compare_each(listed), strict=True))
    for name in SAME[:2]:
        claim, found = together[name]
        assert claim.id == name
        assert found.to_dict() == claims.compare(name).to_dict()
    claim, reason = together["mittr_image"]
    assert isinstance(reason, InputError)
    assert "is of kind 'image'" in str(reason)


def test_a_question_is_computed_once(sweeps):
    numbers = [wq.catalog.PublicClaim(f"own{i}", "Own", wh=wh, output_tokens=300.0) for i, wh in enumerate([0.3, 0.31])]
    alone = [claims.compare(one, model="Llama 3.1 70B").to_dict() for one in numbers]
    lengths = [length for arguments in sweeps for length in arguments["output_tokens"].values()]
    sweeps.clear()
    together = [found.to_dict() for _, found in compare_each(numbers, model="Llama 3.1 70B")]
    shared = [length for arguments in sweeps for length in arguments["output_tokens"].values()]
    assert together == alone
    assert len(shared) < 0.6 * len(lengths)
    curve = [length for arguments in sweeps[1:] for length in arguments["output_tokens"].values()]
    assert len(set(curve)) == len(curve)


def test_arguments_that_cannot_be_hashed_are_told_apart():
    with pytest.raises(InputError, match="got several for 'levers'"):
        claims.compare(0.3, model="Llama 3.1 70B", levers=[wq.Lever("own", wq.LogNormal(1.5, 2.5))])


def test_threads_are_those_that_were_named(sweeps):
    one = claims.compare(0.3, model="Llama 3.1 70B", output_tokens=300, threads=1)
    assert {arguments["threads"] for arguments in sweeps} == {1}
    assert one.to_dict() == claims.compare(0.3, model="Llama 3.1 70B", output_tokens=300, threads=2).to_dict()
    with pytest.raises(InputError, match="threads"):
        claims.compare(0.3, threads=0)
    with pytest.raises(InputError, match="threads"):
        claims.overstated(threads=0)


def test_progress_rises_to_one():
    listed = [claims.get(name) for name in SAME]
    for run in (
        lambda show: claims.compare("jegham_v6_r1az_s", progress=show),
        lambda show: list(compare_each(listed, progress=show)),
        lambda show: claims.overstated(progress=show),
    ):
        shares = []
        run(shares.append)
        assert shares == sorted(shares)
        assert shares[0] < 0.2
        assert shares[-1] == pytest.approx(1.0)
    with pytest.raises(InputError, match="progress"):
        claims.overstated(progress="bar")
