#include "results/server/server.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <thread>

#include "results/server/session.h"

namespace eb::board {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::chrono::milliseconds kAcceptPause{50};  // after an error: no more files may be open

class BeastServer final : public Server {
 public:
  BeastServer(Board& board, const std::vector<std::string>& proxies, const ServerLimits& limits,
              std::function<void(const LoggedRequest&)> log)
      : core_(board, limits, std::move(log)), proxies_(proxies) {
    core_.on_gone = [this](const std::string& peer) { gone(peer); };
  }
  ~BeastServer() override { stop(); }

  Status open(const std::string& address, std::uint16_t port) {
    error_code error;
    const auto numeric = asio::ip::make_address(address, error);
    if (error)
      return Error{ErrorKind::invalid, fmt::format("'{}' is no numeric address, such as 127.0.0.1", address)};
    const tcp::endpoint endpoint(numeric, port);
    acceptor_.open(endpoint.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      return Error{ErrorKind::io, fmt::format("cannot listen on {}:{}: {}", address, port, error.message())};
    port_ = acceptor_.local_endpoint(error).port();
    return Done{};
  }

  void start() override {
    accept();
    thread_ = std::thread([this] { core_.io.run(); });
  }

  std::uint16_t port() const override { return port_; }

  void stop() override {
    if (!thread_.joinable()) return;
    asio::post(core_.io, [this] { begin_stop(); });
    thread_.join();
    core_.readers.join();
    core_.uploaders.join();
    core_.on_gone = nullptr;  // sessions that were cut off end with the core
  }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& error, tcp::socket socket) {
      if (core_.is_stopping) return;
      if (!error) {
        take(std::move(socket));
        return accept();
      }
      pause_.expires_after(kAcceptPause);
      pause_.async_wait([this](const error_code&) {
        if (!core_.is_stopping) accept();
      });
    });
  }

  void take(tcp::socket socket) {
    error_code error;
    const auto endpoint = socket.remote_endpoint(error);
    if (error) return;
    const std::string peer = parse_address(endpoint.address().to_string()).value_or("");
    const bool is_proxy = std::find(proxies_.begin(), proxies_.end(), peer) != proxies_.end();
    std::size_t& of_address = connections_[peer];
    if (core_.sessions.size() >= core_.limits.most_connections ||
        (!is_proxy && of_address >= core_.limits.most_connections_an_address)) {
      if (of_address == 0) connections_.erase(peer);
      return turn_away(std::move(socket));
    }
    ++of_address;
    socket.set_option(tcp::no_delay(true), error);
    start_session(core_, std::move(socket), peer);
  }

  void gone(const std::string& peer) {
    const auto found = connections_.find(peer);
    if (found != connections_.end() && --found->second == 0) connections_.erase(found);
    if (core_.is_stopping && core_.sessions.empty()) end();
  }

  void begin_stop() {
    core_.is_stopping = true;
    error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
    const auto sessions = core_.sessions;
    for (Session* session : sessions) stop_session(*session);
    if (core_.sessions.empty()) return end();
    drain_.expires_after(core_.limits.drain);
    drain_.async_wait([this](const error_code& error) {
      if (error) return;
      for (Session* session : std::set(core_.sessions)) cut_session(*session);
    });
  }

  void end() {
    drain_.cancel();
    work_.reset();
  }

  std::map<std::string, std::size_t> connections_{};  // of each address; outlives the sessions
  ServerCore core_;
  const std::vector<std::string> proxies_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{core_.io.get_executor()};
  tcp::acceptor acceptor_{core_.io};
  asio::steady_timer pause_{core_.io}, drain_{core_.io};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::listen(Board& board, const std::string& address, std::uint16_t port,
                                               const std::vector<std::string>& proxies,
                                               const ServerLimits& limits,
                                               std::function<void(const LoggedRequest&)> log) {
  auto server = std::make_unique<BeastServer>(board, proxies, limits, std::move(log));
  EB_OK(server->open(address, port));
  return std::unique_ptr<Server>(std::move(server));
}

}  // namespace eb::board
