#include "results/bundle/bundle.h"

namespace eb {
namespace {

constexpr StatedNumber kStated[] = {
    {"threads", "as asked for"},
    {"batch", "as asked for"},
    {"concurrency", "as asked for"},
    {"samples_per_query", "as asked for; samples must be queries by it"},
    {"target_rate_qps", "as asked for, or found before the window"},
    {"rate_too_high_qps", "found before the window"},
    {"latency_target_ms", "as asked for"},
    {"interference", "of two records; plausible"},
    {"open_ms", "a single time; plausible"},
    {"first_inference_ms", "a single time; plausible"},
    {"warmup_ms", "a single time; plausible"},
    {"warmup_queries", "before the window"},
    {"gops_per_sample", "counted from the model, which no bundle has"},
    {"traffic_mb_per_sample", "counted from the model, which no bundle has"},
    {"model_mb", "of the model, which no bundle has"},
    {"peak_tops", "measured by a probe before"},
    {"peak_gbps", "measured by a probe before"},
    {"claimed_tops", "the maker's"},
    {"peak_memory_mb", "measured by the system; plausible"},
    {"memory_growth_mb", "measured by the system"},
    {"placement_macs", "told by the runtime; decides ranks"},
    {"placement_nodes", "told by the runtime; decides ranks"},
    {"placement_time", "told by the provider"},
    {"quality", "judged from answers, which no bundle has"},
    {"quality_target", "of the workload's manifest"},
    {"output_sqnr_db", "judged from answers, which no bundle has"},
    {"output_cosine", "judged from answers, which no bundle has"},
    {"host_cpu_ms", "counted by the system"},
    {"host_cpu_share", "counted by the system, twice"},
    {"clock_mean_mhz", "counted by the system where it does, which is in no reading"},
    {"clock_below_max_share", "counted by the system"},
    {"cool_down_s", "waited before the cell; plausible"}};

}  // namespace

std::span<const StatedNumber> stated_numbers() {
  return kStated;
}

}  // namespace eb
