#include "harness/run/cross_check.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "harness/run/answers.h"
#include "harness/run/lane.h"

namespace eb {
namespace {

constexpr std::size_t kSamples = 4;
constexpr std::size_t kTimedRuns = 8;
constexpr std::int64_t kLongestTimedNs = 1'000'000'000;

Result<bool> is_repeatable(SampleRunner& cpu, const Numbers& first) {
  EB_OK(cpu.load(0));
  EB_GET(const auto again, cpu.answers());
  if (!again) return false;
  Difference difference;
  difference.add(first, *again);
  return difference.is_none();
}

}  // namespace

Result<Agreement> compare(const Workload& workload, Session& session, Session& reference) {
  Agreement agreement;
  EB_GET(SampleRunner device, SampleRunner::create(workload, session));
  EB_GET(SampleRunner cpu, SampleRunner::create(workload, reference));
  Difference difference;
  for (std::size_t i = 0; i < std::min(kSamples, workload.sample_count()); ++i) {
    EB_OK(cpu.load(i));
    EB_OK(device.load(i));
    EB_GET(const auto expected, cpu.answers());
    EB_GET(const auto answers, device.answers());
    if (!expected || !answers) return agreement;
    if (i == 0) {
      EB_GET(const bool can_compare, is_repeatable(cpu, *expected));
      if (!can_compare) return agreement;
    }
    difference.add(*expected, *answers);
  }
  agreement.sqnr_db = difference.sqnr_db();
  agreement.cosine = difference.cosine();
  return agreement;
}

Result<double> host_cpu_ms(const Workload& workload, Session& session, Clock& clock) {
  EB_GET(Lane lane, Lane::create(workload.info(), session, 1, 1));
  EB_OK(workload.load(0, lane.inputs(0)));
  const std::int64_t start_ns = clock.now_ns();
  std::vector<std::int64_t> runs_ns;
  while (runs_ns.size() < kTimedRuns && (runs_ns.empty() || clock.now_ns() - start_ns < kLongestTimedNs)) {
    const std::int64_t cpu_ns = clock.cpu_ns();
    EB_OK(session.run(lane.binding(0)));
    runs_ns.push_back(clock.cpu_ns() - cpu_ns);
  }
  std::sort(runs_ns.begin(), runs_ns.end());
  runs_ns.resize(runs_ns.size() - runs_ns.size() / 4);
  const auto sum_ns = std::accumulate(runs_ns.begin(), runs_ns.end(), std::int64_t{0});
  return static_cast<double>(sum_ns) * 1e-6 / static_cast<double>(runs_ns.size());
}

}  // namespace eb
