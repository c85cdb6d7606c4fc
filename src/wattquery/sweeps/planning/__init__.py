"""What a grid will take, said before anything large starts: cells, draws, memory, disk, and time at a measured rate.

==============  =========================================================================
``plan``        `wattquery.plan`: the arguments of a sweep in, what it takes out
``sweep_plan``  what it takes, as attributes, JSON and text
``rate``        some of the grid solved on this machine, for as long as it takes to know
``pieces``      which cells of a grid stand for it
``sizes``       what a grid takes in memory and on a disk
``problems``    what does not fit, and what would make it fit
``words``       times, sizes and counts as people say them
==============  =========================================================================
"""
