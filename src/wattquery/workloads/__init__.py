"""Workloads by name: joint lengths of real services that ship, logs, and whatever a user writes for a workload.

==============  ====================================================================
``named``       the named workloads: their tables, sources and caveats
``converters``  what a user writes for a workload, made one
``logs``        request logs: a file with a row per request, to a workload
``data``        their nodes, a file for each, and ``workloads.csv``, which describes them
==============  ====================================================================

``data/build_workloads.py``, beside the package, makes these files.
"""

from wattquery.workloads.named import load, names, table

__all__ = ["load", "names", "table"]
