"""The paper: what it published, what this package computes for each of its claims, and an audit of its inputs.

Source: Oviedo et al., Energy Use of AI Inference, Efficiency Pathways, and Test-Time Scaling, Joule 2026,
https://arxiv.org/abs/2509.20241.

===================  ========================================================================
``published.toml``   the published values, as text with their last digit
``claims``           one claim per value: what it is called and which quantity it states
``recomputed``       each quantity with the sampling error of the paper's estimate and of ours
``reproduction``     the table of claims
``audit.toml``       what an audit of the inputs found, with evidence and corrections
``findings``         findings and changes as objects
``corrections``      changes applied to the table and the preset of the paper
``headlines``        the numbers that the audit looks at
``audit``            what each correction moves, one at a time and together
``under_load``       the headline on instances under load, and where the paper's numbers lie
``supplement.toml``  what the code of the supplementary sensitivities prints
``supplement``       these as claims, and the sweeps that compute them again
``pictures``         the paper's figures, published beside computed, in a folder
===================  ========================================================================
"""

from wattquery.paper.audit import audit, findings
from wattquery.paper.pictures.make import figures
from wattquery.paper.reproduction import reproduce
from wattquery.paper.under_load import under_load

__all__ = ["audit", "figures", "findings", "reproduce", "under_load"]
