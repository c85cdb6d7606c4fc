"""How fast, and how near the machine's limit. Nothing of the package imports from here.

=============  ================================================================================
``suites``     what asv runs, and the tests once at the smallest size
``subjects``   what is timed, ready to be called: the only file that imports kernels
``workloads``  the grids, as arguments of `wattquery.sweep` and as plain numbers for the peers
``compare``    the regression gate, HEAD against another revision; ``worker`` is its other half
``peers``      the same grid through other people's tools
``roofline``   what the machine can do at best, part by part
``scaling``    cost against cells and against draws
``memory``     peak memory against draws, and fresh processes
=============  ================================================================================
"""
