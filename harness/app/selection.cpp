#include "harness/app/selection.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "harness/app/catalog.h"
#include "harness/app/listing.h"
#include "workloads/workloads.h"

namespace eb {
namespace {

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

Status check_list(const std::vector<std::string>& asked, const std::vector<std::string>& known,
                  std::string_view option) {
  for (const std::string& name : asked) {
    if (contains(known, name)) continue;
    const auto near = nearest(name, known);
    return Error{ErrorKind::not_found, fmt::format("{}: there is no '{}'; {}", option, name,
                                                   near ? fmt::format("did you mean {}?", *near)
                                                        : fmt::format("known: {}", fmt::join(known, ", ")))};
  }
  return Done{};
}

// "user/<stem>", made unique by a number.
std::string user_id(const std::filesystem::path& model, const std::vector<PlannedWorkload>& others) {
  const std::string base = "user/" + model.stem().string();
  std::string id = base;
  for (int n = 2; std::any_of(others.begin(), others.end(), [&](const auto& w) { return w.info.id == id; });
       ++n)
    id = fmt::format("{}-{}", base, n);
  return id;
}

// Ids go into JSON, which is UTF-8.
constexpr auto kReplace = nlohmann::json::error_handler_t::replace;
bool is_utf8(const std::string& text) {
  constexpr auto kIgnore = nlohmann::json::error_handler_t::ignore;
  return nlohmann::json::parse(nlohmann::json(text).dump(-1, ' ', false, kIgnore)) == text;
}

Status add_user_models(const RunCommand& command, std::vector<PlannedWorkload>& chosen) {
  for (const auto& model : command.user_models) {
    std::error_code code;
    if (!std::filesystem::is_regular_file(model, code))
      return Error{ErrorKind::not_found, fmt::format("there is no model file {}", model.string())};
    if (!is_utf8(model.filename().string()))
      return Error{ErrorKind::invalid,
                   fmt::format("the name of model file {} is not UTF-8; rename it",
                               nlohmann::json(model.string()).dump(-1, ' ', false, kReplace))};
    const auto absolute = std::filesystem::absolute(model, code);
    chosen.push_back({user_workload_info(absolute, user_id(model, chosen)), absolute});
  }
  return Done{};
}

Target missing(const std::string& backend, RunStatus status, const std::string& reason,
               const RunCommand& command) {
  const bool was_named = contains(command.backends, backend) || !command.devices.empty();
  return {backend, "", "", std::string(status_name(status)), reason, was_named};
}

// A library that the user names is asked for by name, whatever else is here.
void add_absent_libraries(const nlohmann::json& facts, const std::string& backend, const RunCommand& command,
                          Machine& machine) {
  if (!command.devices.empty()) return;
  for (const auto& [name, path] : command.options.ep.libraries) {
    const auto reason = facts.find("absent_" + name);
    if (reason == facts.end() || !reason->is_string()) continue;
    Target target = missing(backend, RunStatus::unavailable, reason->get<std::string>(), command);
    target.device = name + ":0";
    machine.targets.push_back(std::move(target));
  }
}

// `why_none`: the status where the row is an error.
void add_targets(const nlohmann::json& row, RunStatus why_none, const std::string& backend,
                 const RunCommand& command, Machine& machine) {
  if (row.contains("error")) {
    machine.targets.push_back(
        missing(backend, why_none, row["error"].value("message", "no reason given"), command));
    return;
  }
  const std::size_t before = machine.targets.size();
  for (const auto& device : row.value("devices", nlohmann::json::array())) {
    const std::string id = device.value("id", "");
    if (!command.devices.empty() && !contains(command.devices, id)) continue;
    machine.targets.push_back(
        {backend, id, device.value("name", ""), "", "", contains(command.backends, backend)});
  }
  const auto facts = row.value("facts", nlohmann::json::object());
  machine.facts.update(facts);
  add_absent_libraries(facts, backend, command, machine);
  if (machine.targets.size() == before)
    machine.targets.push_back(missing(
        backend, RunStatus::unavailable,
        command.devices.empty()
            ? "it has no device here"
            : fmt::format("it has no device {}; see edgebench devices", fmt::join(command.devices, ", ")),
        command));
}

// What nobody asked for by name is not missed where there is something else; the context says what it was. A
// driver that is here and crashes is no absent one.
void leave_out_absent(Machine& machine) {
  const auto is_absent = [](const Target& target) {
    return target.status == status_name(RunStatus::unavailable);
  };
  if (std::all_of(machine.targets.begin(), machine.targets.end(), is_absent)) return;
  for (const Target& target : machine.targets)
    if (is_absent(target)) machine.facts["absent_" + target.backend] = target.reason;
  std::erase_if(machine.targets, is_absent);
}

}  // namespace

Result<std::vector<PlannedWorkload>> select_workloads_of(const RunCommand& command) {
  std::vector<PlannedWorkload> chosen;
  EB_OK(add_user_models(command, chosen));
  if (!chosen.empty() && command.workloads.empty()) return chosen;
  EB_GET(const auto zoo, load_zoo(command.common.zoo_folder));
  std::vector<std::string> known;
  known.reserve(zoo.size());
  for (const auto& [id, manifest] : zoo) known.push_back(id);
  const auto asked = command.workloads.empty() ? std::vector<std::string>{"all"} : command.workloads;
  EB_GET(const auto ids, select_workloads(known, asked));
  for (const std::string& id : ids) chosen.push_back({zoo.at(id).info, {}});
  return chosen;
}

Status check_names(const RunCommand& command) {
  EB_OK(check_list(command.backends, backend_names(), "--backends"));
  EB_OK(check_list(command.options.scenarios, scenario_names(), "--scenarios"));
  EB_OK(check_list(command.options.precisions, precision_names(), "--precisions"));
  EB_OK(check_list(command.formats, format_names(), "--format"));
  EB_OK(find_tier(command.options.tier));
  return Done{};
}

Machine find_machine(const RunCommand& command, const ChildSetup& setup) {
  Machine machine;
  for (const std::string& backend : command.backends.empty() ? backend_names() : command.backends) {
    const Listing listing = list_in_child(backend, command.options.ep, setup);
    add_targets(listing.row, listing.failure.value_or(RunStatus::unavailable), backend, command, machine);
  }
  if (command.backends.empty()) leave_out_absent(machine);
  return machine;
}

}  // namespace eb
