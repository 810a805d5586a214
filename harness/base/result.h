#pragma once
// Result<T>: a value, or the reason there is none. Shaped like std::expected, so that the day our oldest
// compiler has it this file becomes one alias.
#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace eb {

enum class ErrorKind : std::uint8_t {
  invalid,        // the input is wrong: an option, a file, a model
  not_found,      // no such file, workload, device
  unsupported,    // this device cannot do this; a result, not a fault
  fallback,       // the device would leave work to the CPU, which was forbidden; a result, not a fault
  unavailable,    // a driver, library or model file is not here; the message says how to get it
  io,             // reading or writing failed
  device,         // a runtime or driver reported a failure
  out_of_memory,  // on the host or on the device
  timeout,        // took longer than it was allowed to
  internal        // our own bug
};

// One sentence, outermost context first: "open session: vulkan: no compute queue".
struct Error {
  ErrorKind kind = ErrorKind::internal;
  std::string message;

  Error within(std::string_view context) const { return {kind, std::string(context) + ": " + message}; }
};

template <class T>
class [[nodiscard]] Result {
 public:
  // Implicit, so that `return value;` and `return Error{...};` both read well.
  // NOLINTBEGIN(google-explicit-constructor)
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}
  // NOLINTEND(google-explicit-constructor)

  explicit operator bool() const { return state_.index() == 0; }
  T& operator*() & {
    assert(*this);
    return *std::get_if<0>(&state_);
  }
  const T& operator*() const& {
    assert(*this);
    return *std::get_if<0>(&state_);
  }
  T&& operator*() && {
    assert(*this);
    return std::move(*std::get_if<0>(&state_));
  }
  T* operator->() {
    assert(*this);
    return std::get_if<0>(&state_);
  }
  const T* operator->() const {
    assert(*this);
    return std::get_if<0>(&state_);
  }
  const Error& error() const {
    assert(!*this);
    return *std::get_if<1>(&state_);
  }

 private:
  std::variant<T, Error> state_;
};

struct Done {};
using Status = Result<Done>;

}  // namespace eb

// Leave early with the error, or go on (EB_OK) with the value (EB_GET).
#define EB_CAT_(a, b) a##b
#define EB_CAT(a, b) EB_CAT_(a, b)
#define EB_OK(expr)                           \
  do {                                        \
    auto eb_status = (expr);                  \
    if (!eb_status) return eb_status.error(); \
  } while (0)
#define EB_GET(declaration, expr)                                                 \
  auto EB_CAT(eb_result_, __LINE__) = (expr);                                     \
  if (!EB_CAT(eb_result_, __LINE__)) return EB_CAT(eb_result_, __LINE__).error(); \
  declaration = *std::move(EB_CAT(eb_result_, __LINE__))
