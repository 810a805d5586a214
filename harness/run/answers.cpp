#include "harness/run/answers.h"

#include <algorithm>
#include <cmath>

namespace eb {
namespace {

constexpr std::size_t kMostNumbers = 8'000'000;  // in a book: 64 MB

template <class T>
void append(const Tensor& tensor, Numbers& to) {
  for (const T value : tensor.as<T>()) to.push_back(static_cast<double>(value));
}

// False for a type that has no numbers here.
bool append_numbers(const Tensor& tensor, Numbers& to) {
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

}  // namespace

std::optional<Numbers> numbers_of(std::span<const Tensor> outputs) {
  Numbers numbers;
  for (const Tensor& output : outputs)
    if (!append_numbers(output, numbers)) return std::nullopt;
  return numbers;
}

void Difference::add(const Numbers& expected, const Numbers& answers) {
  is_comparable_ = is_comparable_ && expected.size() == answers.size();
  if (!is_comparable_) return;
  double noise = 0;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double e = expected[i], a = answers[i];
    if (std::isnan(e) && std::isnan(a)) continue;
    if (e == a && std::isinf(e)) continue;
    signal_ += e * e;
    noise += (e - a) * (e - a);
    answer_ += a * a;
    product_ += e * a;
  }
  noise_ += noise;
  if (std::isnan(noise) || noise > worst_noise_) worst_noise_ = noise;  // what is no number stays the worst
  ++answers_;
}

double Difference::sqnr_db() const {
  return decibels(signal_, noise_);
}

double Difference::worst_sqnr_db() const {
  return decibels(signal_ / static_cast<double>(std::max<std::size_t>(answers_, 1)), worst_noise_);
}

double Difference::decibels(double signal, double noise) const {
  if (!is_comparable_) return -kMostDb;
  if (noise == 0) return kMostDb;
  const double db = 10 * std::log10(signal / noise);
  return std::isnan(db) ? -kMostDb : std::clamp(db, -kMostDb, kMostDb);
}

std::optional<double> Difference::cosine() const {
  const double lengths = std::sqrt(signal_ * answer_);
  if (!is_comparable_ || !(lengths > 0)) return std::nullopt;
  return product_ / lengths;
}

Result<SampleRunner> SampleRunner::create(const Workload& workload, Session& session) {
  EB_GET(Lane lane, Lane::create(workload.info(), session, 1, 1));
  return SampleRunner(workload, session, std::move(lane));
}

Status SampleRunner::load(std::size_t sample) {
  lane_.start_stream();
  return workload_->load(sample, lane_.inputs(0));
}

Result<std::optional<Numbers>> SampleRunner::answers() {
  EB_OK(session_->run(lane_.binding(0)));
  return numbers_of(lane_.binding(0).outputs());
}

void AnswerBook::add(std::size_t sample, std::span<const Tensor> outputs) {
  if (numbers_ >= kMostNumbers) return;
  auto numbers = numbers_of(outputs);
  if (!numbers) return;
  numbers_ += numbers->size();
  answers_.insert_or_assign(sample, *std::move(numbers));
}

const Numbers* AnswerBook::find(std::size_t sample) const {
  const auto found = answers_.find(sample);
  return found == answers_.end() ? nullptr : &found->second;
}

}  // namespace eb
