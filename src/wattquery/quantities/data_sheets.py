"""What the data sheet of an accelerator says."""

from wattquery.quantities.quantity import Quantity

__all__ = ["DATA_SHEETS"]

_DENSE = (
    "Give TFLOP/s of dense products: 1 PFLOP/s is 1000; where a data sheet says 'with sparsity', dense is half of that"
)

# Wide on purpose: from a board of a few watts to several generations from now. What lies beyond is in another unit.
DATA_SHEETS = (
    # 192 GB are 0.192 TB, 196,608 MB and 1.92e11 bytes.
    Quantity(
        "memory_gb",
        "",
        "GB",
        "memory of an accelerator",
        lowest=0.2,
        highest=10_000.0,
        suggestion="Give gigabytes, 1e9 bytes: 80 for an H100",
    ),
    # The slowest in the tables has 0.3 TB/s, which is 300 GB/s; memory on the chip reaches some 100 TB/s.
    Quantity(
        "bandwidth_tbps",
        "",
        "TB/s",
        "bandwidth of the memory of an accelerator",
        lowest=0.02,
        highest=150.0,
        suggestion="Give TB/s: 3.35 for an H100, whose data sheet may say 3350 GB/s",
    ),
    Quantity(
        "fp16_tflops",
        "",
        "TFLOP/s",
        "peak rate of dense products in 16 bits",
        lowest=3.0,
        highest=50_000.0,
        suggestion=_DENSE,
    ),
    Quantity(
        "fp8_tflops",
        "",
        "TFLOP/s",
        "peak rate of dense products in 8 bits",
        lowest=3.0,
        highest=100_000.0,
        suggestion=_DENSE,
    ),
    Quantity(
        "fp4_tflops",
        "",
        "TFLOP/s",
        "peak rate of dense products in 4 bits",
        lowest=3.0,
        highest=200_000.0,
        suggestion=_DENSE,
    ),
    Quantity(
        "tdp_w",
        "",
        "W",
        "thermal design power of an accelerator",
        "accelerator",
        lowest=5.0,
        highest=10_000.0,
        suggestion="Give watts of one accelerator: 700 for an H100",
    ),
    Quantity(
        "idle_w",
        "",
        "W",
        "power of an accelerator without load",
        "accelerator",
        lowest=0.5,
        highest=3_000.0,
        suggestion="Give watts of one accelerator: 120 for an H100",
    ),
    # PCIe of the second generation with 8 lanes has 4 GB/s; 900 GB/s are 7200 Gbit/s.
    Quantity(
        "link_gbps",
        "",
        "GB/s",
        "bandwidth of the links of an accelerator within a node, in one direction",
        lowest=0.5,
        highest=5_000.0,
        suggestion="Give gigabytes per second in one direction: 450 for an H100, whose data sheet says 900 for both",
    ),
    Quantity(
        "link_inter_node_gbps",
        "",
        "GB/s",
        "bandwidth of the links of an accelerator between nodes, in one direction",
        lowest=0.05,
        highest=5_000.0,
        suggestion="Give gigabytes per second in one direction: 50 for a port of 400 Gbit/s",
    ),
    Quantity(
        "accelerators_per_node",
        "",
        "1",
        "accelerators of one node",
        lowest=1.0,
        highest=1024.0,
        suggestion="Count those of one node, 8 as a rule",
    ),
)
"""Rows of the table of quantities."""
