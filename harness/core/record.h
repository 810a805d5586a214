#pragma once
// A RunRecord is one fact: this workload, on this device, under this scenario, came to these numbers.
// It is all that reporters and stores ever see. Every field is described once, in fields(); JSON, CSV,
// tables, the JSON Schema and the documentation come from there.
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/result.h"

namespace eb {

enum class RunStatus : std::uint8_t {
  ok,
  wrong,          // answers below the quality target
  fallback,       // too little of the work ran on the named device
  rejected,       // an audit caught it
  unsupported,    // the device cannot run this model
  unavailable,    // backend, library, driver or model is not here
  crashed,        // the process died
  timeout,        // a phase took too long
  out_of_memory,  // on host or device
  failed,         // any other error
  skipped         // not tried, by plan
};

std::string_view status_name(RunStatus status);
std::optional<RunStatus> status_from_name(std::string_view name);
RunStatus status_of(ErrorKind kind);

enum class Better : std::uint8_t { neither, lower, higher };

// Numbers: absent means not measured, never zero.
struct RunRecord {
  using Number = std::optional<double>;
  using Count = std::optional<std::int64_t>;
  using Texts = std::vector<std::string>;

  // What ran, where, how (the key of the record).
  std::string workload{}, task{}, variant_of{}, backend{}, device{}, device_name{}, device_kind{}, driver{},
      runtime{};
  std::string provider_options{}, precision{}, compute_precision{}, scenario{}, beside{}, tier{};
  Count launches{}, threads{};
  // How it went.
  RunStatus status = RunStatus::ok;
  std::string reason{};
  Texts warnings{};
  bool ranked = false;
  Texts unranked_reasons{};
  Texts audits{};
  // Load.
  Count queries{}, samples{}, batch{}, concurrency{}, samples_per_query{};
  Number window_s{}, target_rate_qps{}, achieved_rate_qps{}, rate_too_high_qps{};
  Number latency_target_ms{}, latency_held_percent{}, wake_lag_p50_us{}, wake_lag_p99_us{};
  // Latency of a query.
  Number latency_mean_ms{}, latency_p50_ms{}, latency_p90_ms{}, latency_p95_ms{}, latency_p99_ms{};
  Number latency_p50_bound_ms{}, latency_p90_bound_ms{}, latency_p95_bound_ms{}, latency_p99_bound_ms{};
  std::vector<double> latency_quantiles_ms{};
  Number latency_mad_ms{}, latency_autocorrelation{};
  // Of the launches' means.
  Number latency_mean_low_ms{}, latency_mean_high_ms{}, latency_launch_sd_ms{};
  Number throughput_low_sps{}, throughput_high_sps{};
  // Start-up.
  Number open_ms{}, first_inference_ms{}, warmup_ms{};
  Count warmup_queries{};
  std::string cache{};
  // Speed.
  Number throughput_sps{}, interference{}, real_time_factor{}, gops_per_sample{}, effective_tops{};
  // Against what the device can do at best.
  Number traffic_mb_per_sample{}, peak_tops{}, peak_gbps{}, utilization{}, claimed_tops{},
      claimed_utilization{};
  std::string peak_basis{}, claim{};
  // Memory.
  Number peak_memory_mb{}, memory_growth_mb{};
  // Placement.
  Number placement_macs{}, placement_nodes{}, placement_time{};
  std::string placement_evidence{}, placement{};
  // Quality.
  std::string quality_metric{}, quality_basis{};
  Number quality{}, quality_target{};
  // Against the CPU backend.
  Number output_sqnr_db{}, output_cosine{}, host_cpu_ms{}, host_cpu_share{};
  // Energy.
  Number mean_power_w{}, energy_per_sample_mj{}, energy_per_sample_low_mj{}, energy_per_sample_high_mj{};
  Number net_energy_per_sample_mj{}, net_energy_per_sample_low_mj{}, net_energy_per_sample_high_mj{};
  Number idle_power_w{}, tops_per_watt{};
  std::string meter{}, power_scope{}, evidence_class{};
  Count power_readings{}, power_gaps{}, power_dropouts{};
  Number meter_overhead{}, meter_overhead_low{}, meter_overhead_high{};
  // Heat and clocks.
  Number temperature_first_c{}, temperature_max_c{}, clock_mean_mhz{}, clock_below_max_share{}, cool_down_s{};
  std::string temperature_sensor{}, clock{};
  // Of a sustained window, part by part.
  Number part_s{}, steady_latency_ms{}, steady_throughput_sps{}, retention_percent{}, knee_s{};
  std::vector<double> part_p50_ms{}, part_p90_ms{}, part_throughput_sps{}, part_power_w{}, part_clock_mhz{},
      part_temperature_c{};
  // Provenance.
  std::string model_sha256{}, data_sha256{}, licence{}, started_at{}, command{};
  Number model_mb{};
  Texts raw_files{}, power_files{};
};

struct Field {
  using Member = std::variant<std::string RunRecord::*, RunRecord::Count RunRecord::*,
                              RunRecord::Number RunRecord::*, bool RunRecord::*, RunStatus RunRecord::*,
                              RunRecord::Texts RunRecord::*, std::vector<double> RunRecord::*>;
  std::string_view name;            // JSON key, CSV header, SQL column
  std::string_view unit;            // "ms", "W"; empty for text and plain counts
  Better better = Better::neither;  // which direction is good
  std::string_view doc;             // one sentence, shown in reports and in the documentation
  Member member;
};

std::span<const Field> fields();
const Field* find_field(std::string_view name);

// The field as text for a table or a CSV cell: numbers with up to `significant` digits and without a locale,
// texts joined by "; ", absent as "".
std::string field_text(const Field& field, const RunRecord& record, int significant = 6);

// Absent numbers, empty texts and empty lists are left out; a number that is not finite counts as absent.
nlohmann::ordered_json to_json(const RunRecord& record);
// Unknown keys are ignored (fields may be added without a new schema version); a wrong type is an error.
Result<RunRecord> record_from_json(const nlohmann::json& json);

// One run: all its records, and the context they share.
inline constexpr std::string_view kRunSchema = "edgebench.run/1";

// JSON Schema (draft 7) of run.json, made from fields().
nlohmann::ordered_json run_json_schema();

}  // namespace eb
