#include "harness/base/stream_posix.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace eb {
namespace {

using Milliseconds = std::chrono::milliseconds;

#if defined(__APPLE__)
constexpr int kNoSignal = 0;
#else
constexpr int kNoSignal = MSG_NOSIGNAL;
#endif

class DescriptorStream final : public Stream {
 public:
  DescriptorStream(Descriptor fd, Wire wire) : fd_(std::move(fd)), wire_(wire) {}

  Result<std::string> read_some(std::size_t most, Milliseconds limit) override {
    const Deadline deadline(limit);
    std::string bytes(std::clamp<std::size_t>(most, 1, 64 << 10), '\0');
    while (true) {
      if (!wait_for(fd_.get(), POLLIN, deadline))
        return Error{ErrorKind::timeout, fmt::format("sent nothing for {} ms", limit.count())};
      const ssize_t got = wire_ == Wire::socket ? recv(fd_.get(), bytes.data(), bytes.size(), 0)
                                                : read(fd_.get(), bytes.data(), bytes.size());
      if (got < 0 && is_for_later(errno)) continue;
      if (got < 0) return Error{ErrorKind::io, "broke the connection: " + errno_text()};
      if (got == 0) return Error{ErrorKind::io, "closed the connection"};
      bytes.resize(static_cast<std::size_t>(got));
      return bytes;
    }
  }

  Status write_all(std::string_view bytes, Milliseconds limit) override {
    const Deadline deadline(limit);
    while (!bytes.empty()) {
      if (!wait_for(fd_.get(), POLLOUT, deadline))
        return Error{ErrorKind::timeout, fmt::format("took nothing for {} ms", limit.count())};
      const ssize_t sent = wire_ == Wire::socket ? send_quietly(fd_.get(), bytes)
                                                 : write(fd_.get(), bytes.data(), bytes.size());
      if (sent < 0 && is_for_later(errno)) continue;
      if (sent < 0) return Error{ErrorKind::io, "broke the connection: " + errno_text()};
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return Done{};
  }

 private:
  Descriptor fd_;
  Wire wire_;
};

}  // namespace

std::string errno_text() {
  return std::strerror(errno);  // NOLINT(concurrency-mt-unsafe): one thread calls it
}

int Deadline::left_ms() const {
  const auto left = std::chrono::ceil<Milliseconds>(end_ - std::chrono::steady_clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

bool wait_for(int fd, short events, const Deadline& deadline) {
  while (true) {
    pollfd waiting{fd, events, 0};
    if (poll(&waiting, 1, deadline.left_ms()) > 0) return true;
    if (deadline.is_over()) return false;
  }
}

bool is_for_later(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

ssize_t send_quietly(int socket, std::string_view bytes) {
  return send(socket, bytes.data(), bytes.size(), kNoSignal);
}

std::unique_ptr<Stream> make_stream(Descriptor fd, Wire wire) {
  return std::make_unique<DescriptorStream>(std::move(fd), wire);
}

}  // namespace eb
