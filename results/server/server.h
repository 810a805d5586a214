#pragma once
// HTTP/1.1 in front of a board: connections, limits and time-outs. One thread moves bytes, a few read the
// store, others take uploads, so that nobody who reads waits behind an upload.
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "results/server/board.h"
#include "results/server/request_log.h"

namespace eb::board {

struct ServerLimits {
  std::size_t most_connections = 512;
  std::size_t most_connections_an_address = 64;  // not of a proxy of ours
  std::uint32_t most_header_bytes = 16 << 10;
  std::size_t most_headers = 100;
  std::uint64_t most_held_bytes = 256 << 20;  // of all bodies that are coming in and large answers going out
  std::chrono::milliseconds head{15'000};     // from the first wait for a request to the end of its head
  std::chrono::milliseconds body{30'000};     // and for each 64 KiB of it a second more; so for answers
  std::chrono::milliseconds drain{10'000};    // for what is under way when it stops
  std::size_t reading_threads = 4, uploading_threads = 8;
};

class Server {
 public:
  // `address`: a numeric one. Port 0: any that is free. `log` gets a line for each request, on one thread.
  // `proxies`: as the board has them; their connections are not counted.
  static Result<std::unique_ptr<Server>> listen(Board& board, const std::string& address, std::uint16_t port,
                                                const std::vector<std::string>& proxies,
                                                const ServerLimits& limits,
                                                std::function<void(const LoggedRequest&)> log);
  virtual ~Server() = default;  // stops it
  virtual std::uint16_t port() const = 0;
  virtual void start() = 0;  // answering; connections wait until then
  // Takes no more connections, lets what is under way finish, and returns when it has, or its time is over.
  virtual void stop() = 0;
};

}  // namespace eb::board
