"""Results on disk, in Zarr: a grid laid out first, whose boxes are written as they are finished, whole chunks only.

============  ==============================================================================
``schema``    what is laid out: arrays by name, their dimensions, types and attributes
``location``  where a store lies: a folder, or an address of an object store
``layout``    the empty arrays, and the metadata that names them all
``grow``      a store laid out anew around what it holds
``chunks``    the chunks of one box: written, and read back with their checksums
``manifest``  what a store was asked for, and what else it keeps beside its arrays
``claim``     one process at a time works on a store
``refusals``  what a disk refuses, in a sentence
``untrusted`` what a store may hold before anything of it is opened
``codecs``    whether a folder of anybody's names only codecs that run nothing of its own
``packed``    what a chunk says of itself before it is unpacked
``guarded``   a store whose chunks are looked at before they are unpacked
``done``      which cells of a store are done
``status``    what of a store is done, and what made it
``dates``     dates as a store holds them
``opened``    what a store holds as a Dataset, whose values are read when they are asked for
``verify``    whether the chunks of a box are what was written
``seen``      whether a worker sees the store that was laid out
============  ==============================================================================

Beside the arrays of the result a store has ``done``, whether a cell has all that was asked of it, and the group
``wattquery`` with the manifest and what single boxes had to say.
"""
