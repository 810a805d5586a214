#pragma once
// One connection; see server.h. Everything here but the board's work is on the server's one thread of bytes.
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <set>
#include <string>

#include "results/server/server.h"

namespace eb::board {

class Session;

// What the sessions of a server share.
struct ServerCore {
  Board& board;
  const ServerLimits limits;
  const std::function<void(const LoggedRequest&)> log;
  std::set<Session*> sessions{};
  std::uint64_t held_bytes = 0;
  bool is_stopping = false;
  std::function<void(const std::string& peer)> on_gone{};  // a session ended
  // After what sessions touch when they end: handlers that never ran hold the last of them.
  boost::asio::io_context io{1};
  boost::asio::thread_pool readers, uploaders;

  ServerCore(Board& b, const ServerLimits& l, std::function<void(const LoggedRequest&)> log_line)
      : board(b),
        limits(l),
        log(std::move(log_line)),
        readers(l.reading_threads),
        uploaders(l.uploading_threads) {}
};

// Lives until the connection ends.
void start_session(ServerCore& core, boost::asio::ip::tcp::socket socket, const std::string& peer);
// Ends it unless a request is under way; that one is the last.
void stop_session(Session& session);
// Ends it, whatever is under way.
void cut_session(Session& session);
// Sends a refusal of the connection itself, if that goes at once.
void turn_away(boost::asio::ip::tcp::socket socket);

}  // namespace eb::board
