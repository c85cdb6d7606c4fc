"""The thresholds of the checks, each with its reason. They err on the side of the row.

What no machine can do is impossible; what no measured row does, and some reading of the row would, is questionable.
"""

from __future__ import annotations

__all__ = [
    "EXPLAINED_WITHIN",
    "FASTEST_TOKEN",
    "FEWEST_CACHE_BYTES",
    "FEWEST_MEASURED",
    "FLOP_PER_PARAMETER",
    "JOULES_WITHIN",
    "LARGER_VARIANT",
    "LEAST_OF_LATENCY",
    "LEAST_OF_RATING",
    "LEAST_POWER",
    "LENGTH_WITHIN",
    "LONGEST_FIRST",
    "LONGEST_NOMINAL",
    "MOST_OF_BANDWIDTH",
    "MOST_OF_LATENCY",
    "MOST_OF_MEASURED",
    "MOST_OF_MEMORY",
    "MOST_OF_PEAK",
    "MOST_OF_RATING",
    "MOST_PER_NODE",
    "MOST_SPECULATED",
    "MOST_WITH_INPUT",
    "NEARLY_ALL",
    "NODE_OVER_ACCELERATORS",
    "NODE_RATING_WITHIN",
    "PARAMETERS_WITHIN",
    "SHORTEST_FIRST",
    "SLOWEST_TOKEN",
    "USED_MEMORY",
    "USUALLY_SPECULATED",
    "USUAL_CACHE_BYTES",
]

MOST_PER_NODE = 16.0
"""Accelerators of one node that are no error whatever the usual node of that hardware has."""

FLOP_PER_PARAMETER = 2.0
"""A multiplication and an addition for each parameter that a token is multiplied with. Attention comes on top; it is
left out, so that the bound holds for any length. Every token of the output passes the model once, be it drafted before
or not, and a cached input saves the work of the input alone."""

MOST_OF_PEAK = 1.0
"""Share of the dense peak above which the products of the output alone are impossible. The peak is that of the boost
clock; the best products of matrices reach about 0.8 of it. Twice the peak is structured sparsity, which a row has to
vouch for."""

MOST_WITH_INPUT = 0.67
"""Share of the dense peak above which output and input together are questionable; impossible they are not, for a cached
input costs nothing. The largest of some 4,900 measured rows with known lengths is 0.654 (an 8B model on an A100),
beside eight rows of which their collectors say that inputs were cached, or lengths are wrong."""

MOST_OF_BANDWIDTH = 1.1
"""Share of the rated bandwidth above which a decode step that reads its weights once is questionable: a few percent of
the weights of small models stay in the cache of the chip."""

MOST_SPECULATED = 8.0
"""Output tokens that one decode step may yield with speculation. Accepted drafts of the longest chains in use are five
or six tokens; multi-token prediction yields 1.5 to 3."""

USUALLY_SPECULATED = 1.5
"""Output tokens of a decode step above which a row that does not say whether it speculates is questionable: what
multi-token prediction gains on average. The largest measured is 0.80 of what one token a step allows."""

FEWEST_CACHE_BYTES = {4: 0.5, 8: 1.0, 16: 1.0}
"""Fewest bytes of an element of KV cache by the bits of the weights: an 8-bit cache is common beside weights of 16."""

USUAL_CACHE_BYTES = {4: 1.0, 8: 1.0, 16: 2.0}
"""Bytes of an element of KV cache where nothing is said of it: servers keep that of 16-bit weights in 16 bits."""

MOST_OF_MEMORY = 1.0
"""Share of the memory above which weights, or weights and cache, cannot fit."""

LARGER_VARIANT = 2.0
"""Factor up to which weights that do not fit are questionable and not impossible: one name is sold with 40 or 80 GB, or
with 96 or 144 GB, and vendors' tables name 16 bits for weights of 8."""

USED_MEMORY = 0.9
"""Share of the memory that servers use for weights and cache by default."""

MOST_OF_LATENCY = 1.25
"""Output rate / (concurrency x output / (time to first token + time per output token x (output - 1))) above which times
and rate contradict each other, which no queue explains: medians stand for means in some sources. The largest measured
is 1.00."""

LEAST_OF_LATENCY = 0.6
"""The same ratio below which a row is questionable: fewer requests are in flight at the start and the tail of a run.
The smallest measured is 0.81."""

EXPLAINED_WITHIN = 1.3
"""Factor within which a disagreement is taken for what it is close to: 1,000, the number of accelerators, or (input +
output) / output."""

SLOWEST_TOKEN = 2.0
"""Time per output token above which its unit is questioned [s]. The slowest measured is below 1 s."""

FASTEST_TOKEN = 0.0002
"""Time per output token below which its unit is wrong [s]: 5,000 tokens/s of one request. The fastest measured is
1.9 ms, and chips that hold a model in their own memory take 0.3 ms."""

LONGEST_FIRST = 60.0
"""Time to the first token above which its unit is questioned where nothing else tells it [s]. Of 3,410 measured rows 31
are above, with many requests in the queue; the longest is 462 s."""

SHORTEST_FIRST = 0.002
"""Time to the first token below which its unit is questioned [s]. The shortest measured is 25 ms."""

MOST_OF_RATING = 1.1
"""Share of the rated power above which the average of an accelerator, or of a node, is impossible: boards are held at
their rating, and readings are good to 5 %. The largest measured is 0.99."""

NODE_OVER_ACCELERATORS = 1.8
"""Rated power of a node / that of its accelerators, where the node's is not known: 10.2 / 5.6 kW of a DGX H100 and
14.3 / 8 kW of a DGX B200."""

NODE_RATING_WITHIN = 1.3
"""Factor within which a stated node rating agrees with that of the hardware."""

LEAST_POWER = 5.0
"""Power of an accelerator below which its unit is wrong [W]: the smallest in the tables is rated 72 W."""

LEAST_OF_RATING = 0.2
"""Share of its rating below which the power of an accelerator in use is questionable. Without work they draw 0.16 to
0.18; the smallest measured in use is 0.22, beside one that its source calls unusable."""

JOULES_WITHIN = 1.1
"""Factor within which joules per output token x output rate agrees with power. Measured rows agree within 1.5 %."""

LENGTH_WITHIN = 1.03
"""Factor within which joules per request / joules per output token, or output rate / request rate, agrees with the
output length, as measured rows do within 0.2 %; nominal lengths of random requests are 1.1 times those served."""

LONGEST_NOMINAL = 1.4
"""Nominal output length / output length served, up to which a disagreement of lengths is taken for a nominal one."""

MOST_OF_MEASURED = 1.25
"""Input and output tokens per second of an accelerator / the most in any measured row of its model, hardware and width
of weights, above which a row is questionable: different runs of one configuration differ by 5 to 25 %."""

FEWEST_MEASURED = 10
"""Measured rows of a model, hardware and width of weights that tell what it reaches; fewer may all be of a low load."""

NEARLY_ALL = 0.97
"""Share of the parameters above which the active ones of a mixture of experts are taken for all of them."""

PARAMETERS_WITHIN = 1.35
"""Factor within which stated active parameters agree with the known ones: publishers leave out embeddings, or round
down, by up to 30 %."""
