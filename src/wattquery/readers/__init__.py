"""Other tools' files to rows of a catalog: what benchmarks of serving systems wrote.

This room knows the standard library and the catalog, and neither numba nor xarray.

``benchmarks``             files to a catalog
``documents``, ``entries`` a file to objects of JSON or a text; their fields, each read or refused in a sentence
``formats``                which format a file has, told by what stands in it
``run``                    the common form between readers and rows
``stated``, ``labels``     what the user says beside a file; names as the catalog ``default`` has them
``plausible``              whether times, rates and concurrency of a run agree
``rows``                   runs to rows, scaled to the node
``tables``, ``grids``      records and numbers of tables; tables of rates by lengths

The readers, one for each tool, with the fields that it documents: ``vllm``, ``sglang``, ``aiperf`` with ``aiperf_csv``,
``guidellm``, ``inferencex``, ``llmperf``, ``ml_energy``, ``mlperf``,
``tensorrt_llm``, ``trtllm_bench``.
"""

from wattquery.readers.benchmarks import read_benchmarks

__all__ = ["read_benchmarks"]
