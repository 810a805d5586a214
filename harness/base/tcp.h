#pragma once
// TCP: a stream to a server, and a server of lines for a few clients.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/base/stream.h"

namespace eb {

// `host`: an address or a name; how long a name takes is up to the system's resolver. The rest keeps `limit`.
Result<std::unique_ptr<Stream>> connect_tcp(const std::string& host, std::uint16_t port,
                                            std::chrono::milliseconds limit);

struct ServerRules {
  int most_clients = 8;                   // one more is turned away
  std::size_t longest_line_bytes = 1024;  // of a client, who is else turned out
  std::size_t most_queued_bytes =
      64 << 20;  // of answers that a client has not taken yet, who is else turned out
};

// One thread; nobody can hold it up.
class LineServer {
 public:
  // `address`: a numeric one. Port 0: any that is free.
  static Result<std::unique_ptr<LineServer>> listen(const std::string& address, std::uint16_t port,
                                                    const ServerRules& rules);
  virtual ~LineServer() = default;
  virtual std::uint16_t port() const = 0;

  struct Line {
    int client = 0;
    std::string text{};  // without its end
  };
  // The next line of any client; nothing when `limit` is over or the user interrupted. Takes and turns out
  // clients, and sends what is queued, meanwhile.
  virtual std::optional<Line> next(std::chrono::milliseconds limit) = 0;
  // Queued for that client; nothing happens if it has left.
  virtual void send(int client, std::string_view bytes) = 0;
  // After what is queued has been sent.
  virtual void close(int client) = 0;
};

}  // namespace eb
