// Both ends are in this thread: the system takes connections while nobody accepts them.
#include "harness/base/tcp.h"

#include <gmock/gmock.h>

#include <vector>

#include "tests/support/tree.h"

namespace eb {
namespace {

using std::chrono::milliseconds;
using test::problem;
using ::testing::HasSubstr;

constexpr milliseconds kSoon{10'000};  // longer than any busy machine needs, and never waited for

std::unique_ptr<LineServer> make_server(const ServerRules& rules = {}) {
  auto server = LineServer::listen("127.0.0.1", 0, rules);
  EXPECT_EQ(problem(server), "");
  return *std::move(server);
}

std::unique_ptr<Stream> connect(const LineServer& server) {
  auto stream = connect_tcp("127.0.0.1", server.port(), kSoon);
  EXPECT_EQ(problem(stream), "");
  return *std::move(stream);
}

std::string read_line(Stream& stream) {
  std::string line;
  while (!line.ends_with('\n')) {
    const auto byte = stream.read_some(1, kSoon);
    if (!byte) return line + "<" + byte.error().message + ">";
    line += *byte;
  }
  return line;
}

TEST(Tcp, LinesGoBothWays) {
  const auto server = make_server();
  const auto a = connect(*server), b = connect(*server);
  ASSERT_EQ(problem(a->write_all("Hel", kSoon)), "");
  ASSERT_EQ(problem(b->write_all("from b\r\nagain\n", kSoon)), "");
  const auto from_b = server->next(kSoon);
  ASSERT_TRUE(from_b);
  EXPECT_EQ(from_b->text, "from b");
  ASSERT_EQ(problem(a->write_all("lo\n", kSoon)), "");
  std::vector<std::string> rest;
  for (int i = 0; i < 2; ++i)
    if (const auto line = server->next(kSoon)) {
      rest.push_back(line->text);
      server->send(line->client, "got " + line->text + "\r\n");
    }
  EXPECT_THAT(rest, ::testing::UnorderedElementsAre("again", "Hello"));
  EXPECT_EQ(read_line(*a), "got Hello\r\n");
  EXPECT_EQ(read_line(*b), "got again\r\n");
}

TEST(Tcp, NothingToSayIsNoLine) {
  const auto server = make_server();
  EXPECT_FALSE(server->next(milliseconds(0)));
  const auto client = connect(*server);
  const auto silence = client->read_some(10, milliseconds(1));
  ASSERT_FALSE(silence);
  EXPECT_EQ(silence.error().kind, ErrorKind::timeout);
}

TEST(Tcp, OneClientTooManyIsTurnedAway) {
  const auto server = make_server({.most_clients = 1});
  const auto first = connect(*server);
  ASSERT_EQ(problem(first->write_all("1\n", kSoon)), "");
  ASSERT_TRUE(server->next(kSoon));
  const auto second = connect(*server);
  EXPECT_FALSE(server->next(milliseconds(0)));
  EXPECT_THAT(problem(second->read_some(1, kSoon)), HasSubstr("the connection"));
}

TEST(Tcp, ALineWithoutEndTurnsItsClientOut) {
  const auto server = make_server({.longest_line_bytes = 100});
  const auto client = connect(*server);
  ASSERT_EQ(problem(client->write_all(std::string(200, 'x'), kSoon)), "");
  constexpr milliseconds kEnough{500};  // for the bytes to arrive, and one more look after that
  EXPECT_FALSE(server->next(kEnough));
  EXPECT_THAT(problem(client->read_some(1, kSoon)), HasSubstr("the connection"));
}

TEST(Tcp, AClientThatTakesNothingIsTurnedOut) {
  const auto server = make_server({.most_queued_bytes = 1000});
  const auto client = connect(*server);
  ASSERT_EQ(problem(client->write_all("RL\n", kSoon)), "");
  const auto line = server->next(kSoon);
  ASSERT_TRUE(line);
  server->send(line->client, std::string(64 << 20, 'x'));  // more than the system keeps for it
  server->send(line->client, "and more");
  server->next(milliseconds(0));
  std::size_t got = 0;
  while (const auto bytes = client->read_some(64 << 10, kSoon)) got += bytes->size();
  EXPECT_LT(got, std::size_t{64} << 20);
}

TEST(Tcp, CloseComesAfterWhatWasSaid) {
  const auto server = make_server();
  const auto client = connect(*server);
  ASSERT_EQ(problem(client->write_all("bye\nnot heard\n", kSoon)), "");
  const auto line = server->next(kSoon);
  ASSERT_TRUE(line);
  server->send(line->client, "bye\n");
  server->close(line->client);
  EXPECT_FALSE(server->next(milliseconds(0)));
  EXPECT_EQ(read_line(*client), "bye\n");
  EXPECT_FALSE(client->read_some(1, kSoon));
}

TEST(Tcp, NobodyThereIsUnavailable) {
  std::uint16_t port = 0;
  {
    const auto server = make_server();
    port = server->port();
  }
  const auto refused = connect_tcp("127.0.0.1", port, kSoon);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::unavailable);
  EXPECT_THAT(refused.error().message, HasSubstr("127.0.0.1:" + std::to_string(port)));
  EXPECT_THAT(problem(connect_tcp("no such host", 1, kSoon)), HasSubstr("no such host"));
}

TEST(Tcp, ListensOnAddressesOnly) {
  EXPECT_THAT(problem(LineServer::listen("localhost", 0, {})), HasSubstr("localhost"));
  const auto server = make_server();
  EXPECT_THAT(problem(LineServer::listen("127.0.0.1", server->port(), {})),
              HasSubstr("cannot listen on 127.0.0.1"));
}

}  // namespace
}  // namespace eb
