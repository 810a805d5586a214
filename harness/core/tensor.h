#pragma once
// Tensors as plain memory: what a model takes and gives, and the bytes that hold it. Row-major, host byte
// order.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

enum class DType : std::uint8_t { f32, f64, f16, bf16, i8, u8, i16, u16, i32, u32, i64, u64, boolean };

std::size_t dtype_bytes(DType type);
std::string_view dtype_name(DType type);  // "f32", "i64", ...

struct TensorSpec {
  std::string name{};
  DType dtype = DType::f32;
  std::vector<std::int64_t> shape{};     // -1: a free dimension, fixed when a tensor is made
  std::vector<std::string> dim_names{};  // of free dimensions, where the model names them; else empty

  bool is_fixed() const;
  std::int64_t elements() const;  // of a fixed shape
  // Of a fixed shape; refuses negative dimensions and more than `max_bytes`.
  Result<std::uint64_t> bytes(std::uint64_t max_bytes) const;
};

// A borrowed view: who made the bytes owns them. `spec` has a fixed shape.
struct Tensor {
  const TensorSpec* spec = nullptr;
  std::span<std::byte> bytes{};

  // The elements as T; the caller knows the type (`spec->dtype`).
  template <class T>
  std::span<T> as() const {
    return {reinterpret_cast<T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};

// The tensor of that name, or null.
const Tensor* find_tensor(std::span<const Tensor> tensors, std::string_view name);
// The same, or an error that names it; also checks type and element count.
Result<Tensor> require_tensor(std::span<const Tensor> tensors, std::string_view name, DType dtype,
                              std::int64_t elements);

// Owns zeroed, 64-byte aligned memory for a set of tensors. Specs and bytes stay where they are when it
// moves.
class TensorSet {
 public:
  static constexpr std::uint64_t kMaxBytes = 4ull << 30;  // of one set: beyond it a shape is a mistake

  TensorSet() = default;
  static Result<TensorSet> create(std::vector<TensorSpec> specs, std::uint64_t max_bytes = kMaxBytes);
  std::span<const Tensor> tensors() const { return tensors_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  struct Free {
    void operator()(std::byte* p) const;
  };
  std::vector<TensorSpec> specs_;
  std::vector<std::unique_ptr<std::byte, Free>> memory_;
  std::vector<Tensor> tensors_;
  std::uint64_t bytes_ = 0;
};

}  // namespace eb
