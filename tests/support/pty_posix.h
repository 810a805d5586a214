#pragma once
// A serial port that is none: the test holds its other end.
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "harness/base/descriptor_posix.h"
#include "harness/base/stream.h"

namespace eb::test {

struct Pty {
  Descriptor far_end{};
  std::string port{};  // to be opened by what is tested

  static Pty open() {
    Pty pty{Descriptor(posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC))};
    char name[64] = {};
    if (pty.far_end.get() >= 0 && grantpt(pty.far_end.get()) == 0 && unlockpt(pty.far_end.get()) == 0 &&
        ptsname_r(pty.far_end.get(), name, sizeof name) == 0)
      pty.port = name;
    return pty;
  }

  // What has come to the far end until nothing more does for a tenth of a second, or `end` is its last byte.
  std::string take(char end = '\n') const {
    std::string all;
    pollfd waiting{far_end.get(), POLLIN, 0};
    while ((all.empty() || all.back() != end) && poll(&waiting, 1, 100) > 0) {
      char chunk[256];
      const ssize_t got = ::read(far_end.get(), chunk, sizeof chunk);
      if (got <= 0) break;
      all.append(chunk, static_cast<std::size_t>(got));
    }
    return all;
  }
  bool say(const std::string& bytes) const {
    return ::write(far_end.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  }
};

// A stream to that port whose other side answers as soon as something was written.
class AnsweredStream final : public Stream {
 public:
  AnsweredStream(std::unique_ptr<Stream> stream, const Pty& pty,
                 std::function<std::string(std::string_view)> answer)
      : stream_(std::move(stream)), pty_(pty), answer_(std::move(answer)) {}
  Result<std::string> read_some(std::size_t most, std::chrono::milliseconds limit) override {
    return stream_->read_some(most, limit);
  }
  Status write_all(std::string_view bytes, std::chrono::milliseconds limit) override {
    EB_OK(stream_->write_all(bytes, limit));
    if (const std::string said = answer_(pty_.take()); !said.empty() && !pty_.say(said))
      return Error{ErrorKind::internal, "the far end is full"};
    return Done{};
  }

 private:
  std::unique_ptr<Stream> stream_;
  const Pty& pty_;
  std::function<std::string(std::string_view)> answer_;
};

}  // namespace eb::test
