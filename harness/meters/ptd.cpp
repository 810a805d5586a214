#include "harness/meters/ptd.h"

#include <fmt/format.h>

#include <array>

#include "harness/base/line_channel.h"
#include "harness/meters/ptd_grammar.h"

namespace eb {
namespace {

constexpr std::int64_t kMillisecondNs = 1'000'000, kPatienceNs = 3'000 * kMillisecondNs;
constexpr int kSilentIntervals = 3;
constexpr double kMostWatts = 1e5;
constexpr std::chrono::milliseconds kLimit{3000};

struct Settings {
  int interval_ms = ptd::kDefaultIntervalMs;
  double range_v = 0, range_a = 0;  // 0: as they are
};

class PtdMeter final : public Meter {
 public:
  PtdMeter(LineChannel channel, Clock& clock, int interval_ms)
      : channel_(std::move(channel)),
        clock_(clock),
        interval_ns_(interval_ms * kMillisecondNs),
        heard_ns_(clock.now_ns()) {}
  PtdMeter(const PtdMeter&) = delete;
  PtdMeter& operator=(const PtdMeter&) = delete;
  ~PtdMeter() override { [[maybe_unused]] const auto stopped = channel_.ask("Stop"); }

  // The newest mean. The first one takes an interval to come.
  Result<double> read() override {
    EB_OK(read_unread());
    while (!latest_ && !is_silent()) {
      clock_.wait_until_ns(clock_.now_ns() + interval_ns_ / 4);
      EB_OK(read_unread());
    }
    if (is_silent() || !latest_)
      return Error{ErrorKind::timeout, fmt::format("the daemon has no new sample for {} s",
                                                   (clock_.now_ns() - heard_ns_) / 1'000'000'000)};
    if (latest_->watts < 0) return Error{ErrorKind::device, "the daemon says that its meter gave no value"};
    return latest_->watts;
  }

 private:
  bool is_silent() const {
    return clock_.now_ns() - heard_ns_ > kSilentIntervals * interval_ns_ + kPatienceNs;
  }

  Status read_unread() {
    EB_GET(std::string head, channel_.ask(command_));
    if (head == ptd::kUnknownCommand && command_ == "RL") {  // a meter of DC
      command_ = "DC-RL";
      EB_GET(head, channel_.ask(command_));
    }
    EB_GET(const int count, ptd::parse_count(head));
    for (int i = 0; i < count; ++i) {
      EB_GET(const std::string line, channel_.receive());
      EB_GET(latest_, ptd::parse_sample(line));
      heard_ns_ = clock_.now_ns();
    }
    return Done{};
  }

  LineChannel channel_;
  Clock& clock_;
  std::int64_t interval_ns_, heard_ns_;
  std::string command_ = "RL";
  std::optional<ptd::Sample> latest_{};
};

Status expect(LineChannel& channel, const std::string& command, std::string_view wanted) {
  EB_GET(const std::string answer, channel.ask(command));
  if (answer != wanted)
    return Error{ErrorKind::device,
                 fmt::format("the daemon answered '{}' to {}", printable(answer), command)};
  return Done{};
}

Status set_ranges(LineChannel& channel, const Settings& settings) {
  if (settings.range_v > 0)
    EB_OK(expect(channel, fmt::format("SR,V,{}", settings.range_v), "Range V changed"));
  if (settings.range_a > 0)
    EB_OK(expect(channel, fmt::format("SR,A,{}", settings.range_a), "Range A changed"));
  return Done{};
}

// One that a client which was killed had left running is stopped first.
Status start_measuring(LineChannel& channel, int interval_ms) {
  const std::string go = fmt::format("Go,{},0,edgebench", interval_ms);
  const std::string started = ptd::starting_line(interval_ms, 0);
  EB_GET(const std::string answer, channel.ask(go));
  if (answer == started) return Done{};
  EB_GET(const std::string stopped, channel.ask("Stop"));
  if (stopped == ptd::kStopping) return expect(channel, go, started);
  return Error{ErrorKind::device, fmt::format("the daemon answered '{}' to {}", printable(answer), go)};
}

// "key=value" or "key=unknown" among the fields of an answer.
std::string field_of(const std::vector<std::string>& fields, const std::string& key) {
  for (const std::string& field : fields)
    if (field.starts_with(key + "=")) return field.substr(key.size() + 1);
  return {};
}

// What edgebench powerd says of the meter behind it; another daemon does not know the question.
Status ask_source(LineChannel& channel, MeterInfo& info) {
  EB_GET(const std::string source, channel.ask("Source"));
  if (!source.starts_with("Source,")) return Done{};
  const auto fields = split_text(source, ',');
  const std::string evidence = field_of(fields, "class");
  for (const EvidenceClass one : {EvidenceClass::p1, EvidenceClass::p2, EvidenceClass::p3, EvidenceClass::p4})
    if (evidence == name_of(one)) info.evidence = one;
  if (const std::string scope = field_of(fields, "scope"); !scope.empty()) info.scope = printable(scope);
  EB_GET(const std::string model, channel.ask("UncertaintyModel"));
  const auto limits = split_text(model, ',');
  if (const auto gain = parse_number(field_of(limits, "gain"))) info.gain_limit = *gain;
  if (const auto offset_w = parse_number(field_of(limits, "offset_w"))) info.offset_limit_w = *offset_w;
  return Done{};
}

Result<MeterInfo> introduce(LineChannel& channel, const Settings& settings) {
  EB_OK(expect(channel, "Hello", ptd::kHello));
  EB_GET(const std::string identity, channel.ask("Identify"));
  const auto fields = split_text(identity, ',');
  if (fields.size() < 10 || identity.find("mode=temperature") != std::string::npos)
    return Error{ErrorKind::device,
                 fmt::format("the daemon is one of no power meter: '{}'", printable(identity))};
  const bool is_analyser = fields[0].starts_with("Yokogawa");
  MeterInfo info{.id = "ptd:" + printable(fields[0]),
                 .domain = printable(fields[0]),
                 .scope = "system",
                 .evidence = is_analyser ? EvidenceClass::p4 : EvidenceClass::p3,
                 .sampling = Sampling::averaging,
                 .update_ns = settings.interval_ms * kMillisecondNs,
                 .lowest = 0,
                 .highest = kMostWatts,
                 .notes = {"the daemon is " + printable(identity)}};
  EB_OK(ask_source(channel, info));
  return info;
}

}  // namespace

Result<Instrument> open_ptd(const InstrumentSpec& spec, const InstrumentWorld& world) {
  EB_OK(spec.check_options({"interval-ms", "range-v", "range-a"}));
  Settings settings;
  EB_GET(const double interval_ms, spec.number("interval-ms", ptd::kDefaultIntervalMs, 50, 60'000));
  settings.interval_ms = static_cast<int>(interval_ms);
  EB_GET(settings.range_v, spec.number("range-v", 0, 0.1, 2000));
  EB_GET(settings.range_a, spec.number("range-a", 0, 0.001, 100));
  if (spec.host.empty()) return spec.wrong("say where it is, as in ptd://127.0.0.1");
  const std::uint16_t port = spec.port != 0 ? spec.port : ptd::kPort;
  EB_GET(auto stream, world.connect(spec.host, port));
  LineChannel channel(std::move(stream), *world.clock, fmt::format("{}:{}", spec.host, port),
                      {.end = "\r\n", .limit = kLimit});
  Instrument result;
  EB_GET(result.info, introduce(channel, settings));
  EB_OK(set_ranges(channel, settings));
  EB_OK(start_measuring(channel, settings.interval_ms));
  result.meter = std::make_unique<PtdMeter>(std::move(channel), *world.clock, settings.interval_ms);
  return result;
}

}  // namespace eb
