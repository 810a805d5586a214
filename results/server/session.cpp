#include "results/server/session.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <limits>
#include <optional>

#include "harness/base/ascii.h"
#include "results/server/answers.h"
#include "results/server/session_head.h"

namespace eb::board {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kReadAhead = 64 << 10;       // of requests that follow, and of a body at a time
constexpr std::uint64_t kBytesASecond = 64 << 10;  // slower ones are cut off
constexpr std::size_t kMostLingering = 1 << 20;    // of a body that nobody wants
constexpr std::chrono::seconds kLinger{2};
constexpr std::uint64_t kLargeAnswer = 1 << 20;

std::chrono::milliseconds time_for(std::uint64_t bytes, std::chrono::milliseconds base) {
  return base + std::chrono::seconds(bytes / kBytesASecond);
}

std::string date_now() {
  return fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr)));
}

}  // namespace

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(ServerCore& core, asio::ip::tcp::socket socket, std::string peer)
      : core_(core), stream_(std::move(socket)), peer_(std::move(peer)) {
    core_.sessions.insert(this);
  }
  ~Session() {
    release();
    core_.sessions.erase(this);
    if (core_.on_gone) core_.on_gone(peer_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void read_head();
  void stop() {
    if (is_waiting_) cut();
  }
  void cut() { stream_.close(); }

 private:
  using Parser = http::request_parser<http::string_body>;
  void on_head(const error_code& error);
  void admit();
  void on_admission(std::variant<HttpAnswer, Admission> admission);
  void read_body();
  void on_body(const error_code& error);
  void answer(asio::thread_pool& pool);
  void refuse(int status, std::string_view sentence);
  void send(HttpAnswer answer);
  void on_sent(bool closes);
  void linger();
  void release() {
    core_.held_bytes -= held_;
    held_ = 0;
  }
  bool hold(std::uint64_t bytes) {
    if (core_.held_bytes + bytes > core_.limits.most_held_bytes) return false;
    core_.held_bytes += bytes;
    held_ += bytes;
    return true;
  }

  ServerCore& core_;
  beast::tcp_stream stream_;
  const std::string peer_;
  beast::flat_buffer buffer_{kReadAhead};
  std::optional<Parser> parser_{};
  HttpRequest request_{};
  Admission admission_{};
  std::optional<http::response<http::string_body>> response_{};
  std::string lingering_{};
  steady_clock::time_point started_{};
  std::uint64_t held_ = 0;
  std::size_t lingered_bytes_ = 0;
  bool is_admitted_ = false;  // else the threads that read do that, too
  bool is_waiting_ = false, has_unread_body_ = false, must_close_ = false;
};

void Session::read_head() {
  parser_.emplace();
  parser_->header_limit(core_.limits.most_header_bytes);
  parser_->body_limit(std::numeric_limits<std::uint64_t>::max());  // the board says, when it knows the head
  request_ = {};
  is_admitted_ = false;
  has_unread_body_ = false;
  is_waiting_ = true;
  stream_.expires_after(core_.limits.head);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const error_code& error, std::size_t) { self->on_head(error); });
}

void Session::on_head(const error_code& error) {
  is_waiting_ = false;
  started_ = steady_clock::now();
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    must_close_ = true;
    return refuse(431,
                  fmt::format("the head of a request has at most {} bytes", core_.limits.most_header_bytes));
  }
  if (error == http::error::end_of_stream || error == http::error::partial_message ||
      error == beast::error::timeout)
    return;
  if (error && error.category() == make_error_code(http::error::bad_method).category()) {
    must_close_ = true;
    return refuse(400, "this is no request of HTTP/1.1");
  }
  if (error) return;
  const auto& message = parser_->get();
  request_.method = std::string(message.method_string());
  request_.target = std::string(message.target());
  request_.peer = peer_;
  for (const auto& field : message) {
    const std::string name(field.name_string());
    request_.headers.emplace_back(lower_ascii(name), std::string(field.value()));
  }
  has_unread_body_ = !parser_->is_done();
  must_close_ = core_.is_stopping || !message.keep_alive();
  const HeadProblem problem = head_problem(request_, message.version(), core_.limits.most_headers);
  if (problem.status != 0) {
    must_close_ = true;
    return refuse(problem.status, problem.sentence);
  }
  if (request_.method == "GET" || request_.method == "HEAD") {
    if (has_unread_body_) return refuse(400, "a GET has no body");
    return answer(core_.readers);
  }
  admit();
}

void Session::admit() {
  asio::post(core_.uploaders, [self = shared_from_this()]() mutable {
    auto admission = self->core_.board.admit(self->request_);
    auto& io = self->core_.io;
    asio::post(io, [self = std::move(self), admission = std::move(admission)]() mutable {
      self->on_admission(std::move(admission));
    });
  });
}

