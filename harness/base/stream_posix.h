#pragma once
// For the files that make system calls on POSIX: streams over descriptors that never block.
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "harness/base/descriptor_posix.h"
#include "harness/base/stream.h"

namespace eb {

// What errno says now.
std::string errno_text();

class Deadline {
 public:
  explicit Deadline(std::chrono::milliseconds limit) : end_(std::chrono::steady_clock::now() + limit) {}
  int left_ms() const;  // at most a minute
  bool is_over() const { return std::chrono::steady_clock::now() >= end_; }

 private:
  std::chrono::steady_clock::time_point end_;
};

// Whether the descriptor is ready for `events` of poll; an interrupted wait goes on.
bool wait_for(int fd, short events, const Deadline& deadline);

// Whether a call that failed with this errno should be made again later.
bool is_for_later(int error);

// As send(2), without the signal where the other side is gone.
ssize_t send_quietly(int socket, std::string_view bytes);

enum class Wire : std::uint8_t { socket, port };
// `fd`: open, and non-blocking.
std::unique_ptr<Stream> make_stream(Descriptor fd, Wire wire);

}  // namespace eb
