#include "harness/app/listing.h"

#include "harness/app/catalog.h"

namespace eb {
namespace {

using Json = nlohmann::json;

Json error_row(const std::string& reason) {
  return {{"error", {{"message", "listing its devices failed: " + reason}}}};
}

// `source`: the only one that is listed; empty: all.
Listing list_once(const std::string& backend, const std::string& source, const EpSettings& ep,
                  const ChildSetup& setup) {
  Job job{.backend = backend, .ep = ep};
  if (!source.empty()) job.device = source + ":";
  const ChildOutcome outcome = do_job(job, setup, {}, {});
  if (outcome.devices.is_array() && outcome.devices.size() == 1 && outcome.devices[0].is_object())
    return {outcome.devices[0], {}};
  return {error_row(outcome.reason), outcome.status == RunStatus::ok ? RunStatus::failed : outcome.status};
}

std::string reason_of(const Json& row) {
  return row.at("error").at("message").get<std::string>();
}

void add(const std::string& source, const Listing& one, Json& row) {
  if (one.failure) {
    row["facts"]["absent_" + source] = reason_of(one.row);
    return;
  }
  for (const Json& device : one.row.value("devices", Json::array())) row["devices"].push_back(device);
  row["facts"].update(one.row.value("facts", Json::object()));
}

}  // namespace

Listing list_in_child(const std::string& backend, const EpSettings& ep, const ChildSetup& setup) {
  const auto is_interrupted = [&] { return setup.is_interrupted && setup.is_interrupted(); };
  Listing whole = list_once(backend, "", ep, setup);
  const auto sources = device_sources(backend, ep);
  if (!whole.failure || sources.empty()) return whole;
  Listing parts{{{"backend", backend}, {"devices", Json::array()}, {"facts", Json::object()}}, {}};
  for (const std::string& source : sources) {
    if (is_interrupted()) return whole;
    add(source, list_once(backend, source, ep, setup), parts.row);
  }
  if (!parts.row["devices"].empty()) return parts;
  parts.row["error"] = whole.row["error"];
  parts.failure = whole.failure;
  return parts;
}

}  // namespace eb
