"""Time and power of a serving instance under load, from the numbers of a cell: one source for arrays and scalars.

An instance is what holds the weights once: its accelerators, divided by tensors, experts, attention data and stages.
Dense models that are repeated count as several instances. Each function is written once, in NumPy's words: from Python
it works on scalars and arrays as it stands, in a Numba kernel on scalars.

``numbers``      what the numbers of a cell hold, in which order
``cache``        bytes of the key-value cache, with windows and sparse attention
``step``         one decode step by phases: host, weights, key-value reads, compute
``prefill``      the input, and the first pass
``latency``      what a request waits for: prefill of others before each token, steps before its own
``capacity``     how many sequences fit
``fixed_batch``  rates at a given mean number of running sequences, and at maximum load
``closed_loop``  rates where a fixed number of clients each wait for their answer
``given_batch``  the same the other way round: latencies at a given mean number of running sequences
``power``        power of an accelerator
``phases``       time and power of an instance, divided among the phases of its work
``elasticities`` how time and power answer to the numbers of a cell
``query``        what one query takes of each phase, and its energy
``single_query`` its energy in single precision, for loops over many draws
``fold``         how wide a sum of two energies is that err together
``points``       all that for many operating points at once
"""
