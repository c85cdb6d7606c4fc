"""All checks on an operating point, the surest first: what explains a row best is said first."""

from __future__ import annotations

from wattquery.catalog.physics.compute import compute_findings
from wattquery.catalog.physics.counts import accelerator_findings, parameter_findings, phase_findings
from wattquery.catalog.physics.memory import bandwidth_findings, capacity_findings
from wattquery.catalog.physics.point import Finding, OperatingPoint
from wattquery.catalog.physics.power import joules_findings, power_findings
from wattquery.catalog.physics.timing import length_findings, timing_findings

__all__ = ["findings"]


def findings(point: OperatingPoint, kind: str = "") -> list[Finding]:
    """Return what is wrong with an operating point: the impossible first, and what explains most first of each.

    Parameters
    ----------
    point
        What a row says.
    kind
        ``"MoE"`` where the row itself says that its model is a mixture of experts.

    Examples
    --------
    >>> from wattquery.catalog.physics import Accelerator, Architecture, OperatingPoint, findings
    >>> model = Architecture("Ours 70B", total=70e9, active=70e9, multiplied=70e9)
    >>> device = Accelerator("H100 SXM", flops=((16, 989e12), (8, 1979e12)))
    >>> point = OperatingPoint(model, device, accelerators=8, precision="FP8", output_rate=200_000.0)
    >>> [(one.kind, one.severity) for one in findings(point)]
    [('above-compute', 'impossible')]
    """
    found = [
        *parameter_findings(point, kind),
        *accelerator_findings(point),
        *phase_findings(point),
        *compute_findings(point),
        *timing_findings(point),
        *capacity_findings(point),
        *bandwidth_findings(point),
        *power_findings(point),
        *joules_findings(point),
        *length_findings(point),
    ]
    return sorted(found, key=lambda finding: not finding.is_impossible)
