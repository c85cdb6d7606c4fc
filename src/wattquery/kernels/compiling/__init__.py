"""How kernels are compiled, and where what was compiled is kept. No numbers.

================  ==============================================================
``compile``       the one home of the compiler flags
``cache``         compiled kernels on disk, one file each
``cache_folder``  where they lie, and what is removed
``own_folder``    whether a folder is the user's own, without a race
``fingerprint``   what names a state of all kernel files
================  ==============================================================
"""
