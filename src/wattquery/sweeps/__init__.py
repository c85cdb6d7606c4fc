"""The spine: from what a user writes to one labelled Dataset, in reading order.

==========================  ============================================================================
``arguments``               types of the keyword arguments that functions pass on
``study``                   what is asked for: the grid, with the preset's value for what is left out
``measured_points``         measurements of a user's own that calibrate a load
``load_study``              the same under a load, and what it refuses to count twice
``measured_levers``         levers by name as they were measured
``load_levers``             levers that the load model has already
``load_hint``               that a load would do where a catalog has no row
``settings``                how to compute it
``run``                     both lowered, and the statistics of every cell; no labels
``carry_out``               where a method, an executor and a store meet, and nowhere else
``out_of_reach``            what is said of a target error that cannot be reached
``memory``                  whether a result and the work on it fit, asked before any of it is made
``stages``                  the progress of several runs as that of one
``magnitudes``              energies that no query has are refused
``outside_range``           what of a grid lies outside the physical range of its quantity
``power_notes``             node powers that are no ratings
``throughput_forms``        which form of throughput the deployments have, in words
``workload_notes``          what has to be known of the workloads of a grid
``coordinates``             the labels of a grid, and how they read as text
``provenance``              what made a result, as attributes
``labelled``                the one way from an array to a labelled variable
``dataset``                 statistics and histograms by cell to a Dataset, and back for one cell
``load_dataset``            rates, latencies, power and support of a grid under a load
``support_words``           what predictions under a load rest on, in words
``result_notes``            what a result has to say to its reader, a line for each note
``sweep``                   `wattquery.sweep`: a grid
``estimate``                `wattquery.estimate`: one cell, with notes
``estimate_result``         the cell with its statistics, as attributes, JSON and text
``load_estimate``           the same under a load: with rates, latencies, power and support
``targets``                 targets of latency: checked, as limits and in words
``instance_sizes``          sizes of instances that are compared where none is given
``whole_nodes``             how instances stand on nodes, of which there are whole ones
``load_points``             points of a query at many loads, for a search
``operating_point``         `wattquery.operating_point`: the least energy that meets a target of latency
``operating_point_result``  the load that it found, as attributes, JSON and text
``results``                 whether a Dataset is what a function needs
``blockwise``               grids box by box: into a store, by other machines, or when they are asked for
``planning``                `wattquery.plan`: what a grid will take, said before anything large starts
``blend``                   `wattquery.blend`: a mixture over one dimension
``blend_arguments``         its labels, shares and trim, checked
``mixed_cell``              one cell of a mixture, with its errors
``trimmed_errors``          standard errors of trimmed mixtures of plain draws
``frontier``                which models stand for the large ones
``frontier_estimate``       one query to them, as an estimate
``no_rows_hint``            what is said of a model without rows: claims about it, the nearest architecture
==========================  ============================================================================
"""
