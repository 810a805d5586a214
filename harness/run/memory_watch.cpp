#include "harness/run/memory_watch.h"

#include <fmt/format.h>

#include "harness/stats/drift.h"

namespace eb {
namespace {

constexpr std::chrono::milliseconds kInterval{100};
// What the allocator and the log of latencies may take: less than this is not worth a warning.
constexpr double kLeastBytes = 4e6;
// From either one on it is: a board with 1 GB lasts for less than 16,000 runs, or it is much already.
constexpr double kRunBytes = 64 << 10, kWindowBytes = 32e6;

double runs_of(const RunRecord& record) {
  const bool is_block = record.queries == 1 && record.samples.value_or(0) > 1;
  if (!is_block) return static_cast<double>(record.queries.value_or(0));
  return static_cast<double>(*record.samples) / static_cast<double>(record.batch.value_or(1));
}

}  // namespace

void MemoryWatch::begin(const std::string& scenario) {
  scenario_ = scenario;
  is_open_ = true;
  looked_at_.reset();
  resident_bytes_.clear();
}

bool MemoryWatch::is_due(Time now) const {
  return is_open_ && (!looked_at_ || now - *looked_at_ >= kInterval);
}

void MemoryWatch::look(Time now, std::optional<std::uint64_t> resident_bytes) {
  looked_at_ = now;
  if (resident_bytes) resident_bytes_.push_back(static_cast<double>(*resident_bytes));
}

void MemoryWatch::judge(RunRecord& record) const {
  if (record.status != RunStatus::ok || record.scenario != scenario_ || !is_steady_growth(resident_bytes_))
    return;
  const double grown_bytes = resident_bytes_.back() - resident_bytes_.front();
  const double runs = runs_of(record);
  if (grown_bytes < kLeastBytes || !(runs > 0)) return;
  if (grown_bytes / runs < kRunBytes && grown_bytes < kWindowBytes) return;
  record.warnings.push_back(
      fmt::format("memory grew by {:.3g} MB in {:.0f} runs (a leak?)", grown_bytes * 1e-6, runs));
}

}  // namespace eb
