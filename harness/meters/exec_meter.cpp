#include "harness/meters/exec_meter.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>

#include "harness/base/line_channel.h"
#include "harness/meters/sample_stream.h"

namespace eb {
namespace {

constexpr std::string_view kMagic = "edgebench-meter/1";
constexpr std::int64_t kMillisecondNs = 1'000'000, kHeaderNs = 10'000 * kMillisecondNs;
constexpr std::int64_t kFirstSampleNs = 5'000 * kMillisecondNs, kSilenceNs = 2'000 * kMillisecondNs;
constexpr int kMostLines = 200'000;  // that one read takes in: 20 s of 10 kHz
constexpr int kSilentPeriods = 10, kMostComments = 1000;
constexpr double kMostWatts = 1000;
constexpr std::chrono::milliseconds kSlice{100}, kNoWait{1}, kGrace{100};
const std::vector<std::string> kEnvironment = {
    "PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH"};

struct Unit {
  std::string_view name{};
  Quantity quantity = Quantity::power_w;
  double scale = 1;
};
constexpr std::array kUnits{Unit{"W", Quantity::power_w, 1},      Unit{"mW", Quantity::power_w, 1e-3},
                            Unit{"uW", Quantity::power_w, 1e-6},  Unit{"J", Quantity::energy_j, 1},
                            Unit{"mJ", Quantity::energy_j, 1e-3}, Unit{"uJ", Quantity::energy_j, 1e-6},
                            Unit{"Wh", Quantity::energy_j, 3600}};

using Fields = std::map<std::string, std::string>;

Error bad_header(std::string_view what) {
  return {ErrorKind::device,
          fmt::format("its first line should be as in '{} quantity=power unit=W sampling=averaging "
                      "rate_hz=1000 name=JS220': {}",
                      kMagic, what)};
}

Result<std::string> needed(const Fields& fields, const std::string& key) {
  const auto found = fields.find(key);
  if (found == fields.end()) return bad_header("there is no " + key);
  return found->second;
}

Result<double> number(const Fields& fields, const std::string& key, double otherwise, double least,
                      double most) {
  const auto found = fields.find(key);
  if (found == fields.end()) return otherwise;
  const auto value = parse_number(found->second);
  if (!value || *value < least || *value > most)
    return bad_header(
        fmt::format("{}={} is no number from {} to {}", key, printable(found->second), least, most));
  return *value;
}

template <class T, std::size_t N>
Result<T> named(const std::array<T, N>& all, const std::string& key, const std::string& name) {
  for (const T one : all)
    if (name_of(one) == name) return one;
  return bad_header(fmt::format("{}={} is not known", key, printable(name)));
}

Status read_kind(const Fields& fields, ExecHeader& header) {
  EB_GET(const std::string quantity, needed(fields, "quantity"));
  EB_GET(const std::string unit, needed(fields, "unit"));
  EB_GET(const std::string sampling, needed(fields, "sampling"));
  EB_GET(header.info.quantity,
         named(std::array{Quantity::power_w, Quantity::energy_j}, "quantity", quantity));
  EB_GET(header.info.sampling,
         named(std::array{Sampling::instantaneous, Sampling::averaging, Sampling::accumulating}, "sampling",
               sampling));
  const auto row = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& one) {
    return one.name == unit && one.quantity == header.info.quantity;
  });
  if (row == kUnits.end()) return bad_header(fmt::format("unit={} is none of {}", printable(unit), quantity));
  header.scale = row->scale;
  if ((header.info.quantity == Quantity::energy_j) != (header.info.sampling == Sampling::accumulating))
    return bad_header("energy is accumulating, and power is not");
  return Done{};
}

