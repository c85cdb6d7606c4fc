"""Pieces of a grid lie where data is."""

import wattquery as wq
from wattquery.sweeps.planning.pieces import piece_at, share_with_data
from wattquery.sweeps.run import prepare
from wattquery.sweeps.settings import settings
from wattquery.sweeps.study import study


def test_pieces_have_data_where_it_is_known():
    places = {"hardware": ["H100", "B200"], "serving": wq.ALL, "precision": wq.ALL}
    asked = study(["Llama 3.1 70B", "DeepSeek-R1"], catalog="default", **places, pue=[1.1, 1.2, 1.3])
    run = prepare(asked, settings(method="exact"))
    supported = run.plan.supported
    assert 0.0 < share_with_data(run) == supported.mean() < 1.0
    for where in (0.0, 0.3, 0.6, 1.0):
        piece = piece_at(asked, run, (1, 1, 1, 1, 3), where)
        assert supported[piece.starts[:4]].all()
        assert piece.shape == (1, 1, 1, 1, 3)


def test_pieces_end_with_the_grid():
    asked = study("DeepSeek-R1", pue=[1.1, 1.2, 1.3])
    assert piece_at(asked, None, (2,), 1.0).ranges == (range(2, 3),)
    assert share_with_data(None) is None
