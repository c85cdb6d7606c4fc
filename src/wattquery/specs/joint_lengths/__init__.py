"""Joint tables of output, input and cached tokens: what a workload is made of.

=================  ============================================================================
``rows``           columns as users pass them, checked, to rows in their one order
``partition``      any number of rows to at most 1,024 nodes with the same means
``lattice``        two margins to 1,024 nodes, which assumes that lengths are independent
``nodes``          a workload to what is drawn: which node a query is, and both lengths of it
``beside``         a workload beside a length is refused
``stated_error``   how far quantiles of the nodes are off those of the full table
=================  ============================================================================

NumPy arrays and distributions only; names and notes are the workload's.
"""

__all__: list[str] = []
