"""The paper: what it published, and what this package computes for each of its claims.

Source: Oviedo et al., Energy Use of AI Inference, Efficiency Pathways, and Test-Time Scaling, Joule 2026,
https://arxiv.org/abs/2509.20241.

==================  ========================================================================
``published.toml``  the published values, as text with their last digit
``claims``          one claim per value: what it is called and which quantity it states
``recomputed``      each quantity with the sampling error of the paper's estimate and of ours
``reproduction``    the table of claims
==================  ========================================================================
"""

from wattquery.paper.reproduction import reproduce

__all__ = ["reproduce"]
