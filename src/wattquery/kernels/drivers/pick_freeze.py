"""Pick-freeze sums: a model at two independent points A and B, and at mixtures of the two, straight into sums.

A point is frozen in all factors but those of one group, which are picked from the other point. ln E is a sum of one
term per factor, apart from the two lengths, so a mixture differs from its origin by the picked terms alone. No output
is stored: a block of points goes into sums, from which every estimator is computed.
"""

from __future__ import annotations

import numpy as np

from wattquery.kernels.compiling.compile import kernel
from wattquery.kernels.equation import (
    LENGTH_FORM_NUMBERS,
    cached_of_input,
    is_load_form,
    is_reciprocal,
    load_length_part,
    log_length_part,
    reciprocal_length_part,
)
from wattquery.kernels.random.columns import fill_from_words
from wattquery.kernels.random.points import point_words
from wattquery.kernels.random.single import expm1_single
from wattquery.kernels.random.variates import FIXED

__all__ = ["BLOCK", "MEMBER_NUMBERS", "add_block", "pick_freeze"]

BLOCK = 1024
"""Points held at a time: 16 KiB for each column, so that all columns stay in a core's second-level cache.

Sums are added up block by block, so the length of a block is part of a result's last digits."""

MEMBER_NUMBERS = ("constant", *LENGTH_FORM_NUMBERS, "prefill_weight", "base", "span", "length_constant")
"""What a member's row of numbers holds, in this order."""

AFTER_FORM, PREFILL_WEIGHT, BASE, SPAN, LENGTH_CONSTANT = 24, 24, 25, 26, 27

F = np.float32


@kernel
def add_block(outputs, present, whole, by_group, by_pair):
    """Add a block of outputs to the sums of a replicate.

    Parameters
    ----------
    outputs : float[2 + groups or 2 + 2 * groups, points]
        f(A), f(B), then f(A with group g from B), then, where wanted, f(B with group g from A).
    present : bool[groups]
        Groups without an effect here are passed over.
    whole : float64[5]
        Receives the sums of f_A, f_B, f_A^2, f_B^2 and f_A f_B.
    by_group : float64[groups, 8]
        Receives the sums of f_B d, d, d^2 with d = f_AB - f_A, and of (f_B - f_AB)^2; then, of the last outputs where
        they are there, of e = f_BA - f_B, e^2, -e d and (f_BA - f_AB)^2.
    by_pair : float64[groups, groups, 2]
        Receives for g, h the sums of (f_ABg - f_BAh)^2 and of f_ABg f_BAh; of no length where pairs are not wanted.
    """
    groups, points = by_group.shape[0], outputs.shape[1]
    a, b = outputs[0], outputs[1]
    s0, s1, s2, s3, s4 = 0.0, 0.0, 0.0, 0.0, 0.0
    for i in range(points):
        x, y = np.float64(a[i]), np.float64(b[i])
        s0 += x
        s1 += y
        s2 += x * x
        s3 += y * y
        s4 += x * y
    whole[0] += s0
    whole[1] += s1
    whole[2] += s2
    whole[3] += s3
    whole[4] += s4
    for g in range(groups):
        if not present[g]:
            continue
        mixed = outputs[2 + g]
        s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
        for i in range(points):
            x, y, z = np.float64(a[i]), np.float64(b[i]), np.float64(mixed[i])
            s0 += y * (z - x)
            s1 += z - x
            s2 += (z - x) * (z - x)
            s3 += (y - z) * (y - z)
        by_group[g, 0] += s0
        by_group[g, 1] += s1
        by_group[g, 2] += s2
        by_group[g, 3] += s3
    for g in range(outputs.shape[0] - 2 - groups):
        if not present[g]:
            continue
        mixed, mirrored = outputs[2 + g], outputs[2 + groups + g]
        s0, s1, s2, s3 = 0.0, 0.0, 0.0, 0.0
        for i in range(points):
            x, y = np.float64(a[i]) - np.float64(mixed[i]), np.float64(mirrored[i]) - np.float64(b[i])
            z = np.float64(mirrored[i]) - np.float64(mixed[i])
            s0 += y
            s1 += y * y
            s2 += x * y
            s3 += z * z
        by_group[g, 4] += s0
        by_group[g, 5] += s1
        by_group[g, 6] += s2
        by_group[g, 7] += s3
    for g in range(by_pair.shape[0]):
        for h in range(groups):
            if h == g or not present[g] or not present[h]:
                continue
            s0, s1 = 0.0, 0.0
            for i in range(points):
                x, y = np.float64(outputs[2 + g, i]), np.float64(outputs[2 + groups + h, i])
                s0 += (x - y) * (x - y)
                s1 += x * y
            by_pair[g, h, 0] += s0
            by_pair[g, h, 1] += s1


