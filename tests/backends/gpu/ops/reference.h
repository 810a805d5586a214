#pragma once
// What the references of the operators' tests share: walking over tensors by index, and a device that says it
// is a GPU.
#include <functional>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "tests/backends/gpu/ops_harness.h"

namespace eb::gpu::test {

using Index = std::vector<std::int64_t>;

inline std::int64_t offset_of(const Shape& shape, const Index& index) {
  std::int64_t offset = 0;
  for (std::size_t i = 0; i < shape.size(); ++i) offset = offset * shape[i] + index[i];
  return offset;
}

inline double at(const Tensor& tensor, const Index& index) {
  return tensor.numbers[static_cast<std::size_t>(offset_of(tensor.shape, index))];
}

// A tensor whose elements are a function of their index.
inline Tensor filled(Type type, Shape shape, const std::function<double(const Index&)>& function) {
  Tensor made = tensor(type, std::move(shape), {});
  Index index(made.shape.size(), 0);
  for (std::int64_t count = elements(made.shape); count > 0; --count) {
    made.numbers.push_back(function(index));
    for (std::size_t i = index.size(); i-- > 0;) {
      if (++index[i] < made.shape[i]) break;
      index[i] = 0;
    }
  }
  return made;
}

inline Tensor typed(Type type, Tensor tensor) {
  tensor.type = type;
  return tensor;
}

inline Tensor integers(std::vector<double> numbers) {
  const auto count = static_cast<std::int64_t>(numbers.size());
  return constant(tensor(Type::i64, {count}, std::move(numbers)));
}

// The same elements in the same order.
inline Tensor reshaped(Tensor tensor, Shape shape) {
  tensor.shape = std::move(shape);
  return tensor;
}

// The lines of a tensor along an axis, one by one, each replaced by what the function makes of it.
inline Tensor along(const Tensor& from, std::size_t axis,
                    const std::function<std::vector<double>(const std::vector<double>&)>& function) {
  Tensor made = from;
  std::int64_t inner = 1;
  for (std::size_t i = axis + 1; i < from.shape.size(); ++i) inner *= from.shape[i];
  const std::int64_t size = from.shape[axis], lines = elements(from.shape) / size;
  for (std::int64_t line = 0; line < lines; ++line) {
    const auto place = [&](std::int64_t i) {
      return static_cast<std::size_t>((line / inner * size + i) * inner + line % inner);
    };
    std::vector<double> numbers;
    for (std::int64_t i = 0; i < size; ++i) numbers.push_back(from.numbers[place(i)]);
    numbers = function(numbers);
    for (std::int64_t i = 0; i < size; ++i) made.numbers[place(i)] = numbers[static_cast<std::size_t>(i)];
  }
  return made;
}

// Plans for it are those for a GPU: groups with local memory.
class AsDiscrete : public ComputeDevice {
 public:
  explicit AsDiscrete(ComputeDevice& device) : device_(device), info_(device.info()) {
    info_.type = DeviceType::discrete;
  }
  const DeviceInfo& info() const override { return info_; }
  Result<std::unique_ptr<Buffer>> allocate(std::uint64_t bytes) override { return device_.allocate(bytes); }
  Status write(Buffer& buffer, std::uint64_t offset, std::span<const std::byte> bytes) override {
    return device_.write(buffer, offset, bytes);
  }
  Status read(const Buffer& buffer, std::uint64_t offset, std::span<std::byte> bytes) override {
    return device_.read(buffer, offset, bytes);
  }
  Result<std::unique_ptr<Kernel>> build(const KernelDesc& desc) override { return device_.build(desc); }
  Result<std::unique_ptr<Commands>> record(std::span<const Dispatch> dispatches, Timing timing) override {
    return device_.record(dispatches, timing);
  }
  Status run(Commands& commands, std::span<const HostWrite> in, std::span<const HostRead> out) override {
    return device_.run(commands, in, out);
  }
  Result<std::vector<std::chrono::nanoseconds>> times(const Commands& commands) override {
    return device_.times(commands);
  }
  CacheUse cache_use() const override { return device_.cache_use(); }
  Status save_cache() override { return device_.save_cache(); }

 private:
  ComputeDevice& device_;
  DeviceInfo info_;
};

inline void expect_op_as_gpu(const OpCase& test) {
  for (ComputeDevice* device : open_devices()) {
    SCOPED_TRACE(device->info().name + ", planned for a GPU");
    AsDiscrete discrete(*device);
    run_on(discrete, test);
  }
}

}  // namespace eb::gpu::test
