"""Fleets with pools: nodes of several kinds that answer the same classes, hour by hour.

=================  ====================================================================================
``deployments``    the instances of one model in one pool, with a grid for each class
``states``         labels at which instances differ, and where these lie in a table
``curves``         the load model at any batches, and Little's law turned round
``targets``        how many sequences run in the hour of highest demand
``sizing``         whole nodes, and how busy their instances are hour by hour
``levers``         what levers leave of energy and time at running sequences
``days``           what a query takes over a day, idle capacity included
``effect_curves``  what is not known of sums over hours
``pue``            PUE that follows load
``grids``          the classes as parts, one for each deployment
``totals``         energy, power, nodes and accelerators of each pool
``notes``          what a reader should know
=================  ====================================================================================
"""
