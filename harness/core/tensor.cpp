#include "harness/core/tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace eb {
namespace {

constexpr std::size_t kAlignmentBytes = 64;  // widest vector of any CPU we know; not a cache-line assumption

struct DTypeRow {
  std::string_view name;
  std::size_t bytes;
};
constexpr DTypeRow kDTypes[] = {{"f32", 4}, {"f64", 8}, {"f16", 2}, {"bf16", 2}, {"i8", 1},
                                {"u8", 1},  {"i16", 2}, {"u16", 2}, {"i32", 4},  {"u32", 4},
                                {"i64", 8}, {"u64", 8}, {"bool", 1}};

}  // namespace

std::size_t dtype_bytes(DType type) {
  return kDTypes[static_cast<std::size_t>(type)].bytes;
}
std::string_view dtype_name(DType type) {
  return kDTypes[static_cast<std::size_t>(type)].name;
}

bool TensorSpec::is_fixed() const {
  return std::all_of(shape.begin(), shape.end(), [](std::int64_t d) { return d >= 0; });
}

std::int64_t TensorSpec::elements() const {
  std::int64_t n = 1;
  for (const std::int64_t d : shape) n *= d;
  return n;
}

Result<std::uint64_t> TensorSpec::bytes(std::uint64_t max_bytes) const {
  std::uint64_t total = dtype_bytes(dtype);
  for (const std::int64_t d : shape) {
    if (d < 0) return Error{ErrorKind::invalid, fmt::format("tensor '{}' has a free dimension", name)};
    if (d > 0 && total > max_bytes / static_cast<std::uint64_t>(d))
      return Error{ErrorKind::invalid, fmt::format("tensor '{}' of shape [{}] needs more than {} MB", name,
                                                   fmt::join(shape, ", "), max_bytes / 1'000'000)};
    total *= static_cast<std::uint64_t>(d);
  }
  return total;
}

const Tensor* find_tensor(std::span<const Tensor> tensors, std::string_view name) {
  const auto at =
      std::find_if(tensors.begin(), tensors.end(), [&](const Tensor& t) { return t.spec->name == name; });
  return at == tensors.end() ? nullptr : &*at;
}

Result<Tensor> require_tensor(std::span<const Tensor> tensors, std::string_view name, DType dtype,
                              std::int64_t elements) {
  const Tensor* tensor = find_tensor(tensors, name);
  if (!tensor) return Error{ErrorKind::invalid, fmt::format("the model has no tensor '{}'", name)};
  if (tensor->spec->dtype != dtype || tensor->spec->elements() != elements)
    return Error{ErrorKind::invalid, fmt::format("tensor '{}' has {} elements of {}; expected {} of {}", name,
                                                 tensor->spec->elements(), dtype_name(tensor->spec->dtype),
                                                 elements, dtype_name(dtype))};
  return *tensor;
}

void TensorSet::Free::operator()(std::byte* p) const {
  ::operator delete (p, std::align_val_t{kAlignmentBytes});
}

Result<TensorSet> TensorSet::create(std::vector<TensorSpec> specs, std::uint64_t max_bytes) {
  TensorSet set;
  set.specs_ = std::move(specs);
  for (const TensorSpec& spec : set.specs_) {
    EB_GET(const std::uint64_t bytes, spec.bytes(max_bytes - set.bytes_));
    void* memory =
        ::operator new (std::max<std::uint64_t>(bytes, 1), std::align_val_t{kAlignmentBytes}, std::nothrow);
    if (!memory)
      return Error{ErrorKind::out_of_memory,
                   fmt::format("no memory for tensor '{}' ({} bytes)", spec.name, bytes)};
    std::memset(memory, 0, bytes);
    set.memory_.emplace_back(static_cast<std::byte*>(memory));
    set.tensors_.push_back({&spec, {set.memory_.back().get(), bytes}});
    set.bytes_ += bytes;
  }
  return set;
}

}  // namespace eb
