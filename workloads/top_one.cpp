#include "workloads/top_one.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace eb {
namespace {

// The largest value's index, the first of equals; `values.size()` if one of them is not a number.
std::size_t first_guess(std::span<const float> values) {
  if (std::any_of(values.begin(), values.end(), [](float value) { return std::isnan(value); }))
    return values.size();
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end()) - values.begin());
}

class TopOneJudge final : public Judge {
 public:
  explicit TopOneJudge(TopOneTruth truth) : truth_(std::move(truth)) {}

  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= truth_.classes.size())
      return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const auto count = static_cast<std::int64_t>(truth_.class_count);
    EB_GET(const Tensor chances, require_tensor(outputs, truth_.output, DType::f32, count));
    right_ += first_guess(chances.as<const float>()) == truth_.classes[sample] ? 1 : 0;
    ++judged_;
    return Done{};
  }

  Result<double> grade() const override {
    if (judged_ == 0) return Error{ErrorKind::invalid, "no sample was judged"};
    return static_cast<double>(right_) / static_cast<double>(judged_);
  }

 private:
  TopOneTruth truth_;
  std::size_t right_ = 0, judged_ = 0;
};

}  // namespace

std::unique_ptr<Judge> make_top_one_judge(TopOneTruth truth) {
  return std::make_unique<TopOneJudge>(std::move(truth));
}

}  // namespace eb
