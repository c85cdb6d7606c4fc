"""Fleets: energy per day, power, nodes and intervals of a mix of queries; and their course over time.

======================  ============================================================================
``fleet``               a mix of queries in, one Dataset out
``trajectory``          the same over time
``arguments``           the arguments that both have in common
``replaced_levers``     what a scenario says of levers goes with them where others take their place
``replaced_loads``      what a scenario says of how busy nodes are goes where a load takes its place
``computed``            the one way from these to a result: in memory, or in a store
``analysis``            what both say of themselves: what they solve, and what is known beforehand
``fleet_analysis``      that of one day
``trajectory_analysis``  that of the course over time
``settings``            how a fleet is computed, checked
``combine``             Datasets of several scenarios and presets as one
``whole``               what is known of a result before any of it is solved
``telling``             points that stand for all, for a look at the whole
``box``                 a part of a request, with fewer labels
``into_store``          fleets into a store, box by box
``asked``               what was asked for, which another call on a store is compared with
``gathered``            what notes say of the values in a store
``extremes``            the largest noise and error of all points, for notes
``fleet_coordinates``   labels of a fleet
``fleet_dataset``       a scenario under a preset as a Dataset
``trajectory_dataset``  the same over time
``layout``              from points and rows of shares to the dimensions of a result
``evaluation``          a scenario under a preset as arrays
``part``                the queries of one class that one model answers, as numbers
``parts``               classes of queries and the models that answer them, from labels to numbers
``shared_batches``      classes that run on the same instances
``pooled``              nodes of several kinds that answer the same classes, hour by hour
``length_means``        means over the lengths of a query
``mixes``               sums over the classes of a mix
``moments``             moments of factors, and of pairs of them
``totals``              means and variances of a mix of classes
``intervals``           what shared factors leave open, and the error of sampling
``quantiles``           quantiles of mixes of classes, with their errors
``closed_forms``        those that are known without draws
``class_draws``         draws of what a whole fleet shares
``kept``                what is kept for the next points
``adoption``            levers that a part of the queries is served with
``structural_choices``  choices without a probability
``possible_choices``    which of them can be made at all points
``published``           what a source published, beside what is computed
``name_checks``         names that nothing uses, or that would hide a part
``notes``               what a reader should know
``work``                points and dates on threads, as pure pieces
======================  ============================================================================
"""
