"""The load model: time, power and energy of a serving instance from its architecture, accelerator, stack and load.

``attention_reach``    what an attention reads as the context grows
``length_nodes``       a length as nodes and weights
``query_means``        means over the queries that fill a batch
``query_energy``       the energy of one query on an instance at one load
=====================  =====================================================================
"""

from wattquery.throughput.load.observations import QUANTITIES, Observations
from wattquery.throughput.load.shipped_rows import shipped_observations

__all__ = ["QUANTITIES", "Observations", "shipped_observations"]
