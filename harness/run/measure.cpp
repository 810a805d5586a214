#include "harness/run/measure.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/files.h"
#include "harness/base/process.h"
#include "harness/run/cross_check.h"
#include "harness/run/layer_times.h"
#include "harness/run/loading.h"
#include "harness/run/memory_growth.h"
#include "harness/run/meter_effect.h"
#include "harness/run/node_lines.h"
#include "harness/run/placement_gate.h"
#include "harness/run/sustained.h"
#include "harness/run/time_budget.h"
#include "harness/run/timed_window.h"
#include "harness/run/warm_up.h"

namespace eb {
namespace {

constexpr double kMegabyte = 1e6;
constexpr double kHostCpuGate = 0.5;     // from this share of the CPU backend's processor time on: fallback
constexpr double kHandOverCpuMs = 0.15;  // that a run costs the host however little is left to it
constexpr double kTellingCpuMs = 0.3;    // below, copies and waiting cost as much as the model
constexpr double kWorstSqnrDb = 20;      // where no judge decides: an error of a tenth

double ms(std::int64_t ns) {
  return static_cast<double>(ns) * 1e-6;
}

// Everything that lives as long as the job.
struct Bench {
  const Job& job;
  Clock& clock;
  const Listener& listener;
  std::unique_ptr<Workload> workload;
  std::unique_ptr<Backend> backend;
  std::unique_ptr<Session> session;
  Auditor auditor;
  SessionOptions options{};  // of the session, once it is open
  OperationCount work{};     // of the model
  std::int64_t begin_ns = 0;
  std::size_t scenarios_left = 0;  // after the one that is being measured
};

Result<SessionOptions> session_options(const Job& job, const WorkloadInfo& info, const Backend& backend) {
  SessionOptions options{.device_id = job.device,
                         .dims = info.dims,
                         .threads = job.threads,
                         .is_strict = job.placement.is_strict};
  if (backend.needs_fixed_shapes() && !info.batch_dim.empty()) options.dims.emplace(info.batch_dim, 1);
  for (const auto& [name, value] : job.dims) options.dims[name] = value;
  const auto model = info.models.find(job.precision);
  if (model == info.models.end())
    return Error{ErrorKind::unsupported, fmt::format("{} has no {} model", info.id, job.precision)};
  options.model = model->second.path;
  return options;
}

// The file's hash; an error when it is not the one that the manifest pins.
Result<std::string> check_model(const ModelFile& model) {
  std::error_code code;
  if (!std::filesystem::is_regular_file(model.path, code))
    return Error{ErrorKind::unavailable,
                 fmt::format("model {} is not there; run scripts/fetch zoo", model.path.string())};
  EB_GET(std::string hash, sha256_of_file(model.path));
  if (!model.sha256.empty() && hash != model.sha256)
    return Error{ErrorKind::invalid,
                 fmt::format("model {} has sha256 {}, but its manifest says {}; run scripts/fetch zoo",
                             model.path.string(), hash, model.sha256)};
  return hash;
}

void add_work(const OperationCount& work, RunRecord& record) {
  for (const std::string& op : work.uncounted)
    record.warnings.push_back(
        fmt::format("operator {} does work that is not counted, so TOPS are absent", op));
  if (work.uncounted.empty() && work.macs() > 0) record.gops_per_sample = 2e-9 * work.macs();
}

Status add_facts(Bench& bench, RunRecord& record) {
  EB_GET(const auto devices, bench.backend->devices());
  const auto device =
      std::find_if(devices.begin(), devices.end(), [&](const Device& d) { return d.id == bench.job.device; });
  if (device == devices.end())
    return Error{ErrorKind::unavailable,
                 fmt::format("backend {} has no device '{}'", bench.job.backend, bench.job.device)};
  record.device_name = device->name;
  record.device_kind = device->kind;
  record.driver = device->driver;
  record.unranked_reasons = device->unranked_reasons;
  for (const auto& [name, value] : bench.backend->facts())
    if (name == "runtime") record.runtime = value;
  return Done{};
}

// What verify --placement says beyond shares: every node, and the share of time where it can be told.
void tell_nodes(const Bench& bench, const std::vector<Placement::Node>& table, RunRecord& record) {
  if (const auto share = bench.backend->time_share(bench.options)) {
    record.placement_time = *share;
  } else if (share.error().kind != ErrorKind::unsupported) {
    record.warnings.push_back("placement_time could not be measured: " + share.error().message);
  }
  if (table.size() > kMostNodes)
    record.warnings.push_back(
        fmt::format("the table of nodes ends after {} of {}", kMostNodes, table.size()));
  if (bench.listener.on_nodes) bench.listener.on_nodes(table);
}

Status open_session(Bench& bench, RunRecord& record) {
  const WorkloadInfo& info = bench.workload->info();
  bench.listener.on_phase("open");
  EB_OK(add_facts(bench, record));
  EB_GET(bench.options, session_options(bench.job, info, *bench.backend));
  const ModelFile& model = info.models.at(bench.job.precision);
  EB_GET(record.model_sha256, check_model(model));
  std::error_code code;
  if (const auto bytes = std::filesystem::file_size(model.path, code); !code)
    record.model_mb = static_cast<double>(bytes) / kMegabyte;
  const std::int64_t start_ns = bench.clock.now_ns();
  EB_GET(bench.session, bench.backend->open(bench.options));
  record.open_ms = ms(bench.clock.now_ns() - start_ns);
  record.threads = bench.session->threads();
  record.compute_precision = bench.session->compute_precision();
  record.cache = bench.session->cache();
  record.provider_options = bench.session->provider_options();
  EB_GET(Lane lane, Lane::create(info, *bench.session, 1, 1));
  EB_OK(bench.workload->load(0, lane.inputs(0)));
  const std::int64_t first_ns = bench.clock.now_ns();
  EB_OK(bench.session->run(lane.binding(0)));
  record.first_inference_ms = ms(bench.clock.now_ns() - first_ns);
  if (bench.listener.on_first_run) bench.listener.on_first_run(*record.first_inference_ms * 1e-3);
  EB_GET(bench.work, bench.backend->count_operations(bench.options));
  add_work(bench.work, record);
  const auto placement = bench.session->placement(bench.work);
  gate_placement(placement, bench.work, bench.job.placement, record);
  if (placement && bench.job.placement.tells_nodes) tell_nodes(bench, placement->table, record);
  return Done{};
}

Status check_quality(Bench& bench, RunRecord& record) {
  const WorkloadInfo& info = bench.workload->info();
  const auto judge = bench.workload->judge();
  if (!judge) return Done{};
  bench.listener.on_phase("quality");
  EB_GET(Lane lane, Lane::create(info, *bench.session, 1, 1));
  Pulse pulse(bench.listener.on_pulse);
  pulse.begin(bench.clock.now_ns());
  for (std::size_t i = 0; i < bench.workload->sample_count(); ++i) {
    if (bench.workload->starts_stream(i)) lane.start_stream();
    EB_OK(bench.workload->load(i, lane.inputs(0)));
    Binding& binding = lane.binding(0);
    EB_OK(bench.session->run(binding));
    EB_OK(judge->add(i, binding.outputs()));
    bench.auditor.keep_answer(i, binding.outputs());
    lane.finish_run();
    pulse.beat(bench.clock.now_ns());
  }
  pulse.end();
  EB_GET(record.quality, judge->grade());
  record.quality_metric = info.metric;
  const double target = target_of(info, record.compute_precision);
  record.quality_target = target;
  record.quality_basis = info.quality_basis;
  const bool passed = info.lower_is_better ? *record.quality <= target : *record.quality >= target;
  if (passed) return Done{};  // NaN never passes
  record.status = RunStatus::wrong;
  record.open_ms.reset();  // a wrong answer has no times
  record.first_inference_ms.reset();
  record.reason = fmt::format("{} is {:.4g}, the target is {} {:.4g}", info.metric, *record.quality,
                              info.lower_is_better ? "at most" : "at least", target);
  return Done{};
}

// A device that is the CPU may use it.
void gate_host_cpu(double reference_cpu_ms, RunRecord& record) {
  if (reference_cpu_ms <= 0) return;
  record.host_cpu_share = *record.host_cpu_ms / reference_cpu_ms;
  if (record.device_kind == "cpu" || reference_cpu_ms < kTellingCpuMs) return;
  if ((*record.host_cpu_ms - kHandOverCpuMs) / reference_cpu_ms < kHostCpuGate) return;
  record.status = RunStatus::fallback;
  record.reason = fmt::format(
      "the host's processor works {:.3g} ms a run, {:.0f} % of what the cpu backend needs for all of it",
      *record.host_cpu_ms, 100 * *record.host_cpu_share);
}

void gate_outputs(const Agreement& agreement, RunRecord& record) {
  record.output_sqnr_db = agreement.sqnr_db;
  record.output_cosine = agreement.cosine;
  if (!agreement.sqnr_db) {
    record.warnings.emplace_back("outputs could not be compared with those of the cpu backend");
  } else if (*agreement.sqnr_db < kWorstSqnrDb && record.quality_metric.empty()) {
    record.status = RunStatus::wrong;
    record.open_ms.reset();  // a wrong answer has no times
    record.first_inference_ms.reset();
    record.reason = fmt::format("outputs differ from the cpu backend's: SQNR is {:.1f} dB, less than {:g}",
                                *agreement.sqnr_db, kWorstSqnrDb);
  }
}

// Where there is no CPU backend, there is nothing to compare with.
Status compare_with_cpu(Bench& bench, const Parts& parts, RunRecord& record) {
  constexpr const char* kReference = "cpu";
  if (bench.job.backend == kReference) return Done{};
  auto backend = parts.make_backend(kReference);
  if (!backend) return Done{};
  EB_GET(record.host_cpu_ms, host_cpu_ms(*bench.workload, *bench.session, bench.clock));
  const auto reference = (*backend)->open(bench.options);
  if (!reference) return Done{};
  EB_GET(const Agreement agreement, compare(*bench.workload, *bench.session, **reference));
  EB_GET(const double reference_cpu_ms, host_cpu_ms(*bench.workload, **reference, bench.clock));
  gate_outputs(agreement, record);
  if (record.status == RunStatus::ok) gate_host_cpu(reference_cpu_ms, record);
  return Done{};
}

void add_window(const Bench& bench, const Window& window, RunRecord& record) {
  record.queries = static_cast<std::int64_t>(window.queries);
  record.samples = static_cast<std::int64_t>(window.samples);
  record.window_s = static_cast<double>(window.duration_ns) * 1e-9;
  if (const auto peak = process_memory().peak_bytes)
    record.peak_memory_mb = static_cast<double>(*peak) / kMegabyte;
  record.data_sha256 = bench.workload->data_sha256();
}

Status audit(Bench& bench, const ScenarioJob& scenario, std::span<LoadedLane> lanes, RunRecord& record) {
  if (!bench.auditor.is_needed()) return Done{};
  bench.listener.on_phase(fmt::format("audit {}", scenario.name));
  return bench.auditor.audit({*bench.workload, *bench.backend, *bench.session, bench.options}, lanes, record);
}

double left_of_slot_s(const Bench& bench) {
  return *bench.job.slot_s - 1e-3 * ms(bench.clock.now_ns() - bench.begin_ns);
}

Result<WarmUp> warm_up_in_slot(Bench& bench, LoadedLane& lane, const Pulse& pulse) {
  const std::int64_t longest_ns =
      bench.job.slot_s
          ? longest_warm_up_ns(window_of_slot_s(left_of_slot_s(bench), bench.scenarios_left, 0, Turn::window))
          : kLongestWarmUpNs;
  return warm_up(*bench.session, lane, bench.clock, longest_ns, pulse);
}

// What there is time for: the last query begins within the window, and ends after it. The scenarios that come
// later will warm up as this one did.
WindowRule fitted_to_slot(const Bench& bench, const WindowRule& wanted, const WarmUp& warm, Turn turn) {
  if (!bench.job.slot_s) return wanted;
  const double left_s = left_of_slot_s(bench) - 1e-3 * ms(slowest_warm_ns(warm));
  return fitted(wanted, window_of_slot_s(left_s, bench.scenarios_left, 1e-3 * ms(warm.duration_ns), turn));
}

// What the record of a window does not say of it.
Status tell_facts(Bench& bench, const ScenarioJob& scenario, const Window& window, LoadedLane& lane,
                  RunRecord& record) {
  WindowFacts facts{scenario.part_ns, window.parts};
  if (bench.job.measures_meter_effect && bench.listener.on_meter) {
    EB_GET(facts.meter_ratios,
           add_meter_effect(lane, *bench.session, bench.clock, bench.listener.on_meter, record));
  }
  if (bench.listener.on_facts) bench.listener.on_facts(scenario.name, facts);
  return Done{};
}

Status measure_scenario(Bench& bench, const ScenarioJob& wanted, RunRecord& record) {
  bench.listener.on_phase(fmt::format("measure {}", wanted.name));
  EB_GET(const auto scenario, make_scenario(wanted.name, wanted.rule, wanted.load));
  const Load load = choose_load(*bench.workload, *bench.session, *scenario, wanted.load.streams);
  EB_GET(auto lanes, load_lanes(*bench.workload, *bench.session, load));
  record.batch = load.batch;
  record.concurrency = static_cast<std::int64_t>(load.threads);
  if (scenario->is_scheduled() && record.concurrency < wanted.load.streams)
    record.warnings.push_back(fmt::format("--streams {}: the session takes no more than {} at a time",
                                          wanted.load.streams, load.threads));
  Pulse pulse(bench.listener.on_pulse);
  pulse.begin(bench.clock.now_ns());
  EB_GET(const WarmUp warm, warm_up_in_slot(bench, lanes[0], pulse));
  record.warmup_ms = ms(warm.duration_ns);
  record.warmup_queries = static_cast<std::int64_t>(warm.latencies_ns.size());
  record.traffic_mb_per_sample =
      least_traffic_bytes(bench.options.model, lanes[0].lane, load.batch) / kMegabyte;
  MemoryGrowth growth;
  ScenarioJob fitting = wanted;
  fitting.rule = fitted_to_slot(bench, wanted.rule, warm, is_search(wanted) ? Turn::search : Turn::window);
  TimedJob timed{fitting, *bench.session, lanes, load, bench.clock, warm.latencies_ns, pulse};
  timed.on_begin = [&](std::size_t expected_queries) {
    bench.auditor.watch(lanes, expected_queries);
    growth.begin();
    if (bench.listener.on_begin) bench.listener.on_begin(wanted.name);
    timed.pulse.begin(bench.clock.now_ns());
  };
  timed.on_end = [&] {
    if (bench.listener.on_end) bench.listener.on_end(wanted.name);
    timed.pulse.end();
  };
  if (bench.job.slot_s)
    timed.last_rule = [&] { return fitted_to_slot(bench, wanted.rule, warm, Turn::found_rate); };
  const double target_ms =
      wanted.load.latency_target_ms.value_or(default_latency_target_ms(bench.workload->info()));
  const auto window =
      wanted.part_ns == 0 ? time_window(timed, target_ms, record) : time_parts(timed, target_ms, record);
  if (!window) return window.error();
  growth.add_to(record);
  add_window(bench, *window, record);
  EB_OK(tell_facts(bench, wanted, *window, lanes[0], record));
  EB_OK(audit(bench, wanted, lanes, record));
  if (record.status != RunStatus::ok) return Done{};
  if (wanted.raw_file.empty() || window->latencies.count() == 0) return Done{};
  EB_GET(const auto file, path_within(bench.job.raw_folder, wanted.raw_file));
  if (auto written = write_file_atomic(file, window->latencies.to_bytes()); !written) return written.error();
  record.raw_files.push_back(wanted.raw_file);
  return Done{};
}

void tell_layers(Bench& bench) {
  bench.listener.on_phase("layers");
  bench.session.reset();  // some devices hold one model at a time
  const LayerTimes times = time_layers(*bench.backend, bench.options, bench.work);
  if (bench.listener.on_layers) bench.listener.on_layers(times);
}

RunRecord blank_record(const Job& job) {
  RunRecord record;
  record.workload = job.workload;
  record.backend = job.backend;
  record.device = job.device;
  record.precision = job.precision;
  return record;
}

void set_failure(const Error& error, RunRecord& record) {
  record.status = status_of(error.kind);
  record.reason = error.message;
}

// Opens and judges once. The record holds what all scenarios share; its status decides whether they are run.
Status prepare(Bench& bench, const Parts& parts, RunRecord& record) {
  EB_GET(bench.workload, parts.make_workload(bench.job));
  const WorkloadInfo& info = bench.workload->info();
  record.task = info.task;
  record.variant_of = info.variant_of;
  record.licence = info.licence;
  EB_GET(bench.backend, parts.make_backend(bench.job.backend));
  EB_OK(open_session(bench, record));
  if (record.status != RunStatus::ok) return Done{};
  EB_OK(check_quality(bench, record));
  if (record.status == RunStatus::ok) EB_OK(compare_with_cpu(bench, parts, record));
  if (record.status == RunStatus::ok) EB_OK(bench.auditor.finish_answers(*bench.workload, *bench.session));
  if (!info.data_sha256.empty() && bench.workload->data_sha256() != info.data_sha256)
    record.unranked_reasons.emplace_back("the sample set differs from the one that the manifest pins");
  if (info.is_user_model) record.unranked_reasons.emplace_back("a user's model");
  return Done{};
}

}  // namespace

void measure(const Job& job, const Parts& parts, Clock& clock, const Listener& listener) {
  Bench bench{job, clock, listener, nullptr, nullptr, nullptr, {job.audits, parts.rename_model, clock}};
  bench.begin_ns = clock.now_ns();
  bench.scenarios_left = job.scenarios.size();
  RunRecord shared = blank_record(job);
  if (auto prepared = prepare(bench, parts, shared); !prepared) set_failure(prepared.error(), shared);
  bool may_time = bench.session && (!job.scenarios.empty() || may_time_layers(job, shared));
  if (job.scenarios.empty()) listener.on_record(shared);
  for (const ScenarioJob& wanted : job.scenarios) {
    RunRecord record = shared;
    record.scenario = wanted.name;
    --bench.scenarios_left;
    if (record.status == RunStatus::ok)
      if (auto measured = measure_scenario(bench, wanted, record); !measured)
        set_failure(measured.error(), record);
    listener.on_record(record);
    may_time = may_time && may_time_layers(job, record);
  }
  if (may_time) tell_layers(bench);
}

}  // namespace eb
