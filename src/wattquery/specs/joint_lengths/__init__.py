"""Joint tables of output, input and cached tokens: what a workload is made of.

=================  ==================================================================================
``rows``           columns as users pass them, checked, to rows in their one order
``interval_means`` means of a margin between shares of the requests
``partition``      any number of rows to at most 1,024 nodes with the same means
``settling``       nodes moved until their margins and energies are those of the full table
``lattice``        two margins to 1,024 nodes, which takes them to be independent
``nodes``          a workload to what is drawn: which node a query is, and both lengths of it
``beside``         a workload beside a length is refused
``stated_error``   how far quantiles of the nodes are off those of the full table
=================  ==================================================================================

Arrays and distributions only; names and notes are the workload's. What shipped tables are built with uses no function
whose last digit differs from machine to machine: no logarithm, no matrix product.
"""

__all__: list[str] = []