@kernel
def log_linear_part(numbers, values, logs, output, input_, from_output, from_input, i):
    """Return the part of ln E that depends on the lengths at one point, each length from A (0) or from B (1).

    It is counted from a constant of its own: as a single-precision number it then has all digits of what varies.
    """
    return numbers[LENGTH_CONSTANT] + log_length_part(
        np.float64(values[from_output, output, i]),
        np.float64(logs[from_output, output, i]),
        np.float64(values[from_input, input_, i]),
        np.float64(logs[from_input, input_, i]),
        numbers[1],
        numbers[2],
        numbers[3],
        numbers[4],
        numbers[PREFILL_WEIGHT],
        numbers[BASE],
        numbers[SPAN],
    )


@kernel
def reciprocal_part(numbers, values, output, input_, from_output, from_input, i):
    """Return what `log_linear_part` does, for the reciprocal form of a throughput."""
    return numbers[LENGTH_CONSTANT] + np.log(
        reciprocal_length_part(
            numbers[5],
            numbers[6],
            numbers[7],
            numbers[4],
            np.float64(values[from_output, output, i]),
            np.float64(values[from_input, input_, i]),
            numbers[PREFILL_WEIGHT],
            numbers[BASE],
            numbers[SPAN],
        )
    )


@kernel
def load_part(numbers, values, output, input_, cached, from_output, from_input, i):
    """Return what `log_linear_part` does, for the load form; cached tokens come from where the input comes from."""
    form = numbers[1:AFTER_FORM]
    inputs = np.float64(values[from_input, input_, i])
    own = np.float64(values[from_input, cached, i]) if cached >= 0 else cached_of_input(form[21], form[22], inputs)
    part = load_length_part(form, np.float64(values[from_output, output, i]), inputs, own)
    return numbers[LENGTH_CONSTANT] + np.log(part)


@kernel
def fill_lengths(numbers, columns, values, logs, lengths):
    """Fill ``lengths`` (4, points) with the part of the lengths: from A, A; from B, A; from A, B; from B, B."""
    form = numbers[1:AFTER_FORM]
    if is_load_form(form):
        for k in range(4):
            for i in range(lengths.shape[1]):
                lengths[k, i] = F(load_part(numbers, values, columns[0], columns[1], columns[2], k & 1, k >> 1, i))
        return
    if is_reciprocal(form):
        for k in range(4):
            for i in range(lengths.shape[1]):
                lengths[k, i] = F(reciprocal_part(numbers, values, columns[0], columns[1], k & 1, k >> 1, i))
        return
    for k in range(4):
        for i in range(lengths.shape[1]):
            lengths[k, i] = F(log_linear_part(numbers, values, logs, columns[0], columns[1], k & 1, k >> 1, i))


@kernel
def one_deployment(constant, columns, signs, picked, present, lengths, logs, outputs):
    """Fill ``outputs`` with ln E of a cell that is one deployment: each mixture by what differs from its origin."""
    groups = present.size
    for p in range(outputs.shape[0]):
        if p > 1 and not present[(p - 2) % groups]:
            continue
        row = outputs[p]
        side = 1 if p == 1 or p >= 2 + groups else 0
        own, k = 3 * side, int(picked[p, 0]) + 2 * int(picked[p, 1])
        if p < 2:
            for i in range(row.size):
                row[i] = F(constant) + lengths[own, i]
        else:
            for i in range(row.size):
                row[i] = outputs[side, i] + (lengths[k, i] - lengths[own, i])
        for s in range(3, columns.size):
            column, sign = columns[s], F(signs[s])
            if column < 0:
                continue
            if p < 2:
                for i in range(row.size):
                    row[i] += sign * logs[side, column, i]
            elif picked[p, s] != (side == 1):
                for i in range(row.size):
                    row[i] += sign * (logs[1 - side, column, i] - logs[side, column, i])


@kernel
def one_mixture(numbers, columns, signs, choices, picked, present, values, logs, outputs):
    """Fill ``outputs`` with ln E of a cell whose members (one deployment each) are themselves drawn.

    The columns ``choices`` hold each choice's part of the member's index; ``picked`` says for them, after all terms,
    from which point they come.
    """
    groups, terms = present.size, columns.shape[1]
    for p in range(outputs.shape[0]):
        if p > 1 and not present[(p - 2) % groups]:
            continue
        source = picked[p]
        for i in range(outputs.shape[1]):
            member = 0
            for c in range(choices.size):
                if choices[c] >= 0:
                    member += int(values[int(source[terms + c]), choices[c], i])
            own, row = columns[member], numbers[member]
            if is_load_form(row[1:AFTER_FORM]):
                y = load_part(row, values, own[0], own[1], own[2], int(source[0]), int(source[1]), i)
            elif is_reciprocal(row[1:AFTER_FORM]):
                y = reciprocal_part(row, values, own[0], own[1], int(source[0]), int(source[1]), i)
            else:
                y = log_linear_part(row, values, logs, own[0], own[1], int(source[0]), int(source[1]), i)
            y += row[0]
            for s in range(3, terms):
                if own[s] >= 0:
                    y += signs[member, s] * logs[int(source[s]), own[s], i]
            outputs[p, i] = F(y)


