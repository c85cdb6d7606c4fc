"""Every rule by its name, with its sentence. A rule that is not here cannot be applied."""

from __future__ import annotations

__all__ = ["LEFT_OUT", "MARKS", "TAKEN_AS"]

LEFT_OUT = {
    "licence": "The source's licence is not on the allow-list (data/raw/left_out.csv names each row).",
    "one_phase_only": "The rate counts the prefill or the decode pool alone, so it is no rate of a system.",
    "no_output_rate": "No rate of generated tokens is published, and a rate of all tokens is not taken for one.",
    "repeats_inferencex": "The 'gap analysis' rows repeat InferenceX rows with rounded values.",
    "same_run": "The run stands in the table of published rates already, whose figure is kept; this one is derived.",
    "ragged_gb200": "Aggregated GB200 rows of Dynamo 0.8 and 0.9 follow no curve over load.",
    "outlier_atom": "ATOM on MI355X at concurrency 512: 257 W at a low rate, which its source warns of.",
    "not_a_deployment": "Neither model, accelerator nor serving stack is known: a claim about a fleet, see wq.catalog.public_claims.",
    "no_power": "Neither power nor energy is given.",
    "impossible": "A rate or power that physics rules out (wattquery.catalog.physics).",
    "low_confidence": "Confidence is low.",
    "disaggregated": "Prefill and decode ran on pools of their own: a rate of one mix of lengths, not of others.",
    "speculation_on": "Speculative decoding was on, or probably was.",
    "below_maximum_load": "Not at maximum load.",
    "no_rate_per_accelerator": "The number of accelerators is not known.",
    "precision_doubtful": "The precision that is stated does not fit the rate.",
    "lengths_doubtful": "Requests ended well before the nominal length.",
    "work_in_progress": "Marked as work in progress by its source.",
    "no_node_power": "No power rating of the accelerator was found, so none of its node either.",
    "pictures_or_video": "Prompts with pictures or video, whose tokens are not counted in the lengths.",
    "other_version": "Another version of the serving stack has rows of more pairs of lengths, or newer ones.",
    "not_the_highest": "Another row at the same lengths has a higher rate per accelerator.",
    "lengths_unknown": "Input lengths are not published, and this deployment has rows whose lengths are.",
    "another_task": "Input lengths are not published: one row stands for the deployment, of the task that is most like a chat.",
}
"""Why a row is left out of a table."""

MARKS = {
    "rate_3_percent_high": "The rate is derived from mean latencies; on 14 equal runs it was 2 to 3 % above the published one.",
    "rate_6_percent_high": "The rate is derived from mean latencies; on 83 equal disaggregated runs it was about 6 % above the published one.",
    "pool_sizes_unknown": "Disaggregated, with the size of the pools not recorded: no rate per accelerator.",
    "accelerators_corrected": "The source holds tensor times expert parallelism; accelerators are counted once here.",
    "accelerators_from_total": "Filed as aggregated by the source, with the accelerators of a disaggregated run as tensor parallelism; relabelled.",
    "probably_speculative": "Time per token below 0.7 of the slowest run of the configuration: probably multi-token prediction, or a newer build.",
    "work_in_progress": "Marked as work in progress by its source.",
    "near_peak": "The rate takes more than 55 % of the peak FLOP/s, or the row is of the same series: cached prompts, or wrong lengths.",
    "precision_doubtful": "MLPerf v4.1 gives fp16 for the weights; the rates are those of FP8 (FP4 on B200).",
    "lengths_doubtful": "Requests ended well before the nominal length; the output length is what was measured, the input length is nominal.",
    "lengths_nominal": "Lengths are nominal times 0.9: random lengths between 0.8 and 1 times nominal.",
    "approximate_date": "The date is that of a release, estimated.",
    "attention_data_parallel": "Tensor times pipeline parallelism is below the accelerators: attention runs data parallel.",
    "normalised_to_one": "Published per accelerator; how many there were is not.",
    "rate_still_rises": "The rate still rose in proportion to more than the square root of concurrency at the highest one measured.",
    "idle_accelerators_counted": "Power includes accelerators of the node that were idle.",
    "posted_average": "A power that was posted in a thread, over a window that may include start-up.",
    "not_validated": "From before the second version of the source's energy schema, not validated.",
    "kv_cache_exceeds_memory": "The KV cache of the full batch exceeds memory: the batch in effect is smaller.",
    "short_window": "Power over less than a minute.",
    "cached_input": "About 95 % of the input tokens came from the cache.",
    "not_a_serving_stack": "Measured in a library, not in a serving stack.",
    "power_optimised": "A system that was tuned for energy (MaxQ).",
    "preview_system": "A system in preview.",
}
"""Words in the column `flags`."""

TAKEN_AS = {
    "output_rate": "Rates are of generated tokens; InferenceX publishes all tokens per accelerator, and its output rate is taken, recomputed over all accelerators where pools are apart.",
    "per_instance": "A rate is that of an instance (its accelerators stand beside it) and that per accelerator; none is per node until a node's accelerators multiply it in default.csv.",
    "nominal_lengths": "InferenceX lengths are 0.9 of nominal.",
    "sizes_from_architectures": "Sizes come from the table of architectures only: throughput tables list Mixtral with active = total, and round.",
    "blocks": "`layers` of the Nemotron hybrids counts blocks of one kind each; `layers_count` says so.",
    "latent": "`head_dim` 576 of latent attention is the latent and its rope part, one for all heads.",
    "mean_batch": "Load of ML.ENERGY rows is the mean batch; the largest allowed one is often not reached, because the cache is full.",
    "mean_tpot": "`median_itl_ms` of ML.ENERGY v2 (2024) holds a mean time per output token and is taken as that; in all other rows it is a median.",
    "node_boundary": "MLPerf power is measured at the wall, for the whole node: boundary node. All others are boards: boundary accelerator.",
    "power_of_all": "Total power is of all accelerators of the run; per accelerator is that over their number, idle ones included where flagged.",
    "stack_apart": "The vLLM of LLM-Inference-Bench is a stack of its own, twice as fast as the one of its time in ML.ENERGY: version 'LLM-Inference-Bench'.",
    "speculation": "Speculation is on, off or unknown, and never guessed: most serving points do not say.",
    "node_rating": "Where no node rating was found it is 1.8 x accelerators x TDP (DGX H100 1.82, DGX B200 1.79); `node_power_basis` says which.",
    "eight_per_node": "Cards whose node is not known count as eight per node, which cancels in energy, as the derived rating goes with them.",
}
"""How what the sources say is taken."""