void Session::on_admission(std::variant<HttpAnswer, Admission> admission) {
  if (auto* refusal = std::get_if<HttpAnswer>(&admission)) return send(std::move(*refusal));
  admission_ = std::move(*std::get_if<Admission>(&admission));
  is_admitted_ = true;
  if (!has_unread_body_) return answer(core_.uploaders);
  const std::uint64_t bytes =
      std::min(parser_->content_length().value_or(admission_.most_body_bytes), admission_.most_body_bytes);
  if (!hold(bytes)) {
    HttpAnswer busy = error_answer(503, "too much is being uploaded: try again in a moment");
    busy.headers.emplace_back("Retry-After", "5");
    return send(std::move(busy));
  }
  stream_.expires_after(time_for(bytes, core_.limits.body));
  if (!request_.header("expect")) return read_body();
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(kContinue),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      if (!error) self->read_body();
                    });
}

void Session::read_body() {
  parser_->body_limit(admission_.most_body_bytes);
  http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const error_code& error, std::size_t) { self->on_body(error); });
}

void Session::on_body(const error_code& error) {
  if (error == http::error::body_limit)
    return refuse(413, fmt::format("the body may have at most {} bytes", admission_.most_body_bytes));
  if (error && error.category() == make_error_code(http::error::bad_method).category())
    return refuse(400, "the body is no body of HTTP/1.1");
  if (error) return;
  has_unread_body_ = false;
  request_.body = std::move(parser_->get().body());
  answer(core_.uploaders);
}

void Session::answer(asio::thread_pool& pool) {
  asio::post(pool, [self = shared_from_this()]() mutable {
    Board& board = self->core_.board;
    HttpAnswer answer;
    auto admission = self->is_admitted_ ? std::variant<HttpAnswer, Admission>(self->admission_)
                                        : board.admit(self->request_);
    if (auto* refusal = std::get_if<HttpAnswer>(&admission))
      answer = std::move(*refusal);
    else
      answer = board.answer(self->request_, *std::get_if<Admission>(&admission));
    auto& io = self->core_.io;
    asio::post(io, [self = std::move(self), answer = std::move(answer)]() mutable {
      self->send(std::move(answer));
    });
  });
}

void Session::refuse(int status, std::string_view sentence) {
  send(error_answer(status, sentence));
}

void Session::send(HttpAnswer answer) {
  request_.body = {};
  release();
  if (answer.body.size() > kLargeAnswer && !hold(answer.body.size())) {
    answer = error_answer(503, "too much is being downloaded: try again in a moment");
    answer.headers.emplace_back("Retry-After", "5");
  }
  const bool closes = must_close_ || has_unread_body_ || core_.is_stopping;
  auto& response = response_.emplace();
  response.version(11);
  response.result(static_cast<unsigned>(answer.status));
  response.reason(
      beast::string_view(status_phrase(answer.status).data(), status_phrase(answer.status).size()));
  response.set(http::field::date, date_now());
  response.set(http::field::server, "edgebench");
  for (const auto& [name, value] : answer.headers) response.insert(name, value);
  if (!answer.content_type.empty() && answer.status != 304)
    response.set(http::field::content_type, answer.content_type);
  response.set(http::field::connection, closes ? "close" : "keep-alive");
  const std::uint64_t bytes = answer.body.size();
  if (answer.status != 204 && answer.status != 304) response.content_length(bytes);
  if (request_.method != "HEAD") response.body() = std::move(answer.body);
  const std::chrono::duration<double, std::milli> took = steady_clock::now() - started_;
  core_.log({.address = core_.board.address_of(request_.peer.empty() ? HttpRequest{.peer = peer_} : request_),
             .method = request_.method,
             .target = request_.target,
             .status = answer.status,
             .bytes = bytes,
             .took_ms = took.count(),
             .note = std::move(answer.note)});
  stream_.expires_after(time_for(bytes, core_.limits.body));
  http::async_write(stream_, *response_,
                    [self = shared_from_this(), closes](const error_code& error, std::size_t) {
                      if (!error) self->on_sent(closes);
                    });
}

void Session::on_sent(bool closes) {
  release();
  response_.reset();
  if (!closes) return core_.is_stopping ? void() : read_head();
  error_code ignored;
  stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  lingering_.resize(kReadAhead / 4);
  stream_.expires_after(kLinger);
  if (!core_.is_stopping) linger();
}

// Closing while bytes of the client wait unread would reset the connection, and the client might never read
// why it was refused.
void Session::linger() {
  stream_.async_read_some(asio::buffer(lingering_),
                          [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                            self->lingered_bytes_ += bytes;
                            if (!error && self->lingered_bytes_ < kMostLingering) self->linger();
                          });
}

void start_session(ServerCore& core, asio::ip::tcp::socket socket, const std::string& peer) {
  std::make_shared<Session>(core, std::move(socket), peer)->read_head();
}

void stop_session(Session& session) {
  session.stop();
}

void cut_session(Session& session) {
  session.cut();
}

void turn_away(asio::ip::tcp::socket socket) {
  static constexpr std::string_view kBusy =
      "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  error_code ignored;
  socket.non_blocking(true, ignored);
  socket.write_some(asio::buffer(kBusy), ignored);
  socket.shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
}

}  // namespace eb::board
