#include <fmt/format.h>

#include <random>

#include "harness/base/files.h"
#include "workloads/workloads.h"

namespace eb {
namespace {

constexpr std::size_t kSamples = 16;  // enough that no cache holds the one input of a run

// Uniform in [-1, 1) for real numbers; 0 or 1 for whole numbers, which are safe as ids, masks and counts.
class UserWorkload final : public Workload {
 public:
  explicit UserWorkload(WorkloadInfo info) : info_(std::move(info)) {}
  const WorkloadInfo& info() const override { return info_; }
  std::size_t sample_count() const override { return kSamples; }
  std::unique_ptr<Judge> judge() const override { return nullptr; }

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    std::mt19937_64 random(sample + 1);
    for (const Tensor& tensor : inputs) {
      switch (tensor.spec->dtype) {
        case DType::f32:
          fill_real<float>(tensor, random);
          break;
        case DType::f64:
          fill_real<double>(tensor, random);
          break;
        case DType::f16:
          fill_half(tensor, random, 0x3c00, 0xbc00);
          break;  // 1 and -1
        case DType::bf16:
          fill_half(tensor, random, 0x3f80, 0xbf80);
          break;  // likewise
        case DType::i8:
        case DType::u8:
        case DType::boolean:
          fill_whole<std::uint8_t>(tensor, random);
          break;
        case DType::i16:
        case DType::u16:
          fill_whole<std::uint16_t>(tensor, random);
          break;
        case DType::i32:
        case DType::u32:
          fill_whole<std::uint32_t>(tensor, random);
          break;
        case DType::i64:
        case DType::u64:
          fill_whole<std::uint64_t>(tensor, random);
          break;
      }
    }
    return Done{};
  }

 private:
  template <class T>
  static void fill_real(const Tensor& tensor, std::mt19937_64& random) {
    constexpr double kUnit =
        1.0 / 9007199254740992.0;  // 2^-53; not std::uniform_real: that differs by library
    for (T& value : tensor.as<T>())
      value = static_cast<T>(static_cast<double>(random() >> 11) * kUnit * 2 - 1);
  }
  template <class T>
  static void fill_whole(const Tensor& tensor, std::mt19937_64& random) {
    for (T& value : tensor.as<T>()) value = static_cast<T>(random() >> 63);
  }
  static void fill_half(const Tensor& tensor, std::mt19937_64& random, std::uint16_t one,
                        std::uint16_t minus_one) {
    for (std::uint16_t& bits : tensor.as<std::uint16_t>()) bits = (random() >> 63) != 0 ? one : minus_one;
  }

  WorkloadInfo info_;
};

}  // namespace

WorkloadInfo user_workload_info(const std::filesystem::path& model, const std::string& id) {
  WorkloadInfo info;
  info.id = id;
  info.task = "user";
  info.title = model.filename().string();
  info.models["as-is"] = {model, ""};
  info.is_user_model = true;
  return info;
}

std::unique_ptr<Workload> make_user_workload(const std::filesystem::path& model, const std::string& id) {
  return std::make_unique<UserWorkload>(user_workload_info(model, id));
}

}  // namespace eb
