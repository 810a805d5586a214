#include "harness/run/cross_check.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <vector>

#include "harness/run/lane.h"

namespace eb {
namespace {

constexpr std::size_t kSamples = 4;
constexpr int kTimedRuns = 8;
constexpr std::int64_t kLongestTimedNs = 1'000'000'000;

template <class T>
void append(const Tensor& tensor, std::vector<double>& to) {
  for (const T value : tensor.as<T>()) to.push_back(static_cast<double>(value));
}

// False for a type that has no numbers here.
bool append_numbers(const Tensor& tensor, std::vector<double>& to) {
  switch (tensor.spec->dtype) {
    case DType::f32:
      append<float>(tensor, to);
      return true;
    case DType::f64:
      append<double>(tensor, to);
      return true;
    case DType::i8:
      append<std::int8_t>(tensor, to);
      return true;
    case DType::u8:
      append<std::uint8_t>(tensor, to);
      return true;
    case DType::i32:
      append<std::int32_t>(tensor, to);
      return true;
    case DType::i64:
      append<std::int64_t>(tensor, to);
      return true;
    default:
      return false;
  }
}

// What is added up over all numbers of two sets of answers.
struct Sums {
  double signal = 0, noise = 0, answer = 0, product = 0;
};

void add(const std::vector<double>& reference, const std::vector<double>& answers, Sums& sums) {
  for (std::size_t i = 0; i < reference.size(); ++i) {
    const double r = reference[i], a = answers[i];
    if (std::isnan(r) && std::isnan(a)) continue;
    if (r == a && std::isinf(r)) continue;
    sums.signal += r * r;
    sums.noise += (r - a) * (r - a);
    sums.answer += a * a;
    sums.product += r * a;
  }
}

double decibels(const Sums& sums) {
  if (sums.noise == 0) return kMostDb;
  const double db = 10 * std::log10(sums.signal / sums.noise);
  return std::isnan(db) ? -kMostDb : std::clamp(db, -kMostDb, kMostDb);
}

// A session with one set of tensors, run on samples from the start of their streams.
class Runner {
 public:
  static Result<Runner> create(const Workload& workload, Session& session) {
    EB_GET(Lane lane, Lane::create(workload.info(), session, 1, 1));
    return Runner(workload, session, std::move(lane));
  }

  Status load(std::size_t sample) {
    lane_.start_stream();
    return workload_->load(sample, lane_.inputs(0));
  }

  // All numbers of all outputs; nothing where some are none.
  Result<std::optional<std::vector<double>>> answers() {
    EB_OK(session_->run(lane_.binding(0)));
    std::optional<std::vector<double>> numbers{std::in_place};
    for (const Tensor& output : lane_.binding(0).outputs())
      if (numbers && !append_numbers(output, *numbers)) numbers.reset();
    return numbers;
  }

 private:
  Runner(const Workload& workload, Session& session, Lane lane)
      : workload_(&workload), session_(&session), lane_(std::move(lane)) {}

  const Workload* workload_;
  Session* session_;
  Lane lane_;
};

Result<bool> is_repeatable(Runner& cpu, const std::vector<double>& first) {
  EB_OK(cpu.load(0));
  EB_GET(const auto again, cpu.answers());
  Sums sums;
  if (!again || again->size() != first.size()) return false;
  add(first, *again, sums);
  return sums.noise == 0;
}

}  // namespace

Result<Agreement> compare(const Workload& workload, Session& session, Session& reference) {
  Agreement agreement;
  EB_GET(Runner device, Runner::create(workload, session));
  EB_GET(Runner cpu, Runner::create(workload, reference));
  Sums sums;
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
    if (answers->size() != expected->size()) {
      agreement.sqnr_db = -kMostDb;  // no answer to that question
      return agreement;
    }
    add(*expected, *answers, sums);
  }
  agreement.sqnr_db = decibels(sums);
  const double lengths = std::sqrt(sums.signal * sums.answer);
  if (lengths > 0) agreement.cosine = sums.product / lengths;
  return agreement;
}

Result<double> host_cpu_ms(const Workload& workload, Session& session, Clock& clock) {
  EB_GET(Lane lane, Lane::create(workload.info(), session, 1, 1));
  EB_OK(workload.load(0, lane.inputs(0)));
  const std::int64_t cpu_ns = clock.cpu_ns(), start_ns = clock.now_ns();
  int runs = 0;
  while (runs < kTimedRuns && (runs == 0 || clock.now_ns() - start_ns < kLongestTimedNs)) {
    EB_OK(session.run(lane.binding(0)));
    ++runs;
  }
  return static_cast<double>(clock.cpu_ns() - cpu_ns) * 1e-6 / runs;
}

}  // namespace eb
