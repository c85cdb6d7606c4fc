"""A fuzzer: valid calls of every door, changed at random, must end in an answer or in one sentence.

`python -m fuzz` (with this folder's parent on the path, as `make fuzz` has it) runs it. Strategies draw the *source
text* of a call or the words of a command line, so that what is printed of a failure can be pasted and run.
"""
