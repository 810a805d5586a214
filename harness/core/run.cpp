#include "harness/core/run.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/json.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;

const ContextKey kContextKeys[] = {
    {"started_at", "", "When the run started, UTC, ISO 8601."},
    {"duration_s", "s", "How long the run took."},
    {"command", "", "The command of the run, without paths."},
    {"interrupted", "", "Whether the run was stopped before its last cell."},
    {"edgebench_version", "", "Version of edgebench."},
    {"edgebench_commit", "", "Commit that edgebench was built from; +dirty: with changes."},
    {"build_type", "", "How edgebench was built; only Release is ranked."},
    {"compiler", "", "Compiler of edgebench."},
    {"compile_flags", "", "Flags of that compiler."},
    {"os", "", "Operating system."},
    {"kernel", "", "Kernel and version."},
    {"arch", "", "Machine architecture."},
    {"machine", "", "Maker and model of the machine, where the firmware says."},
    {"firmware", "", "BIOS or boot loader and its version, where the firmware says."},
    {"microcode", "", "Revision of the processor's microcode."},
    {"virtual_machine", "", "Hypervisor or emulator the run was in; absent on real hardware."},
    {"container", "", "Kind of container the run was in: docker, podman, lxc, kubernetes, ..."},
    {"cpu", "", "CPU model."},
    {"cpu_cores", "", "Physical cores available to edgebench."},
    {"cpu_threads", "", "Logical processors available to edgebench."},
    {"cpu_mhz", "MHz", "CPU clock at the start, mean over processors."},
    {"cpu_max_mhz", "MHz", "Highest CPU clock that the system allows."},
    {"governor", "", "CPU frequency governor; absent where the system has none."},
    {"clocks", "",
     "Clock domains at the start: domain (cpu0-3, gpu, npu, ddr, ...), governor, cur_mhz, the limits that "
     "are set, min_mhz and max_mhz, and that of the hardware, hardware_max_mhz."},
    {"links", "",
     "What accelerators and GPUs hang on: device and kind; of pcie: gen, lanes, and what the device itself "
     "can do, max_gen, max_lanes; of usb: mbps."},
    {"drivers", "", "Kernel drivers of accelerators and GPUs, where they have a version: driver, version."},
    {"performance_profile", "", "Power mode that the machine was set to: platform profile or nvpmodel."},
    {"cpu_boost", "", "Whether the processor may go above its nominal clock (turbo)."},
    {"energy_preference", "", "The processor's own preference between performance and power."},
    {"power_source", "", "AC, USB, wireless or battery, at the start; absent on machines without a gauge."},
    {"battery_percent", "%", "Charge of the battery at the start."},
    {"battery_status", "", "Charging, Discharging, Full, ... at the start."},
    {"ambient_c", "degC", "Temperature of the room, as the user states it with --ambient."},
    {"memory_mb", "MB", "Installed memory (1 MB = 1e6 bytes)."},
    {"cgroup_cpu_limit", "", "Processors' worth of time that the control group may use."},
    {"cgroup_cpus", "", "Processors that the control group may use, where not all."},
    {"cgroup_memory_limit_mb", "MB", "Memory that the control group may use."},
    {"load_1m", "", "Load average of the minute before the start."},
    {"cpu_busy_percent", "%",
     "How busy the processors were right before the first cell, with edgebench idle."},
    {"steal_percent", "%", "Share of processor time that the hypervisor gave to others during the run."},
    {"throttled_core_events", "", "How often cores were slowed because of heat during the run."},
    {"throttled_package_events", "",
     "How often whole processors were slowed because of heat during the run."},
    {"throttled_supply_events", "",
     "How often a board was slowed because of its voltage or current during the run."},
    {"throttled_board", "",
     "What the board's firmware says happened during the run, of: undervoltage, frequency capped, "
     "throttled, soft temperature limit."},
    {"cgroup_throttled_periods", "",
     "In how many periods the control group was stopped during the run, its share of time being used up."},
    {"cgroup_throttled_ms", "ms", "How long it was stopped in them."},
    {"isolation", "", "process: every cell in its own process; none: all in one, and unranked."},
    {"runtime", "", "Inference runtime and version."},
    {"runtime_build", "", "The runtime's own build description."},
    {"ort_log_level", "", "Least severe messages of ONNX Runtime and its providers that are written."},
    {"runtime_sha256", "", "SHA-256 of the runtime library."},
    {"libraries", "",
     "Shared libraries that the processes of the cells had loaded: path, version where the name has one, "
     "SHA-256."},
    {"harness_overhead_ns", "ns",
     "What edgebench itself adds to a query, measured with a null session in this run."},
};

}  // namespace

std::span<const ContextKey> context_keys() {
  return kContextKeys;
}

const CellLayers* layers_of(const Run& run, const RunRecord& record) {
  const auto at = std::find_if(run.layers.begin(), run.layers.end(), [&](const CellLayers& cell) {
    return cell.workload == record.workload && cell.backend == record.backend &&
           cell.device == record.device && cell.precision == record.precision;
  });
  return at == run.layers.end() ? nullptr : &*at;
}

Json to_json(const Run& run) {
  Json records = Json::array();
  for (const RunRecord& record : run.records) records.push_back(to_json(record));
  return Json{{"schema", kRunSchema}, {"context", run.context}, {"records", std::move(records)}};
}

Result<Run> run_from_json(std::string_view text, std::string_view name) {
  const auto bad = [&](std::string_view why) {
    return Error{ErrorKind::invalid, fmt::format("{} is not a run of edgebench: {}", name, why)};
  };
  const auto json = parse_json<Json>(text);
  if (!json.is_object()) return bad("it is not a JSON object");
  if (json.value("schema", Json()) != Json(kRunSchema))
    return bad(fmt::format("its schema is not {}", kRunSchema));
  if (!json.contains("context") || !json["context"].is_object()) return bad("it has no context");
  if (!json.contains("records") || !json["records"].is_array()) return bad("it has no records");
  Run run;
  run.context = json["context"];
  for (const Json& item : json["records"]) {
    auto record = record_from_json(item);
    if (!record) return bad(record.error().message);
    run.records.push_back(*std::move(record));
  }
  return run;
}

}  // namespace eb
