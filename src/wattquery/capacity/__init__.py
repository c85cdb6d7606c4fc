"""What it would take: the least energy or nodes that meet a target of latency at a rate of requests, in reading order.

====================  ================================================================================
``plan_capacity``     `wattquery.plan_capacity`: what users call
``asked``             its arguments beside those of a study, checked
``demand``            a rate of requests by hour of the day
``candidates``        which instances are compared: hardware, serving system, precision and size
``curves``            all candidates at all loads from one table: rate, power and latencies
``lever_effects``     what levers change at each load
``multiplier``        what energies of a boundary are multiplied by, and what is not known of them
``search``            the best load of each candidate that meets all targets
``sizing``            whole instances and nodes for the hour of highest demand
``hours``             load and power in every hour, by Little's law
``least_day``         the best load over a day, where more load costs more in the highest hour
``frontier``          which candidates no other one beats twice
``tradeoff``          what each speed costs at least, over all candidates and loads
``words``             why a candidate cannot meet a target, and what has to be known of the result
``from_scenario``     what a scenario of a fleet says of a class, as arguments
``capacity_dataset``  all of that as a labelled table, the best candidate first
====================  ================================================================================

Energies are means at the boundary that is asked for, as they add up; targets are of medians in a closed loop, or of the
quantile that is asked for.
"""
