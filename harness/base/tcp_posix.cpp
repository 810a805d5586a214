#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>
#include <vector>

#include "harness/base/descriptor_posix.h"
#include "harness/base/stream_posix.h"
#include "harness/base/tcp.h"

namespace eb {
namespace {

using Milliseconds = std::chrono::milliseconds;

void prepare(int fd) {
  fcntl(fd, F_SETFL, O_NONBLOCK);
  fcntl(fd, F_SETFD, FD_CLOEXEC);
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#if defined(__APPLE__)
  setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
}

Status finish_connecting(int fd, const Deadline& deadline) {
  if (!wait_for(fd, POLLOUT, deadline)) return Error{ErrorKind::timeout, "no answer in time"};
  int problem = 0;
  socklen_t size = sizeof problem;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &size);
  errno = problem;
  if (problem != 0) return Error{ErrorKind::unavailable, errno_text()};
  return Done{};
}

Result<Descriptor> connect_to(const addrinfo& address, const Deadline& deadline) {
  Descriptor socket(::socket(address.ai_family, address.ai_socktype, address.ai_protocol));
  if (socket.get() < 0) return Error{ErrorKind::io, errno_text()};
  prepare(socket.get());
  if (connect(socket.get(), address.ai_addr, address.ai_addrlen) != 0) {
    if (errno != EINPROGRESS && errno != EINTR) return Error{ErrorKind::unavailable, errno_text()};
    EB_OK(finish_connecting(socket.get(), deadline));
  }
  return socket;
}

struct AddressList {
  AddressList() = default;
  AddressList(const AddressList&) = delete;
  AddressList& operator=(const AddressList&) = delete;
  addrinfo* first = nullptr;
  ~AddressList() {
    if (first) freeaddrinfo(first);
  }
};

}  // namespace

Result<std::unique_ptr<Stream>> connect_tcp(const std::string& host, std::uint16_t port, Milliseconds limit) {
  const Deadline deadline(limit);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  AddressList addresses;
  if (const int failed = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &addresses.first))
    return Error{ErrorKind::unavailable, fmt::format("cannot find {}: {}", host, gai_strerror(failed))};
  Error why{ErrorKind::unavailable, "it has no address"};
  for (const addrinfo* each = addresses.first; each; each = each->ai_next) {
    auto socket = connect_to(*each, deadline);
    if (socket) return make_stream(*std::move(socket), Wire::socket);
    why = socket.error();
  }
  return Error{why.kind, fmt::format("cannot connect to {}:{}: {}", host, port, why.message)};
}

namespace {

constexpr std::size_t kChunkBytes = 4096;

struct Client {
  Descriptor socket;
  int number = 0;
  std::string in{}, out{};
  std::size_t sent = 0;  // of `out`
  bool is_closing = false, is_gone = false;

  std::size_t queued() const { return out.size() - sent; }
};

class PosixLineServer final : public LineServer {
 public:
  PosixLineServer(Descriptor listener, std::uint16_t port, const ServerRules& rules)
      : listener_(std::move(listener)), port_(port), rules_(rules) {}

  std::uint16_t port() const override { return port_; }

  std::optional<Line> next(Milliseconds limit) override {
    const Deadline deadline(limit);
    while (true) {
      if (auto line = take_line()) return line;
      if (!wait(deadline)) return std::nullopt;
      if (deadline.is_over()) return take_line();
    }
  }

  void send(int client, std::string_view bytes) override {
    for (Client& one : clients_)
      if (one.number == client && !one.is_gone) {
        one.out += bytes;
        if (one.queued() > rules_.most_queued_bytes) one.is_gone = true;
        write_to(one);
      }
  }

  void close(int client) override {
    for (Client& one : clients_)
      if (one.number == client) one.is_closing = true;
  }

 private:
  // In turn, so that one who talks much does not silence the others.
  std::optional<Line> take_line() {
    for (std::size_t i = 0; i < clients_.size(); ++i) {
      Client& one = clients_[(first_ + i) % clients_.size()];
      const std::size_t end = one.in.find('\n');
      if (end == std::string::npos || one.is_gone || one.is_closing) continue;
      first_ = (first_ + i + 1) % clients_.size();
      Line line{one.number, one.in.substr(0, end)};
      one.in.erase(0, end + 1);
      if (line.text.ends_with('\r')) line.text.pop_back();
      return line;
    }
    return std::nullopt;
  }

