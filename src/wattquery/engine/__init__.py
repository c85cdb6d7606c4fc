"""Who runs which task. Nothing here knows what a task is: no methods, no plans, no labels.

============  ============================================================================
``executor``  what every executor promises, and how progress is told
``threads``   runs tasks on the threads of this process; one thread is a plain loop
``display``   progress on a terminal and in a notebook
``rate``      how fast work is done, and how long the rest takes
``dask``      runs tasks on the workers of a Dask cluster
``at_work``   what such a worker is at, so that it can be told to break it off
============  ============================================================================
"""
