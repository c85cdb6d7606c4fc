"""The one door from what a user says to what kernels take: labels above, flat arrays below.

======================  ===============================================================================
``columns``             distributions to the rows of numbers that kernels draw from
``terms``               factors of the equation to their share of ln E
``cell``                one cell: its factors by name, and merged
``plan``                a whole grid as tables by axis, and any one cell of it
``build``               makes the plan of a grid over a catalog
``lengths``             the columns of the lengths of a grid
``names``               what labels are called in the names of random streams
``lever_terms``         levers whose factor depends on load: a term for each deployment
``load_build``          makes the plan of a grid under load
``load_forms``          deployments under load, made of arrays where a cell asks for them
``short_outputs``       outputs of less than a token, where a prompt may weigh without end
``variants``            plans in which a factor is another one
``tiles``               cells as arrays for sampling
``pick_freeze_tables``  cells as arrays for variance-based indices
``designed_plan``       a plan under a pick-freeze design, range by range of its cells
``made_once``           a value that tasks of one process share
======================  ===============================================================================

What factors there are, `wattquery.specs.factors` says.
"""
