"""For other tools: one cell fixed as a few numbers, the energy of any query in it, and power over the load.

===================  ============================================================================
``prepare``          `wattquery.prepare`: one cell, fixed
``coefficients``     a cell as the numbers that kernels take
``prepared_query``   what is fixed: numbers with their boundary, support and notes
``lengths``          lengths that no query has, told apart and refused; arrays with and without labels
``request_energy``   `wattquery.request_energy`: one query at a time, for tracers and gateways
``power_profile``    `wattquery.power_profile`: power over the load, for simulators of fleets
``profile_bands``    its numbers, with what is not known of them
``profile``          it as attributes and as JSON
``profile_reading``  its JSON, checked key by key
===================  ============================================================================
"""
