// A server on loopback, and clients that behave badly.
#include "results/server/server.h"

#include <latch>

#include "harness/base/tcp.h"
#include "tests/results/server/board_test.h"

namespace eb::board::test {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

constexpr milliseconds kPatience{20'000};  // never waited for

class ServerTest : public BoardTest {
 protected:
  void start(const ServerLimits& limits = {}) {
    auto server = Server::listen(*board_, "127.0.0.1", 0, {}, limits, [this](const LoggedRequest& request) {
      const std::lock_guard lock(mutex_);
      logged_.push_back(request);
    });
    ASSERT_TRUE(server) << server.error().message;
    server_ = *std::move(server);
    server_->start();
  }
  std::unique_ptr<Stream> connect() {
    auto stream = connect_tcp("127.0.0.1", server_->port(), kPatience);
    EXPECT_TRUE(stream);
    return *std::move(stream);
  }
  // Everything until the server closes.
  static std::string rest_of(Stream& stream) {
    std::string all;
    while (true) {
      const auto bytes = stream.read_some(1 << 16, kPatience);
      if (!bytes) return bytes.error().kind == ErrorKind::timeout ? all + "<timeout>" : all;
      all += *bytes;
    }
  }
  std::string exchange(const std::string& bytes) {
    const auto stream = connect();
    (void)stream->write_all(bytes, kPatience);
    return rest_of(*stream);
  }
  static std::string head(const std::string& first, const std::string& more = "") {
    return first + " HTTP/1.1\r\nHost: a\r\n" + more + "Connection: close\r\n\r\n";
  }
  std::string upload_head(const std::string& body, const std::string& more) {
    return "POST /api/v1/results HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Type: " +
           std::string(kBundleType) + "\r\nAuthorization: Bearer " + token("upload") +
           "\r\nIdempotency-Key: " + sha256_hex(body) + "\r\n" + more + "\r\n";
  }

  std::mutex mutex_;  // guards logged_
  std::vector<LoggedRequest> logged_;
  std::unique_ptr<Server> server_;  // before the rest goes
};

TEST_F(ServerTest, AnswersAndLogs) {
  start();
  const std::string answer = exchange(head("GET /api/v1/results?x=1"));
  EXPECT_THAT(answer, HasSubstr("HTTP/1.1 400"));
  EXPECT_THAT(exchange(head("GET /about")), HasSubstr("HTTP/1.1 200 OK\r\n"));
  const std::string only_head = exchange(head("HEAD /about"));
  EXPECT_THAT(only_head, HasSubstr("Content-Length: "));
  EXPECT_TRUE(only_head.ends_with("\r\n\r\n"));
  server_->stop();
  ASSERT_EQ(logged_.size(), 3U);
  EXPECT_EQ(logged_[1].status, 200);
  EXPECT_EQ(logged_[1].address, "127.0.0.1");
}

TEST_F(ServerTest, AConnectionIsKeptAndRequestsMayFollowAtOnce) {
  start();
  const std::string one = "GET /about HTTP/1.1\r\nHost: a\r\n\r\n";
  std::string many;
  for (int i = 0; i < 20; ++i) many += one;
  const std::string answers = exchange(many + head("GET /api/v1/results"));
  std::size_t ok = 0;
  for (std::size_t at = answers.find("HTTP/1.1 200"); at != std::string::npos;
       at = answers.find("HTTP/1.1 200", at + 1))
    ++ok;
  EXPECT_EQ(ok, 21U);
}

TEST_F(ServerTest, TakesAnUploadByLengthAndInChunks) {
  start();
  EXPECT_THAT(exchange(upload_head("run 1", "Content-Length: 5\r\n") + "run 1"),
              HasSubstr("HTTP/1.1 201 Created"));
  EXPECT_THAT(
      exchange(upload_head("run 2", "Transfer-Encoding: chunked\r\n") + "3\r\nrun\r\n2\r\n 2\r\n0\r\n\r\n"),
      HasSubstr("HTTP/1.1 201 Created"));
  EXPECT_EQ(memory_->runs.size(), 2U);
}

TEST_F(ServerTest, SaysGoOnOnlyToWhoMay) {
  start();
  const auto stream = connect();
  (void)stream->write_all(upload_head("run 1", "Content-Length: 5\r\nExpect: 100-continue\r\n"), kPatience);
  EXPECT_EQ(*stream->read_some(25, kPatience), "HTTP/1.1 100 Continue\r\n\r\n");
  (void)stream->write_all("run 1", kPatience);
  EXPECT_THAT(rest_of(*stream), HasSubstr("201"));
  const std::string refused = exchange(
      "POST /api/v1/results HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(refused, HasSubstr("HTTP/1.1 401"));
  EXPECT_THAT(refused, ::testing::Not(HasSubstr("100 Continue")));
}

TEST_F(ServerTest, EndlessChunksEnd) {
  BoardRules rules;
  rules.bundle.most_bytes = 100'000;
  make_board(rules);
  start();
  std::string chunks;
  for (int i = 0; i < 200; ++i) chunks += "400\r\n" + std::string(1024, 'x') + "\r\n";
  EXPECT_THAT(exchange(upload_head("", "Transfer-Encoding: chunked\r\n") + chunks),
              HasSubstr("HTTP/1.1 413"));
  EXPECT_THAT(exchange(upload_head("", "Transfer-Encoding: chunked\r\n") + "ffffffffffffffff\r\n"),
              HasSubstr("HTTP/1.1 4"));
  EXPECT_TRUE(memory_->runs.empty());
}

TEST_F(ServerTest, LongHeadsEnd) {
  start();
  std::string headers;
  for (int i = 0; i < 101; ++i) headers += "X: y\r\n";
  EXPECT_THAT(exchange(head("GET /", headers)), HasSubstr("HTTP/1.1 431"));
  EXPECT_THAT(exchange(head("GET /", "X: " + std::string(20'000, 'y') + "\r\n")), HasSubstr("HTTP/1.1 431"));
  EXPECT_THAT(exchange(head("GET /" + std::string(3000, 'a'))), HasSubstr("HTTP/1.1 414"));
  EXPECT_THAT(exchange("GET /" + std::string(100'000, 'a')), HasSubstr("HTTP/1.1 431"));
}

class Smuggled : public ServerTest, public ::testing::WithParamInterface<const char*> {};
TEST_P(Smuggled, IsRefusedAndTheConnectionEnds) {
  start();
  const std::string answer = exchange(std::string("POST /api/v1/results HTTP/1.1\r\nHost: a\r\n") +
                                      GetParam() + "\r\n0\r\n\r\nGET /about HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400") || answer.starts_with("HTTP/1.1 501"))
      << answer.substr(0, 100);
  EXPECT_EQ(answer.find("HTTP/1.1 ", 8), std::string::npos) << answer;
}
INSTANTIATE_TEST_SUITE_P(
    Heads, Smuggled,
    ::testing::Values("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
                      "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                      "Content-Length: 5\r\nContent-Length: 6\r\n",
                      "Content-Length: 5\r\nContent-Length: 5\r\n", "Transfer-Encoding: xchunked\r\n",
                      "Transfer-Encoding : chunked\r\n", "Transfer-Encoding: chunked, identity\r\n",
                      "Content-Length: 0x5\r\n", "Content-Length: -5\r\n", "Host: b\r\n", "no colon\r\n"));

TEST_F(ServerTest, WhatIsNoHttpIsRefused) {
  start();
  for (const char* bytes :
       {"\x16\x03\x01\x02\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\r\n\r\n", "HELO there\r\n\r\n"}) {
    const std::string answer = exchange(bytes);
    EXPECT_TRUE(answer.empty() || answer.starts_with("HTTP/1.1 400")) << answer;
  }
  EXPECT_THAT(exchange("GET /about HTTP/1.1\r\nConnection: close\r\n\r\n"), HasSubstr("HTTP/1.1 400"));
  EXPECT_THAT(exchange(head("GET /about", "Content-Length: 3\r\n") + "abc"), HasSubstr("HTTP/1.1 400"));
}

TEST_F(ServerTest, ASlowHeadIsCutOff) {
  start({.head = milliseconds(50)});
  const auto stream = connect();
  (void)stream->write_all("GET / HTTP/1.1\r\nX: ", kPatience);
  EXPECT_EQ(rest_of(*stream), "");
  EXPECT_EQ(rest_of(*connect()), "");
}

TEST_F(ServerTest, ASlowBodyIsCutOff) {
  start({.body = milliseconds(50)});
  const auto stream = connect();
  (void)stream->write_all(upload_head("run 1", "Content-Length: 5\r\n") + "ru", kPatience);
  EXPECT_EQ(rest_of(*stream), "");
  EXPECT_TRUE(memory_->runs.empty());
}

TEST_F(ServerTest, ConnectionsAreCounted) {
  start({.most_connections_an_address = 2});
  const auto one = connect(), two = connect();
  (void)one->write_all("GET /about HTTP/1.1\r\nHost: a\r\n\r\n", kPatience);
  EXPECT_TRUE(one->read_some(12, kPatience));
  (void)two->write_all("GET /about HTTP/1.1\r\nHost: a\r\n\r\n", kPatience);
  EXPECT_TRUE(two->read_some(12, kPatience));
  EXPECT_THAT(exchange(head("GET /about")), ::testing::Not(HasSubstr("HTTP/1.1 200")));
}

TEST_F(ServerTest, BodiesThatAreHeldAreCounted) {
  start({.most_held_bytes = 4});
  EXPECT_THAT(exchange(upload_head("run 1", "Content-Length: 5\r\n") + "run 1"), HasSubstr("HTTP/1.1 503"));
}

TEST_F(ServerTest, StoppingLetsAnUploadFinish) {
  start();
  std::latch entered(1), open(1);
  std::thread holder([&] {
    (void)writer_->change([&](Store&) -> Status {
      entered.count_down();
      open.wait();
      return Done{};
    });
  });
  entered.wait();
  const auto uploading = connect(), idle = connect();
  (void)uploading->write_all(upload_head("run 1", "Content-Length: 5\r\n") + "run 1", kPatience);
  while (writer_->queued() < 1) std::this_thread::yield();
  std::thread stopper([&] { server_->stop(); });
  EXPECT_EQ(rest_of(*idle), "");
  open.count_down();
  EXPECT_THAT(rest_of(*uploading), HasSubstr("HTTP/1.1 201"));
  stopper.join();
  holder.join();
  EXPECT_FALSE(connect_tcp("127.0.0.1", server_->port(), kPatience));
}

TEST_F(ServerTest, StoppingDoesNotWaitForeverForOneWhoDoesNotRead) {
  start({.drain = milliseconds(20)});
  const auto stream = connect();
  (void)stream->write_all(upload_head("run 1", "Content-Length: 5\r\n") + "ru", kPatience);
  (void)exchange(head("GET /about"));  // so the other has been taken
  server_->stop();
  EXPECT_EQ(rest_of(*stream), "");
}

TEST(Server, SaysWhereItCannotListen) {
  Memory memory;
  FakeClock clock;
  Readers readers([]() -> Result<std::unique_ptr<Store>> { return Error{ErrorKind::io, "none"}; });
  Writer writer(std::make_unique<MemoryStore>(std::make_shared<Memory>()));
  Board board(readers, writer, {}, clock, [] { return ""; }, {});
  const auto server = Server::listen(board, "localhost", 0, {}, {}, [](const LoggedRequest&) {});
  ASSERT_FALSE(server);
  EXPECT_THAT(server.error().message, HasSubstr("'localhost'"));
  const auto first = Server::listen(board, "127.0.0.1", 0, {}, {}, [](const LoggedRequest&) {});
  ASSERT_TRUE(first);
  EXPECT_FALSE(Server::listen(board, "192.0.2.1", 1, {}, {}, [](const LoggedRequest&) {}));
}

}  // namespace
}  // namespace eb::board::test
