"""Parameters and state of recurrences, by hand; those of public models are in the tests of shapes."""

from __future__ import annotations

import pytest

from wattquery.catalog.own.entries import Entries
from wattquery.catalog.own.recurrent import recurrence_of
from wattquery.errors import InputError

HIDDEN = 16


def recurrence(**config):
    return recurrence_of(Entries(config, "config"), HIDDEN)


def test_kimi_delta_attention():
    """Kimi K3 has a state of 1,683,456 elements in each of its 69 layers."""
    linear = {"num_heads": 96, "head_dim": 128, "short_conv_kernel_size": 4, "full_attn_layers": [4]}
    assert recurrence(linear_attn_config=linear).state == 116_158_464 // 69


def test_mamba():
    found = recurrence(mamba_d_state=4, mamba_d_conv=4, mamba_expand=2, mamba_dt_rank="auto")
    inner, rank = 32, 1
    assert found.state == inner * 4 + inner * 3
    params = HIDDEN * 2 * inner + inner * 5 + inner * (rank + 8) + inner * (rank + 1) + inner * 5 + inner * HIDDEN
    assert found.params == params


def test_mamba_2_by_either_name():
    one = recurrence(mamba_num_heads=4, ssm_state_size=8, n_groups=2, conv_kernel=4, mamba_head_dim=8)
    other = recurrence(mamba_n_heads=4, mamba_d_state=8, mamba_n_groups=2, mamba_d_conv=4, mamba_d_head="auto")
    assert one == other
    assert one.state == 4 * 8 * 8 + (32 + 2 * 2 * 8) * 3


def test_a_short_convolution():
    found = recurrence(conv_L_cache=3)
    assert (found.state, found.params) == (3 * HIDDEN, 4 * HIDDEN**2 + 3 * HIDDEN)


def test_lightning_attention():
    assert recurrence(attn_type_list=[0, 1], num_attention_heads=4, head_dim=8).state == 4 * 64


def test_an_unknown_one():
    with pytest.raises(InputError, match=r"known are Mamba.*wq\.Model\(name, total_parameters"):
        recurrence(model_type="mystery")
    with pytest.raises(InputError, match="linear_num_key_heads is needed"):
        recurrence(linear_num_value_heads=3)
