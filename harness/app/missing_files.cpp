#include "harness/app/missing_files.h"

#include <fmt/format.h>

#include <string>

#include "harness/base/process.h"
#include "workloads/workloads.h"

namespace eb {

namespace {

// "loading own/net: 3.4 of 13.8 MB"; 0 of all where that is not known.
std::string loading_text(const std::string& workload, std::uint64_t done_bytes, std::uint64_t all_bytes) {
  const auto mb = [](std::uint64_t bytes) { return static_cast<double>(bytes) * 1e-6; };
  const std::string all = all_bytes > 0 ? fmt::format(" of {:.1f}", mb(all_bytes)) : "";
  return fmt::format("loading {}: {:.1f}{} MB", workload, mb(done_bytes), all);
}

}  // namespace

void load_missing_files(const RunCommand& command, const std::vector<PlannedWorkload>& workloads,
                        ProgressLine& line) {
  const auto zoo = load_zoo(command.common.zoo_folder);
  if (!zoo) return;
  for (const PlannedWorkload& workload : workloads) {
    const auto manifest = zoo->find(workload.info.id);
    if (manifest == zoo->end() || manifest->second.downloads.empty()) continue;
    const DownloadEvents events{.progress =
                                    [&](std::uint64_t done_bytes, std::uint64_t all_bytes) {
                                      line.show(loading_text(workload.info.id, done_bytes, all_bytes));
                                    },
                                .is_stopped = was_interrupted};
    const auto loaded = load_named_files(manifest->second, command.common.models_folder, events);
    line.clear();
    if (!loaded) complain(loaded.error().message, exit_failed);
  }
}

}  // namespace eb