Status read_facts(const Fields& fields, ExecHeader& header) {
  MeterInfo& info = header.info;
  EB_GET(const std::string name, needed(fields, "name"));
  EB_GET(const double rate_hz, number(fields, "rate_hz", 0, 1e-3, 1e6));
  if (rate_hz <= 0) return bad_header("there is no rate_hz");
  const auto text = [&](const std::string& key, const std::string& otherwise) {
    const auto found = fields.find(key);
    return found == fields.end() ? otherwise : found->second;
  };
  EB_GET(info.evidence,
         named(std::array{EvidenceClass::p1, EvidenceClass::p2, EvidenceClass::p3, EvidenceClass::p4},
               "evidence", text("evidence", "P3")));
  EB_GET(info.highest, number(fields, "highest_w", kMostWatts, 1e-6, 1e6));
  EB_GET(const double latency_ms, number(fields, "latency_ms", 10, 0, 10'000));
  if (fields.contains("gain")) {
    EB_GET(info.gain_limit, number(fields, "gain", 0, 0, 1));
  }
  if (fields.contains("offset_w")) {
    EB_GET(info.offset_limit_w, number(fields, "offset_w", 0, 0, 1e6));
  }
  info.id = "exec:" + printable(name);
  info.domain = printable(name);
  info.scope = printable(text("scope", "system"));
  header.period_ns = static_cast<std::int64_t>(1e9 / rate_hz);
  info.update_ns = std::max(header.period_ns, static_cast<std::int64_t>(latency_ms * 1e6));
  return Done{};
}

class ExecMeter final : public Meter {
 public:
  ExecMeter(std::unique_ptr<Process> process, Clock& clock, const ExecHeader& header)
      : process_(std::move(process)),
        clock_(clock),
        stream_(header.info.quantity, header.info.sampling, header.period_ns),
        scale_(header.scale),
        highest_w_(header.info.highest),
        silence_ns_(std::max(kSilenceNs, kSilentPeriods * header.period_ns)),
        heard_ns_(clock.now_ns()) {}

  Result<double> read() override {
    EB_OK(take_in(kNoWait));
    const std::int64_t give_up_ns = clock_.now_ns() + kFirstSampleNs;
    while (!stream_.value() && clock_.now_ns() < give_up_ns) EB_OK(take_in(kSlice));
    if (!stream_.value()) return Error{ErrorKind::timeout, "the program gave no sample within 5 s"};
    if (clock_.now_ns() - heard_ns_ > silence_ns_)
      return Error{ErrorKind::timeout, fmt::format("the program has said nothing for {} ms",
                                                   (clock_.now_ns() - heard_ns_) / kMillisecondNs)};
    return *stream_.value();
  }
  std::string raw() const override { return raw_; }

 private:
  // All lines that are there; waits up to `limit` for the first.
  Status take_in(std::chrono::milliseconds limit) {
    std::string line;
    for (int lines = 0; lines < kMostLines; ++lines) {
      const Process::Event event = process_->next_line(line, lines == 0 ? limit : kNoWait);
      if (event == Process::Event::timeout) return Done{};
      if (event == Process::Event::ended) return ended();
      EB_OK(take(line));
    }
    return Done{};
  }

  Status take(std::string_view line) {
    if (line.starts_with('#') || line.empty()) return Done{};
    if (line.starts_with("error "))
      return Error{ErrorKind::device, fmt::format("the program says: {}", printable(line.substr(6)))};
    const std::size_t blank = line.find(' ');
    const auto time_s = parse_number(line.substr(0, blank));
    const auto value = blank == std::string_view::npos ? time_s : parse_number(line.substr(blank + 1));
    if (!time_s || blank == std::string_view::npos)
      return Error{ErrorKind::device,
                   fmt::format("the program said '{}' instead of TIME VALUE", printable(line))};
    raw_ = printable(line);
    // A sample that is none is left out; enough of them are a hole.
    const bool is_power = stream_.is_integrated() || stream_.quantity() == Quantity::power_w;
    if (!value || (is_power && *value * scale_ > highest_w_)) return Done{};
    heard_ns_ = clock_.now_ns();
    return stream_.add(*time_s, *value * scale_);
  }

  Error ended() {
    const std::string how = process_->wait(kGrace).describe();
    const std::string& tail = process_->error_tail();
    const std::size_t last = tail.find_last_not_of("\r\n ");
    if (last == std::string::npos) return {ErrorKind::io, fmt::format("the program ended with {}", how)};
    const std::size_t start = tail.find_last_of('\n', last);
    const std::size_t first = start == std::string::npos ? 0 : start + 1;
    const std::string said = tail.substr(first, last + 1 - first);
    return {ErrorKind::io, fmt::format("the program ended with {}: {}", how, printable(said))};
  }

  std::unique_ptr<Process> process_;
  Clock& clock_;
  SampleStream stream_;
  double scale_, highest_w_;
  std::int64_t silence_ns_, heard_ns_;
  std::string raw_{};
};

// A name without a folder is looked for in PATH.
std::filesystem::path program_of(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  const auto path = environment_of({"PATH"});
  if (path.empty()) return name;
  for (const std::string& folder : split_text(path[0].substr(std::string_view("PATH=").size()), ':')) {
    std::filesystem::path file = std::filesystem::path(folder) / name;
    std::error_code code;
    if (!folder.empty() && std::filesystem::is_regular_file(file, code)) return file;
  }
  return name;
}

Result<ExecHeader> receive_header(Process& process, Clock& clock) {
  const std::int64_t give_up_ns = clock.now_ns() + kHeaderNs;
  std::string line;
  for (int comments = 0; comments < kMostComments && clock.now_ns() < give_up_ns;) {
    const Process::Event event = process.next_line(line, kSlice);
    if (event == Process::Event::ended) {
      const std::string how = process.wait(kGrace).describe();
      return Error{ErrorKind::io,
                   fmt::format("the program ended with {} before its first line; on its standard error: '{}'",
                               how, printable(process.error_tail()))};
    }
    if (event != Process::Event::line) continue;
    if (!line.starts_with('#')) return parse_exec_header(line);
    ++comments;
  }
  return Error{ErrorKind::timeout, "the program said no first line within 10 s"};
}

}  // namespace

Result<ExecHeader> parse_exec_header(std::string_view line) {
  const auto words = split_text(line, ' ');
  if (words[0] != kMagic) return bad_header(fmt::format("it is '{}'", printable(line)));
  Fields fields;
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    if (words[i].empty()) continue;
    if (equals == std::string::npos ||
        !fields.emplace(words[i].substr(0, equals), words[i].substr(equals + 1)).second)
      return bad_header(fmt::format("'{}' is not KEY=VALUE, or is there twice", printable(words[i])));
  }
  ExecHeader header;
  EB_OK(read_kind(fields, header));
  EB_OK(read_facts(fields, header));
  return header;
}

Result<Instrument> open_exec(const InstrumentSpec& spec, const InstrumentWorld& world) {
  EB_GET(std::vector<std::string> words, split_arguments(spec.name));
  if (words.empty()) return spec.wrong("say which program, as in exec:joulescope-meter --rate 1000");
  ProcessOptions options{.program = program_of(words[0]), .environment = environment_of(kEnvironment)};
  options.arguments.assign(words.begin() + 1, words.end());
  EB_GET(auto process, world.start(options));
  EB_GET(const ExecHeader header, receive_header(*process, *world.clock));
  const SampleStream stream(header.info.quantity, header.info.sampling, header.period_ns);
  Instrument result;
  result.info = header.info;
  result.info.quantity = stream.quantity();
  result.info.sampling = stream.sampling();
  if (stream.is_integrated()) result.info.notes.emplace_back("power is integrated from every sample");
  result.meter = std::make_unique<ExecMeter>(std::move(process), *world.clock, header);
  return result;
}

}  // namespace eb
