"""What a grid will take, said before anything large starts: cells, draws, memory, disk, and time at a measured rate.

==============  =========================================================================
``plan``        `wattquery.plan`: the arguments of a sweep in, what it takes out
``sweep_plan``  what it takes, as attributes, JSON and text
``begun``       what a store has already, or why it would be refused
``place``       what would keep a store from being written where it is to lie
``boxed``       how a grid is divided into boxes
``pilot``       how many draws a target error takes
``rate``        some of the grid solved on this machine, for as long as it takes to know
``pieces``      which cells of a grid stand for it
``memory``      what a grid takes in memory
``sizes``       what it takes on a disk
``problems``    what does not fit, and what would make it fit
``notes``       what to know of the numbers
==============  =========================================================================
"""
