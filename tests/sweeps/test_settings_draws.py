"""How many draws there may be: a bound for every argument that counts them, and how long they would take."""

import pytest

import wattquery as wq
from wattquery.sensitivity import sobol, tornado
from wattquery.sweeps import settings

HUGE = [10**11 + 1, 10**30, 2**64, 10**5000]
TOO_MANY = r"draws must be at most 100_000_000_000, got .* which would take about "
counted = {"ids": lambda value: f"{value.bit_length()} bits" if isinstance(value, int) else None}


@pytest.mark.parametrize("draws", HUGE, **counted)
@pytest.mark.parametrize(
    "call",
    [
        lambda draws: wq.sweep("DeepSeek-R1", draws=draws),
        lambda draws: wq.estimate("DeepSeek-R1", draws=draws),
        lambda draws: wq.fleet("traditional", draws=draws),
        lambda draws: tornado("DeepSeek-R1", draws=draws),
        lambda draws: wq.paper.reproduce(draws=draws),
    ],
)
def test_more_than_anybody_could_wait_for(call, draws):
    with pytest.raises(
        wq.InputError, match=r"draws must be at most 100_000_000_000, got .* which would take about .* "
    ):
        call(draws)


@pytest.mark.parametrize("count", [2**40, 2**200, 2**20000], **counted)
def test_samples_and_replicates(count):
    with pytest.raises(wq.InputError, match="draws must be at most"):
        sobol("DeepSeek-R1", draws=count, method="monte_carlo")
    with pytest.raises(wq.InputError, match="replicates must be at most"):
        sobol("DeepSeek-R1", replicates=count)


@pytest.mark.parametrize("count", [-(10**5000), -1, 0, 2**25, 10**5000], **counted)
def test_shared_draws(count):
    with pytest.raises(wq.InputError, match="shared_draws"):
        wq.sensitivity.nested("DeepSeek-R1", shared_draws=count)
    with pytest.raises(wq.InputError, match="shared_draws"):
        wq.fleet("traditional", shared_draws=count)


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
@pytest.mark.parametrize("draws", [-(10**5000), 10**5000], **counted)
def test_numbers_that_python_itself_does_not_write_out(method, draws):
    with pytest.raises(wq.InputError, match="whole number of about 5,000 digits"):
        wq.sweep("DeepSeek-R1", method=method, draws=draws)


def test_the_largest_is_allowed():
    assert settings.checked_draws(10**11) == 10**11


@pytest.mark.parametrize(
    ("draws", "words"),
    [
        (10**9, "50 seconds"),
        (10**10, "8 minutes"),
        (10**12, "13 hours"),
        (10**14, "57 days"),
        (10**16, "15 years"),
        (10**30, "10^15 years"),
    ],
)
def test_the_time_in_words(draws, words):
    assert settings.duration(draws) == words


@pytest.mark.parametrize("option", [["--draws", "1e30"], ["--draws", "9" * 200]])
def test_the_command_line(option):
    from click.testing import CliRunner

    from wattquery.cli import main

    result = CliRunner().invoke(main, ["estimate", "DeepSeek-R1", *option], catch_exceptions=False)
    assert result.exit_code == 2
    assert "years per cell on one core" in result.output


@pytest.mark.parametrize("method", ["monte_carlo", "quasi_monte_carlo"])
@pytest.mark.parametrize("target", [1e-13, 1e-300, 5e-324])
def test_an_error_that_no_sample_has_is_refused(method, target):
    with pytest.raises(wq.InputError, match="relative_stderr must be at least 1e-12"):
        wq.sweep("Llama 3.1 405B", method=method, relative_stderr=target)