  // False when nothing happened until the deadline, or the wait was interrupted.
  bool wait(const Deadline& deadline) {
    std::erase_if(clients_,
                  [](const Client& one) { return one.is_gone || (one.is_closing && one.queued() == 0); });
    std::vector<pollfd> waiting{{listener_.get(), POLLIN, 0}};
    for (const Client& one : clients_) {
      const int events = POLLIN | (one.queued() > 0 ? POLLOUT : 0);
      waiting.push_back({one.socket.get(), static_cast<short>(events), 0});
    }
    if (poll(waiting.data(), waiting.size(), deadline.left_ms()) <= 0) return false;
    for (std::size_t i = 1; i < waiting.size(); ++i) {
      if (waiting[i].revents & POLLOUT) write_to(clients_[i - 1]);
      if (waiting[i].revents & (POLLIN | POLLHUP | POLLERR)) read_from(clients_[i - 1]);
    }
    if (waiting[0].revents) accept_one();
    return true;
  }

  void accept_one() {
    Descriptor socket(accept(listener_.get(), nullptr, nullptr));
    if (socket.get() < 0 || clients_.size() >= static_cast<std::size_t>(rules_.most_clients)) return;
    prepare(socket.get());
    clients_.push_back(Client{std::move(socket), next_number_++});
  }

  void read_from(Client& one) const {
    char chunk[kChunkBytes];
    const ssize_t got = recv(one.socket.get(), chunk, sizeof chunk, 0);
    if (got < 0 && is_for_later(errno)) return;
    if (got <= 0) {
      one.is_gone = true;
      return;
    }
    one.in.append(chunk, static_cast<std::size_t>(got));
    const std::size_t last_end = one.in.rfind('\n');
    const std::size_t open_bytes =
        last_end == std::string::npos ? one.in.size() : one.in.size() - last_end - 1;
    if (open_bytes > rules_.longest_line_bytes || one.in.size() > rules_.longest_line_bytes + kChunkBytes)
      one.is_gone = true;
  }

  static void write_to(Client& one) {
    while (one.queued() > 0 && !one.is_gone) {
      const ssize_t sent = send_quietly(one.socket.get(), std::string_view(one.out).substr(one.sent));
      if (sent < 0 && is_for_later(errno)) return;
      if (sent < 0) one.is_gone = true;
      if (sent > 0) one.sent += static_cast<std::size_t>(sent);
    }
    one.out.clear();
    one.sent = 0;
  }

  Descriptor listener_;
  std::uint16_t port_;
  ServerRules rules_;
  std::vector<Client> clients_{};
  std::size_t first_ = 0;
  int next_number_ = 1;
};

Result<std::uint16_t> port_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return Error{ErrorKind::io, errno_text()};
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

}  // namespace

Result<std::unique_ptr<LineServer>> LineServer::listen(const std::string& address, std::uint16_t port,
                                                       const ServerRules& rules) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST | AI_PASSIVE;
  AddressList addresses;
  if (getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &addresses.first) != 0)
    return Error{ErrorKind::invalid, fmt::format("'{}' is no numeric address, as in 127.0.0.1", address)};
  const addrinfo& first = *addresses.first;
  Descriptor listener(::socket(first.ai_family, first.ai_socktype, first.ai_protocol));
  const int on = 1;
  if (listener.get() >= 0) setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  constexpr int kBacklog = 8;
  if (listener.get() < 0 || bind(listener.get(), first.ai_addr, first.ai_addrlen) != 0 ||
      ::listen(listener.get(), kBacklog) != 0)
    return Error{ErrorKind::io, fmt::format("cannot listen on {}:{}: {}", address, port, errno_text())};
  prepare(listener.get());
  EB_GET(const std::uint16_t bound, port_of(listener.get()));
  return std::unique_ptr<LineServer>(std::make_unique<PosixLineServer>(std::move(listener), bound, rules));
}

}  // namespace eb
