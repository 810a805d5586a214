#pragma once
// Bytes to and from something outside of this program: an instrument, a server. What can be replaced in
// tests.
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "harness/base/result.h"

namespace eb {

class Stream {
 public:
  virtual ~Stream() = default;
  // At least one byte, at most `most`. `timeout` where nothing came in time, `io` where the other side has
  // closed.
  virtual Result<std::string> read_some(std::size_t most, std::chrono::milliseconds limit) = 0;
  // All of it, or an error; what part of it went out is then unknown.
  virtual Status write_all(std::string_view bytes, std::chrono::milliseconds limit) = 0;
};

}  // namespace eb