@kernel
def pick_freeze(
    cells,
    cell_choices,
    present,
    member_numbers,
    member_columns,
    member_signs,
    member_lengths,
    picked,
    column_codes,
    column_numbers,
    column_dimensions,
    column_streams,
    table_levels,
    table_values,
    replicate,
    points,
    begin,
    end,
    whole,
    by_group,
    by_pair,
):
    """Add points of one replicate to the sums of every cell of a tile.

    Parameters
    ----------
    cells : int64[cells, 2]
        First member of each cell, and how many it has: one, or all labels of axes that are themselves random.
    cell_choices : int64[cells, axes]
        The columns of those axes; -1 where there is none.
    present : bool[cells, groups]
        Whether a group has a factor that is random in the cell.
    member_numbers : float64[members, 28]
        The rows named by `MEMBER_NUMBERS`; ln E is counted from the cell's own centre, and the lengths' part of it from
        that of their medians.
    member_columns, member_signs : int64[members, terms], float64[members, terms]
        The columns of output, input and cached tokens and each factor (-1 where it has none), and the factors' signs.
    member_lengths : int64[members]
        Members that share all that depends on lengths have the same number here.
    picked : bool[outputs, terms + axes]
        What each output takes from B; cached tokens are from where the input is. The first two outputs are A and B
        themselves; see `add_block` for the others.
    column_codes, column_numbers, table_levels, table_values
        The random columns, see `wattquery.kernels.random.columns.fill_column`.
    column_dimensions : int64[columns, 2]
        The dimension of each column at A and at B, see `wattquery.kernels.random.points.point_words`.
    column_streams : uint32[columns, 2, 4]
        Its streams.
    replicate, points : int
        Which replicate, and its number of points.
    begin, end : int
        The range of its points that are added, in whole blocks: ranges in order give the sums of all points, to the
        last digit.
    whole, by_group, by_pair : float64[cells, 2, ...]
        Receive the sums of `add_block`, of E (in units of exp(centre), less 1) and of ln E: both are near 0, where they
        keep the digits of a narrow spread.
    """
    columns = column_codes.shape[0]
    block = min(BLOCK, points)
    values = np.empty((2, columns, block), dtype=np.float32)
    logs = np.empty((2, columns, block), dtype=np.float32)
    word = np.empty(block, dtype=np.uint32)
    uniform = np.empty(block)
    lengths = np.empty((4, block), dtype=np.float32)
    outputs = np.empty((picked.shape[0], block), dtype=np.float32)
    for start in range(begin, end, block):
        for column in range(columns):
            for side in range(2):
                stream = column_streams[column, side]
                if column_codes[column, 0] != FIXED:
                    point_words(column_dimensions[column, side], stream, replicate, points, start, word)
                fill_from_words(
                    column_codes[column],
                    column_numbers[column],
                    table_levels,
                    table_values,
                    stream,
                    replicate * points + start,
                    word,
                    uniform,
                    values[side, column],
                    logs[side, column],
                )
        filled = -1
        for cell in range(cells.shape[0]):
            first, members = cells[cell, 0], cells[cell, 1]
            if members == 1:
                if member_lengths[first] != filled:
                    filled = member_lengths[first]
                    fill_lengths(member_numbers[first], member_columns[first], values, logs, lengths)
                one_deployment(
                    member_numbers[first, 0],
                    member_columns[first],
                    member_signs[first],
                    picked,
                    present[cell],
                    lengths,
                    logs,
                    outputs,
                )
            else:
                one_mixture(
                    member_numbers[first : first + members],
                    member_columns[first : first + members],
                    member_signs[first : first + members],
                    cell_choices[cell],
                    picked,
                    present[cell],
                    values,
                    logs,
                    outputs,
                )
            add_block(outputs, present[cell], whole[cell, 1], by_group[cell, 1], by_pair[cell, 1])
            for p in range(outputs.shape[0]):
                if p < 2 or present[cell, (p - 2) % present.shape[1]]:
                    for i in range(block):
                        outputs[p, i] = expm1_single(outputs[p, i])
            add_block(outputs, present[cell], whole[cell, 0], by_group[cell, 0], by_pair[cell, 0])
