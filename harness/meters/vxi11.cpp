// VXI-11: SCPI messages in remote procedure calls (ONC RPC version 2, RFC 5531; its numbers in XDR, RFC
// 4506). The LAN of Yokogawa's analysers speaks nothing else. Calls and their order: VXI-11 revision 1.0,
// device core channel.
#include <fmt/format.h>

#include <array>
#include <optional>

#include "harness/base/line_channel.h"
#include "harness/meters/scpi.h"

namespace eb {
namespace {

constexpr std::uint32_t kPortmapper = 100000, kPortmapperVersion = 2, kGetPort = 3, kTcp = 6;
constexpr std::uint32_t kCore = 0x0607AF, kCoreVersion = 1;
constexpr std::uint32_t kCreateLink = 10, kWrite = 11, kRead = 12, kDestroyLink = 23;
constexpr std::uint16_t kPortmapperPort = 111;
constexpr std::uint32_t kRpcVersion = 2, kCall = 0, kReply = 1, kAccepted = 0, kLastFragment = 0x80000000;
constexpr std::uint32_t kEndFlag = 8, kEndReason = 4;
constexpr std::size_t kMostBytes = 64 << 10;  // of a reply
constexpr int kMostReads = 64;                // for one answer
constexpr std::int64_t kMillisecondNs = 1'000'000;

// What a call takes, in XDR.
class Writer {
 public:
  Writer& number(std::uint32_t value) {
    for (int shift = 24; shift >= 0; shift -= 8) bytes_ += static_cast<char>((value >> shift) & 0xff);
    return *this;
  }
  Writer& text(std::string_view text) {
    number(static_cast<std::uint32_t>(text.size()));
    bytes_ += text;
    bytes_.append((4 - text.size() % 4) % 4, '\0');
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_{};
};

// What it gives. Reading beyond the end is an error that sticks.
class Reader {
 public:
  explicit Reader(std::string bytes) : bytes_(std::move(bytes)) {}
  std::uint32_t number() {
    if (!take(4)) return 0;
    std::uint32_t value = 0;
    for (std::size_t i = at_ - 4; i < at_; ++i) value = value << 8 | static_cast<unsigned char>(bytes_[i]);
    return value;
  }
  std::string text() {
    const std::size_t size = number();
    const std::size_t padded = size + (4 - size % 4) % 4;
    if (!take(padded)) return {};
    return bytes_.substr(at_ - padded, size);
  }
  bool is_short() const { return is_short_; }

 private:
  bool take(std::size_t size) {
    is_short_ = is_short_ || size > bytes_.size() - at_;
    if (!is_short_) at_ += size;
    return !is_short_;
  }

  std::string bytes_;
  std::size_t at_ = 0;
  bool is_short_ = false;
};

// One program on one port. After a failure it says the same for ever: a late reply must not be taken for the
// next.
class RpcChannel {
 public:
  RpcChannel(std::unique_ptr<Stream> stream, Clock& clock, std::uint32_t program, std::uint32_t version)
      : stream_(std::move(stream)), clock_(clock), program_(program), version_(version) {}

  Result<Reader> call(std::uint32_t procedure, const Writer& arguments) {
    if (broken_) return *broken_;
    auto result = call_once(procedure, arguments);
    if (!result) broken_ = result.error();
    return result;
  }

 private:
  Result<Reader> call_once(std::uint32_t procedure, const Writer& arguments) {
    const std::int64_t deadline_ns = clock_.now_ns() + kScpiLimit.count() * kMillisecondNs;
    Writer call;
    call.number(++number_)
        .number(kCall)
        .number(kRpcVersion)
        .number(program_)
        .number(version_)
        .number(procedure);
    call.number(0).number(0).number(0).number(0);  // no credentials, no verifier
    const std::string body = call.bytes() + arguments.bytes();
    const std::string mark = Writer().number(kLastFragment | static_cast<std::uint32_t>(body.size())).bytes();
    EB_OK(stream_->write_all(mark + body, kScpiLimit));
    EB_GET(std::string record, receive_record(deadline_ns));
    Reader reader(std::move(record));
    const bool is_ours =
        reader.number() == number_ && reader.number() == kReply && reader.number() == kAccepted;
    reader.number();
    reader.text();  // verifier
    const std::uint32_t status = reader.number();
    if (!is_ours || status != 0 || reader.is_short())
      return Error{ErrorKind::device,
                   fmt::format("refused the remote call {} of program {:#x}", procedure, program_)};
    return reader;
  }

  Result<std::string> receive_record(std::int64_t deadline_ns) {
    std::string record;
    while (true) {
      EB_GET(std::string mark_bytes, receive(4, deadline_ns));
      const std::uint32_t mark = Reader(std::move(mark_bytes)).number();
      const std::size_t size = mark & ~kLastFragment;
      if (record.size() + size > kMostBytes || (size == 0 && mark == 0))
        return Error{ErrorKind::device,
                     fmt::format("sent a reply of more than {} bytes, or an empty part", kMostBytes)};
      EB_GET(const std::string fragment, receive(size, deadline_ns));
      record += fragment;
      if (mark & kLastFragment) return record;
    }
  }

