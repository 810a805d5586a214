#include "harness/core/record.h"

#include <algorithm>
#include <array>

namespace eb {
namespace {

using R = RunRecord;
using enum Better;

constexpr std::array<std::string_view, 11> kStatusNames = {
    "ok",      "wrong",   "fallback",      "rejected", "unsupported", "unavailable",
    "crashed", "timeout", "out_of_memory", "failed",   "skipped"};

const Field kFields[] = {
    {"workload", "", neither, "What was run: its id in the zoo, or user/NAME for a model of the user's.",
     &R::workload},
    {"task", "", neither, "The kind of task, which decides preparation and judge.", &R::task},
    {"variant_of", "", neither,
     "The workload that this one is a smaller, sparser or otherwise changed form of; absent for most.",
     &R::variant_of},
    {"backend", "", neither, "The way the model was placed: cpu, vulkan, opencl, npu, webgpu.", &R::backend},
    {"device", "", neither, "The device's id within the backend.", &R::device},
    {"device_name", "", neither, "The device's name, as its driver or the system prints it.",
     &R::device_name},
    {"device_kind", "", neither, "cpu, gpu, npu or other.", &R::device_kind},
    {"driver", "", neither, "Driver and version, as the driver prints them.", &R::driver},
    {"runtime", "", neither, "Inference runtime and version.", &R::runtime},
    {"provider_options", "", neither,
     "What the execution provider was told, KEY=VALUE; paths and what is too long are not said.",
     &R::provider_options},
    {"precision", "", neither, "Precision of the graph: fp32, fp16, int8.", &R::precision},
    {"compute_precision", "", neither, "Precision of the arithmetic, by the device's own statement.",
     &R::compute_precision},
    {"scenario", "", neither, "How queries arrived: single-stream, multi-stream, server, offline, paced.",
     &R::scenario},
    {"beside", "", neither,
     "What ran at the same time, back to back: WORKLOAD@BACKEND; absent where nothing else did.", &R::beside},
    {"tier", "", neither, "How much evidence was asked for: quick, standard, official; trial is less.",
     &R::tier},
    {"launches", "", neither, "Fresh processes that were measured.", &R::launches},
    {"threads", "", neither, "Host threads that the runtime was given.", &R::threads},
    {"status", "", neither,
     "ok, wrong, fallback, rejected, unsupported, unavailable, crashed, timeout, out_of_memory, failed or "
     "skipped.",
     &R::status},
    {"reason", "", neither, "Why the status is not ok, in one sentence.", &R::reason},
    {"warnings", "", neither, "What may have disturbed the numbers.", &R::warnings},
    {"ranked", "", neither, "Whether the record may enter a ranking.", &R::ranked},
    {"unranked_reasons", "", neither, "Why it may not.", &R::unranked_reasons},
    {"audits", "", neither,
     "Audits against cheating providers that were passed: seed, cache, name, accuracy; absent when none was.",
     &R::audits},
    {"queries", "", neither, "Queries in the measured window (offline: 1, of all samples).", &R::queries},
    {"samples", "", neither, "Samples in the measured window.", &R::samples},
    {"batch", "", neither, "Samples given to the model in one run.", &R::batch},
    {"concurrency", "", neither, "Runs in flight at the same time.", &R::concurrency},
    {"samples_per_query", "", neither,
     "Samples that come together; a query is done when the last of them is.", &R::samples_per_query},
    {"target_rate_qps", "queries/s", higher,
     "Queries that were due a second (server, paced); of a server without --rate the highest rate that was "
     "found to hold the latency target.",
     &R::target_rate_qps},
    {"achieved_rate_qps", "queries/s", higher, "Queries that were completed a second, where they had a rate.",
     &R::achieved_rate_qps},
    {"rate_too_high_qps", "queries/s", neither,
     "The lowest rate above the target rate that was tried and did not hold the latency target.",
     &R::rate_too_high_qps},
    {"latency_target_ms", "ms", neither, "What 99 of 100 latencies should stay below (server).",
     &R::latency_target_ms},
    {"latency_held_percent", "%", higher,
     "How many of 100 queries stay below the latency target at 99 % confidence: the highest of 50, 90, 95 "
     "and "
     "99 whose bound does.",
     &R::latency_held_percent},
    {"wake_lag_p50_us", "us", lower,
     "How late half of the queries started whose worker was idle when they were due: lag of edgebench and "
     "the "
     "system, part of the latency.",
     &R::wake_lag_p50_us},
    {"wake_lag_p99_us", "us", lower, "That of 99 of 100 such queries.", &R::wake_lag_p99_us},
    {"window_s", "s", neither,
     "Length of the measured window, start of the first query to the last completion.", &R::window_s},
    {"latency_mean_ms", "ms", lower, "Mean latency of a query.", &R::latency_mean_ms},
    {"latency_p50_ms", "ms", lower, "Half of the queries took no longer than this.", &R::latency_p50_ms},
    {"latency_p90_ms", "ms", lower, "90 of 100 queries took no longer than this.", &R::latency_p90_ms},
    {"latency_p95_ms", "ms", lower, "95 of 100 queries took no longer than this.", &R::latency_p95_ms},
    {"latency_p99_ms", "ms", lower, "99 of 100 queries took no longer than this.", &R::latency_p99_ms},
    {"latency_p50_bound_ms", "ms", lower,
     "Upper bound of the true median at 99 % confidence; absent below 11 queries.", &R::latency_p50_bound_ms},
    {"latency_p90_bound_ms", "ms", lower,
     "Upper bound of the true p90 at 99 % confidence; absent below 64 queries.", &R::latency_p90_bound_ms},
    {"latency_p95_bound_ms", "ms", lower,
     "Upper bound of the true p95 at 99 % confidence; absent below 130 queries.", &R::latency_p95_bound_ms},
    {"latency_p99_bound_ms", "ms", lower,
     "Upper bound of the true p99 at 99 % confidence; absent below 662 queries.", &R::latency_p99_bound_ms},
    {"latency_quantiles_ms", "ms", lower,
     "101 latencies: the quantiles at 0, 1, 2 ... 100 %, smallest first, for plots.",
     &R::latency_quantiles_ms},
    {"latency_mad_ms", "ms", lower,
     "Median absolute deviation: half of the queries were no further than this from the median.",
     &R::latency_mad_ms},
    {"latency_autocorrelation", "", neither,
     "Correlation of the ranks of consecutive latencies, -1 to 1; bounds of percentiles assume about 0.",
     &R::latency_autocorrelation},
    {"latency_mean_low_ms", "ms", lower,
     "Lower end of Student's interval of the true mean at 99 % confidence, from the means of the launches; "
     "absent below 3 launches.",
     &R::latency_mean_low_ms},
    {"latency_mean_high_ms", "ms", lower, "Upper end of that interval.", &R::latency_mean_high_ms},
    {"latency_launch_sd_ms", "ms", lower,
     "Standard deviation of the means of the launches; absent below 3 launches.", &R::latency_launch_sd_ms},
    {"open_ms", "ms", lower, "Time to load the model and make it ready.", &R::open_ms},
    {"first_inference_ms", "ms", lower, "The very first run after opening.", &R::first_inference_ms},
    {"warmup_ms", "ms", neither, "Time spent warming up before the window.", &R::warmup_ms},
    {"warmup_queries", "", neither, "Runs before the window that are not in it.", &R::warmup_queries},
    {"cache", "", neither, "cold or warm: whether compiled kernels or plans came from a cache.", &R::cache},
    {"throughput_sps", "samples/s", higher, "Samples per second over the measured window.",
     &R::throughput_sps},
    {"throughput_low_sps", "samples/s", higher,
     "Lower end of Student's interval of the true throughput at 99 % confidence, from those of the launches; "
     "absent below 3 launches.",
     &R::throughput_low_sps},
    {"throughput_high_sps", "samples/s", higher, "Upper end of that interval.", &R::throughput_high_sps},
    {"interference", "x", lower,
     "How many times as long a sample takes as in the same run with nothing beside it.", &R::interference},
    {"real_time_factor", "", lower,
     "Mean latency divided by how long a sample lasts in real time; below 1 keeps up.", &R::real_time_factor},
    {"gops_per_sample", "GOP", neither,
     "Nominal operations of one sample (1 MAC = 2), counted from the executed graph in its direct, dense "
     "form.",
     &R::gops_per_sample},
    {"effective_tops", "TOPS", higher, "Nominal operations per second over the window, in units of 1e12.",
     &R::effective_tops},
    {"traffic_mb_per_sample", "MB", neither,
     "Least memory traffic of one sample: the model's file by the batch, inputs and outputs; what passes "
     "between layers "
     "is not in it.",
     &R::traffic_mb_per_sample},
    {"peak_tops", "TOPS", higher,
     "What the device computes at best in this precision and with as many threads, measured by edgebench "
     "probe before; "
     "absent where it was not.",
     &R::peak_tops},
    {"peak_gbps", "GB/s", higher,
     "What it reads from its memory at best, measured by edgebench probe before.", &R::peak_gbps},
    {"peak_basis", "", neither, "The probes that peak_tops and peak_gbps come from.", &R::peak_basis},
    {"utilization", "", higher,
     "effective_tops by peak_tops. Operations are nominal: what takes fewer (Winograd, sparsity) may "
     "honestly be "
     "above 1.",
     &R::utilization},
    {"claimed_tops", "TOPS", higher,
     "What the maker claims for the chip in this precision (results/chips.json); absent where no claim is "
     "known.",
     &R::claimed_tops},
    {"claimed_utilization", "", higher, "effective_tops by claimed_tops; nominal, as utilization is.",
     &R::claimed_utilization},
    {"claim", "", neither, "The chip of that claim, its precision, sparsity, scope, source and grade.",
     &R::claim},
    {"peak_memory_mb", "MB", lower, "High water mark of the process's resident memory (1 MB = 1e6 bytes).",
     &R::peak_memory_mb},
    {"memory_growth_mb", "MB", lower,
     "How much resident memory grew from the start of the window to its end.", &R::memory_growth_mb},
    {"placement_macs", "", higher, "Share of MACs that ran on the named device, 0 to 1.", &R::placement_macs},
    {"placement_nodes", "", higher, "Share of graph nodes that ran on the named device, 0 to 1.",
     &R::placement_nodes},
    {"placement_time", "", higher,
     "Share of the time of all nodes, in one warm run, that the named device's took, 0 to 1; of verify "
     "--placement, "
     "where the provider's times are those of its work.",
     &R::placement_time},
    {"placement_evidence", "", neither,
     "assigned: the runtime's own assignment; confirmed: the vendor's plan, profile or no-fallback option; "
     "counted: hardware counters.",
     &R::placement_evidence},
    {"placement", "", neither, "Nodes and MACs by execution provider.", &R::placement},
    {"quality_metric", "", neither, "What the quality is measured in.", &R::quality_metric},
    {"quality", "", neither, "The answers' quality, judged on the same session before timing.", &R::quality},
    {"quality_target", "", neither, "What the quality must reach for times to be stated.",
     &R::quality_target},
    {"quality_basis", "", neither,
     "What answers were judged against: ground-truth, or agreement with fp32 on the CPU.", &R::quality_basis},
    {"output_sqnr_db", "dB", higher,
     "Signal to noise of the outputs against the CPU backend's on the same inputs; at most 200.",
     &R::output_sqnr_db},
    {"output_cosine", "", higher, "Cosine between the outputs and the CPU backend's.", &R::output_cosine},
    {"host_cpu_ms", "ms", lower, "Processor time of the host for one run, all threads.", &R::host_cpu_ms},
    {"host_cpu_share", "", lower,
     "That time divided by what the CPU backend needs for the same run; a device that works alone is near 0.",
     &R::host_cpu_share},
    {"mean_power_w", "W", lower, "Mean power over the measured window, idle included.", &R::mean_power_w},
    {"energy_per_sample_mj", "mJ", lower, "Energy of one sample, idle included (gross).",
     &R::energy_per_sample_mj},
    {"energy_per_sample_low_mj", "mJ", lower,
     "Lower end of the interval of that energy at 99 % confidence: of what the meter may have missed, and "
     "for 3 "
     "launches or more of Student's over them, whichever is wider; absent where it cannot be said.",
     &R::energy_per_sample_low_mj},
    {"energy_per_sample_high_mj", "mJ", lower, "Upper end of that interval.", &R::energy_per_sample_high_mj},
    {"net_energy_per_sample_mj", "mJ", lower,
     "Energy of one sample above what the machine takes when idle, before and after.",
     &R::net_energy_per_sample_mj},
    {"net_energy_per_sample_low_mj", "mJ", lower, "Lower end of its interval at 99 % confidence.",
     &R::net_energy_per_sample_low_mj},
    {"net_energy_per_sample_high_mj", "mJ", lower, "Upper end of that interval.",
     &R::net_energy_per_sample_high_mj},
    {"idle_power_w", "W", lower,
     "Mean power without load: of the windows before the cell's process and after it.", &R::idle_power_w},
    {"tops_per_watt", "TOPS/W", higher,
     "Nominal operations per second and watt, idle included; to be compared within one power_scope only.",
     &R::tops_per_watt},
    {"meter", "", neither, "The instrument that measured power.", &R::meter},
    {"power_scope", "", neither,
     "What is inside the power number: system, battery, module, package, gpu, rail, core, uncore, dram.",
     &R::power_scope},
    {"evidence_class", "", neither,
     "How trustworthy the power number is: P1 the chip's own gauge or model, P2 a shunt on the board, P3 an "
     "inline DC meter, P4 a laboratory analyser.",
     &R::evidence_class},
    {"power_readings", "", neither, "Readings of power or energy within the window.", &R::power_readings},
    {"power_gaps", "", neither, "Times within the window that the meter was silent for much too long.",
     &R::power_gaps},
    {"power_dropouts", "", neither, "Reads within the window that gave no value.", &R::power_dropouts},
    {"meter_overhead", "", neither,
     "Observer effect: latency while the meter is read divided by latency while it is not, in turns right "
     "after "
     "the window; 1 is none.",
     &R::meter_overhead},
    {"meter_overhead_low", "", neither,
     "Lower end of Student's interval of that ratio at 99 % confidence, over pairs of turns.",
     &R::meter_overhead_low},
    {"meter_overhead_high", "", neither, "Upper end of that interval.", &R::meter_overhead_high},
    {"temperature_first_c", "degC", lower, "The hottest sensor at the start of the window.",
     &R::temperature_first_c},
    {"temperature_max_c", "degC", lower, "The hottest that any sensor was in the window.",
     &R::temperature_max_c},
    {"temperature_sensor", "", neither, "The sensor that was the hottest.", &R::temperature_sensor},
    {"clock_mean_mhz", "MHz", higher,
     "Mean of a clock over the window, by time in each state where the system counts that.",
     &R::clock_mean_mhz},
    {"clock", "", neither, "Which clock that is.", &R::clock},
    {"clock_below_max_share", "", lower,
     "Share of the window in which that clock was below its highest, as the system counts it, 0 to 1.",
     &R::clock_below_max_share},
    {"cool_down_s", "s", neither, "How long the device was left to cool before the cell; of all launches.",
     &R::cool_down_s},
    {"part_s", "s", neither, "Length of the parts that a sustained window is told in.", &R::part_s},
    {"steady_latency_ms", "ms", lower,
     "Median latency of the last third of a sustained window: what is left when the device is hot.",
     &R::steady_latency_ms},
    {"steady_throughput_sps", "samples/s", higher, "Throughput in the last third of a sustained window.",
     &R::steady_throughput_sps},
    {"retention_percent", "%", higher,
     "Speed in the last third of a sustained window, in percent of that of its first part.",
     &R::retention_percent},
    {"knee_s", "s", higher,
     "When a sustained window began to slow down for good, from its start; absent where it did not.",
     &R::knee_s},
    {"part_p50_ms", "ms", lower, "Median latency, part by part.", &R::part_p50_ms},
    {"part_p90_ms", "ms", lower, "90 of 100 queries took no longer than this, part by part.",
     &R::part_p90_ms},
    {"part_throughput_sps", "samples/s", higher, "Throughput, part by part.", &R::part_throughput_sps},
    {"part_power_w", "W", lower, "Mean power, part by part.", &R::part_power_w},
    {"part_clock_mhz", "MHz", higher, "Mean of the clock, part by part.", &R::part_clock_mhz},
    {"part_temperature_c", "degC", lower, "The hottest sensor, part by part.", &R::part_temperature_c},
    {"model_sha256", "", neither, "SHA-256 of the model file.", &R::model_sha256},
    {"model_mb", "MB", lower, "Size of the model file, in millions of bytes.", &R::model_mb},
    {"data_sha256", "", neither, "SHA-256 of the sample list, which carries the hashes of all samples.",
     &R::data_sha256},
    {"licence", "", neither, "Licences of weights and data.", &R::licence},
    {"started_at", "", neither, "When the cell started, UTC, ISO 8601.", &R::started_at},
    {"command", "", neither, "The command that repeats this record.", &R::command},
    {"raw_files", "", neither, "Files beside run.json with the raw latencies, one a launch.", &R::raw_files},
    {"power_files", "", neither,
     "Files beside run.json with every reading of meters and sensors, of the process that measured the cell.",
     &R::power_files},
};

}  // namespace

std::string_view status_name(RunStatus status) {
  return kStatusNames[static_cast<std::size_t>(status)];
}

std::optional<RunStatus> status_from_name(std::string_view name) {
  const auto at = std::find(kStatusNames.begin(), kStatusNames.end(), name);
  if (at == kStatusNames.end()) return std::nullopt;
  return static_cast<RunStatus>(at - kStatusNames.begin());
}

RunStatus status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::unsupported:
      return RunStatus::unsupported;
    case ErrorKind::fallback:
      return RunStatus::fallback;
    case ErrorKind::unavailable:
      return RunStatus::unavailable;
    case ErrorKind::out_of_memory:
      return RunStatus::out_of_memory;
    case ErrorKind::timeout:
      return RunStatus::timeout;
    default:
      return RunStatus::failed;
  }
}

std::span<const Field> fields() {
  return kFields;
}

const Field* find_field(std::string_view name) {
  const auto at =
      std::find_if(std::begin(kFields), std::end(kFields), [&](const Field& f) { return f.name == name; });
  return at == std::end(kFields) ? nullptr : at;
}

}  // namespace eb
