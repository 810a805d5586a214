// Measures what devices can do at best, and keeps it for later runs.
#include <fmt/format.h>

#include <algorithm>

#include "harness/app/catalog.h"
#include "harness/app/commands.h"
#include "harness/app/ep_arguments.h"
#include "harness/app/listing.h"
#include "harness/app/paths.h"
#include "harness/app/probe_child.h"
#include "harness/app/probe_output.h"
#include "harness/app/progress.h"
#include "harness/base/process.h"

namespace eb {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string text_at(const nlohmann::json& device, const char* key) {
  const auto at = device.find(key);
  return at != device.end() && at->is_string() ? at->get<std::string>() : "";
}

Result<double> timeout_of(std::string text) {
  constexpr double kDefaultS = 600;
  constexpr std::string_view kPhase = "probe=";
  if (text.empty()) return kDefaultS;
  if (text.starts_with(kPhase)) text.erase(0, kPhase.size());
  return parse_duration_s(text);
}

class Probing {
 public:
  Probing(ProbeCommand command, EpSettings ep, double timeout_s)
      : command_(std::move(command)),
        ep_(std::move(ep)),
        line_(command_.quiet || command_.format == "json" ? 0 : terminal_width()) {
    setup_.is_interrupted = was_interrupted;
    setup_.limits_s["probe"] = timeout_s;
  }

  int run() {
    watch_for_interrupt();
    for (const std::string& backend : backend_names()) {
      const bool is_named = contains(command_.backends, backend);
      if (was_interrupted() || !has_probes(backend)) continue;
      if (is_named || command_.backends.empty()) probe_backend(backend, is_named);
    }
    line_.clear();
    if (was_interrupted()) return complain("interrupted; finished devices are kept", exit_interrupted);
    if (command_.format == "json")
      fmt::print("{}\n", to_json(all_).dump(1, ' ', false, nlohmann::json::error_handler_t::replace));
    if (all_.empty() && !has_failed_) return complain("no device that has probes is here", exit_failed);
    return has_failed_ ? exit_failed : exit_ok;
  }

 private:
  void fail(const std::string& sentence) {
    line_.clear();
    complain(sentence, exit_failed);
    has_failed_ = true;
  }

  std::vector<ProbedDevice> devices_of(const std::string& backend, bool is_named) {
    line_.show("looking for devices of " + backend);
    const auto row = list_in_child(backend, ep_, setup_).row;
    std::vector<ProbedDevice> devices;
    for (const auto& device : row.value("devices", nlohmann::json::array()))
      if (command_.devices.empty() || contains(command_.devices, text_at(device, "id")))
        devices.push_back(
            {backend, text_at(device, "id"), text_at(device, "name"), text_at(device, "driver")});
    // Only models need the runtime.
    if (backend == "cpu" && row.contains("error") &&
        (command_.devices.empty() || contains(command_.devices, "0")))
      devices.push_back({backend, "0", read_host("/").cpu_name, ""});
    if (devices.empty() && is_named)
      fail(fmt::format("{}: {}", backend,
                       row.contains("error") ? row["error"].value("message", "") : "no such device"));
    return devices;
  }

  void probe_backend(const std::string& backend, bool is_named) {
    for (const ProbedDevice& device : devices_of(backend, is_named))
      if (!was_interrupted()) probe_one(device);
  }

  void probe_one(const ProbedDevice& device) {
    const std::string title = fmt::format("{}:{}, {}", device.backend, device.device, device.name);
    line_.show("probing " + title);
    const Job job{.backend = device.backend, .device = device.device, .ep = ep_, .probe_s = command_.seconds};
    ChildOutcome outcome = do_job(job, setup_, {}, {});
    if (outcome.was_interrupted) return;
    if (outcome.status != RunStatus::ok) fail(fmt::format("{}: {}", title, outcome.reason));
    if (!outcome.probes.empty() && outcome.probes.back().contains("error")) {
      fail(fmt::format("{}: {}", title, text_at(outcome.probes.back(), "error")));
      outcome.probes.erase(outcome.probes.size() - 1);
    }
    const auto probes = probes_from_json(outcome.probes);
    if (!probes) return fail(fmt::format("{}: {}", title, probes.error().message));
    if (probes->empty()) return;
    line_.clear();
    if (command_.format != "json") fmt::print("{}\n\n{}\n", title, probe_text(*probes));
    all_.insert(all_.end(), probes->begin(), probes->end());
    // What was broken off must not stand for the device.
    if (outcome.status != RunStatus::ok || cache_folder().empty()) return;
    if (const auto kept = keep_probes(cache_folder() / "probes", device, *probes); !kept)
      fail(kept.error().message);
  }

  ProbeCommand command_;
  EpSettings ep_;
  ChildSetup setup_;
  ProgressLine line_;
  std::vector<Probe> all_;
  bool has_failed_ = false;
};

}  // namespace

int probe_command(ProbeCommand command) {
  auto ep = parse_ep_settings(command.ep_libraries, command.ep_options);
  if (!ep) return complain(ep.error().message, exit_usage);
  for (const std::string& name : command.backends) {
    if (!contains(backend_names(), name))
      return complain(fmt::format("--backends: there is no '{}'; see edgebench probe --help", name),
                      exit_usage);
    if (!has_probes(name)) return complain(fmt::format("--backends: {} has no probes", name), exit_usage);
  }
  const auto timeout_s = timeout_of(command.timeout);
  if (!timeout_s) return complain(timeout_s.error().within("--timeout").message, exit_usage);
  return Probing(std::move(command), *std::move(ep), *timeout_s).run();
}

}  // namespace eb