  Result<std::string> receive(std::size_t size, std::int64_t deadline_ns) {
    while (buffer_.size() < size) {
      const std::int64_t left_ms = (deadline_ns - clock_.now_ns() + kMillisecondNs - 1) / kMillisecondNs;
      if (left_ms <= 0)
        return Error{ErrorKind::timeout, fmt::format("gave no answer within {} ms", kScpiLimit.count())};
      EB_GET(const std::string chunk,
             stream_->read_some(size - buffer_.size(), std::chrono::milliseconds(left_ms)));
      buffer_ += chunk;
    }
    std::string bytes = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return bytes;
  }

  std::unique_ptr<Stream> stream_;
  Clock& clock_;
  std::uint32_t program_, version_, number_ = 0;
  std::string buffer_{};
  std::optional<Error> broken_{};
};

// Of the VXI-11 specification, table B.2.
std::string vxi11_error(std::uint32_t code) {
  struct Row {
    std::uint32_t code = 0;
    const char* text = nullptr;
  };
  constexpr std::array kRows{Row{3, "the device is not accessible"},  Row{9, "out of resources"},
                             Row{11, "another client has locked it"}, Row{15, "its own time limit is over"},
                             Row{17, "input or output failed"},       Row{23, "aborted"}};
  for (const Row& row : kRows)
    if (row.code == code) return row.text;
  return fmt::format("error {}", code);
}

class Vxi11Link final : public ScpiLink {
 public:
  Vxi11Link(RpcChannel channel, std::string peer) : channel_(std::move(channel)), peer_(std::move(peer)) {}
  Vxi11Link(const Vxi11Link&) = delete;
  Vxi11Link& operator=(const Vxi11Link&) = delete;
  ~Vxi11Link() override {
    if (!is_open_) return;
    [[maybe_unused]] const auto closed = channel_.call(kDestroyLink, Writer().number(link_));
  }

  Status open() {
    constexpr std::string_view kDevice = "inst0";
    EB_GET(Reader reply, call(kCreateLink, Writer().number(1).number(0).number(0).text(kDevice)));
    link_ = reply.number();
    is_open_ = true;
    return Done{};
  }

  Status write(std::string_view command) override {
    const auto limit_ms = static_cast<std::uint32_t>(kScpiLimit.count());
    EB_GET(Reader reply, call(kWrite, Writer().number(link_).number(limit_ms).number(0).number(kEndFlag).text(
                                          std::string(command) + "\n")));
    if (reply.number() != command.size() + 1)
      return Error{ErrorKind::device, fmt::format("{} took only a part of '{}'", peer_, command)};
    return Done{};
  }

  Result<std::string> ask(std::string_view query) override {
    EB_OK(write(query));
    std::string answer;
    for (int reads = 0; reads < kMostReads; ++reads) {
      const auto limit_ms = static_cast<std::uint32_t>(kScpiLimit.count());
      const auto most = static_cast<std::uint32_t>(kMostBytes / 2);
      EB_GET(Reader reply,
             call(kRead, Writer().number(link_).number(most).number(limit_ms).number(0).number(0).number(0)));
      const std::uint32_t reason = reply.number();
      answer += reply.text();
      if (reply.is_short() || answer.size() > kMostBytes) break;
      if (reason & kEndReason) {
        while (answer.ends_with('\n') || answer.ends_with('\r')) answer.pop_back();
        return answer;
      }
    }
    return Error{ErrorKind::device, fmt::format("{} gave an answer without an end to '{}'", peer_, query)};
  }

 private:
  // Takes the error number, with which every result starts.
  Result<Reader> call(std::uint32_t procedure, const Writer& arguments) {
    auto reply = channel_.call(procedure, arguments);
    if (!reply) return Error{reply.error().kind, fmt::format("{} {}", peer_, reply.error().message)};
    const std::uint32_t error = reply->number();
    if (error != 0 || reply->is_short())
      return Error{ErrorKind::device, fmt::format("{} says: {}", peer_, vxi11_error(error))};
    return reply;
  }

  RpcChannel channel_;
  std::string peer_;
  std::uint32_t link_ = 0;
  bool is_open_ = false;
};

Result<std::uint16_t> core_port(const std::string& host, const InstrumentWorld& world) {
  EB_GET(auto stream, world.connect(host, kPortmapperPort));
  RpcChannel portmapper(std::move(stream), *world.clock, kPortmapper, kPortmapperVersion);
  auto reply = portmapper.call(kGetPort, Writer().number(kCore).number(kCoreVersion).number(kTcp).number(0));
  if (!reply)
    return Error{reply.error().kind, fmt::format("the portmapper of {} {}", host, reply.error().message)};
  const std::uint32_t port = reply->number();
  if (port == 0 || port > 65535)
    return Error{ErrorKind::unavailable,
                 fmt::format("{} offers no VXI-11: is its LAN interface set to it?", host)};
  return static_cast<std::uint16_t>(port);
}

}  // namespace

Result<std::unique_ptr<ScpiLink>> open_vxi11_link(const std::string& host, const InstrumentWorld& world) {
  EB_GET(const std::uint16_t port, core_port(host, world));
  EB_GET(auto stream, world.connect(host, port));
  auto link =
      std::make_unique<Vxi11Link>(RpcChannel(std::move(stream), *world.clock, kCore, kCoreVersion), host);
  EB_OK(link->open());
  return std::unique_ptr<ScpiLink>(std::move(link));
}

}  // namespace eb
