"""Workloads by name: joint lengths of real services that ship, and whatever a user writes for a workload.

==============  ====================================================================
``named``       the named workloads: their tables, sources and caveats
``converters``  what a user writes for a workload, made one
==============  ====================================================================
"""

from wattquery.workloads.named import load, names

__all__ = ["load", "names"]
