// A WT310E on a raw socket, and the same behind VXI-11.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>

#include "harness/meters/scpi.h"
#include "tests/harness/meters/bench.h"

namespace eb {
namespace {

using test::Bench;
using test::problem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* kAddress = "wt:10001";
constexpr const char* kSocket = "yokogawa://wt?transport=socket";
constexpr std::int64_t kMillisecondNs = 1'000'000;

// Means of the updates of 100 ms that are over, or watt hours since the start.
struct Analyser {
  Bench& bench;
  test::Waveform wave{};
  std::string model = "WT310E";
  bool is_energy = false, is_running = false;
  std::vector<std::string> heard{};

  std::string answer(std::string_view line) {
    heard.emplace_back(line);
    if (line == "*IDN?") return fmt::format("YOKOGAWA,{},C2RF12345V,F1.03", model);
    if (line == ":STATUS:ERROR?") return "0,\"No error\"";
    if (line == ":INTEGRATE:STATE?") return is_running ? "STAR" : "STOP";
    if (line == ":INTEGRATE:START") is_running = true;
    if (line == ":INTEGRATE:STOP") is_running = false;
    if (line.starts_with(":NUMERIC:NORMAL:ITEM1")) is_energy = line.find("WH") != std::string_view::npos;
    if (line != ":NUMERIC:NORMAL:VALUE?") return "";
    const double update_s = 0.1, end_s = std::floor(bench.now_s() / update_s) * update_s;
    if (is_energy) return fmt::format("{:.9E}", wave.energy_until_j(end_s) / 3600);
    return fmt::format("{:.6E}",
                       (wave.energy_until_j(end_s) - wave.energy_until_j(end_s - update_s)) / update_s);
  }
};

void serve(Bench& bench, Analyser& analyser) {
  bench.clock.advance(200 * kMillisecondNs);
  bench.peer(kAddress).answer = test::by_line([&](std::string_view line) { return analyser.answer(line); });
}

TEST(Yokogawa, IsSetUpAndReadsMeans) {
  Bench bench;
  Analyser wt{bench, test::constant(12)};
  serve(bench, wt);
  auto opened =
      open_instrument(std::string(kSocket) + "&range-v=150&range-a=0.5&input=dc&rate-ms=250", bench.world());
  ASSERT_EQ(problem(opened), "");
  EXPECT_THAT(wt.heard, ::testing::ElementsAre("*IDN?", "*CLS", ":NUMERIC:FORMAT ASCII", ":INPUT:MODE DC",
                                               ":INPUT:VOLTAGE:RANGE 150V", ":INPUT:CURRENT:RANGE 0.5A",
                                               ":RATE 250MS", ":MEASURE:AVERAGING:STATE OFF",
                                               ":NUMERIC:NORMAL:NUMBER 1", ":NUMERIC:NORMAL:ITEM1 P,1",
                                               ":STATUS:ERROR?", ":NUMERIC:NORMAL:VALUE?"));
  EXPECT_EQ(opened->info.id, "yokogawa:WT310E/1");
  EXPECT_EQ(opened->info.evidence, EvidenceClass::p4);
  EXPECT_EQ(opened->info.sampling, Sampling::averaging);
  EXPECT_EQ(opened->info.update_ns, 250 * kMillisecondNs);
  EXPECT_DOUBLE_EQ(*opened->info.gain_limit, 0.001);
  EXPECT_DOUBLE_EQ(*opened->info.offset_limit_w, 0.002 * 75);
  EXPECT_NEAR(*opened->meter->read(), 12, 1e-5);
}

TEST(Yokogawa, LimitsOfItsErrorAreOnlyThoseOfAModelAndARange) {
  struct Case {
    const char* model;
    const char* options;
    std::optional<double> offset_w;
  };
  const Case cases[] = {{"WT310E", "", std::nullopt},
                        {"WT310E", "&range-v=150", std::nullopt},
                        {"WT310E-C1", "&range-v=100&range-a=1", 0.05},
                        {"WT310", "&range-v=100&range-a=1", 0.1},
                        {"WT310EH", "&range-v=100&range-a=1&input=dc", 0.2},
                        {"WT5000", "&range-v=100&range-a=1", std::nullopt}};
  for (const Case& one : cases) {
    Bench bench;
    Analyser wt{bench, test::constant(12), one.model};
    serve(bench, wt);
    const auto opened = open_instrument(std::string(kSocket) + one.options, bench.world());
    ASSERT_EQ(problem(opened), "") << one.model;
    EXPECT_EQ(opened->info.gain_limit.has_value(), one.offset_w.has_value()) << one.model << one.options;
    ASSERT_EQ(opened->info.offset_limit_w.has_value(), one.offset_w.has_value()) << one.model << one.options;
    EXPECT_NEAR(opened->info.offset_limit_w.value_or(0), one.offset_w.value_or(0), 1e-12)
        << one.model << one.options;
  }
}

// Each update is read at least twice, so that nothing is missed, whatever the rhythm of the load.
TEST(Yokogawa, MeansHoldTheTruth) {
  for (const test::Waveform& wave : {test::constant(5), test::ramp(2, 0.1), test::bursts(2, 8, 0.01, 30)}) {
    Bench bench;
    Analyser wt{bench, wave};
    serve(bench, wt);
    auto opened = open_instrument(kSocket, bench.world());
    ASSERT_EQ(problem(opened), "");
    const MeterWindow window = test::window(1.5, 61.5);
    const auto energy = energy_in(bench.sample(*opened, 63, 0.04), window);
    ASSERT_EQ(problem(energy), "") << wave.name;
    ASSERT_TRUE(energy->half_width_j) << wave.name;
    const double truth_j = test::energy_j(wave, window);
    EXPECT_LE(std::abs(energy->energy_j - truth_j), *energy->half_width_j) << wave.name;
    EXPECT_NEAR(energy->energy_j, truth_j, 0.01 * truth_j) << wave.name;
  }
}

TEST(Yokogawa, TheIntegratorIsACounterWithinAThousandth) {
  for (const test::Waveform& wave : {test::constant(5), test::ramp(2, 0.1), test::bursts(2, 8, 0.01, 30)}) {
    Bench bench;
    Analyser wt{bench, wave};
    serve(bench, wt);
    wt.is_running = true;
    {
      auto opened = open_instrument(std::string(kSocket) + "&mode=energy", bench.world());
      ASSERT_EQ(problem(opened), "");
      EXPECT_EQ(opened->info.quantity, Quantity::energy_j);
      const MeterWindow window = test::window(1.5, 241.5);
      const auto energy = energy_in(bench.sample(*opened, 243, 0.1), window);
      ASSERT_EQ(problem(energy), "") << wave.name;
      const double truth_j = test::energy_j(wave, window);
      EXPECT_NEAR(energy->energy_j, truth_j, 1e-3 * truth_j) << wave.name;
      EXPECT_LE(std::abs(energy->energy_j - truth_j), *energy->half_width_j) << wave.name;
    }
    EXPECT_THAT(wt.heard, Contains(":INTEGRATE:STOP")) << "before it was reset";
    EXPECT_FALSE(wt.is_running) << "nor does it run when nobody reads it";
  }
}

TEST(Yokogawa, AnotherMakerAndBadOptionsAreRefused) {
  Bench bench;
  bench.peer(kAddress).answer = test::by_line([](std::string_view) { return "HIOKI,PW3335,1,2"; });
  EXPECT_THAT(problem(open_instrument(kSocket, bench.world())), HasSubstr("HIOKI"));
  for (const char* bad : {"rate-ms=123", "mode=guess", "range-v=1e9", "element=0", "volts=1"})
    EXPECT_THAT(problem(open_instrument(std::string(kSocket) + "&" + bad, bench.world())),
                HasSubstr(std::string(bad).substr(0, std::string(bad).find('='))))
        << bad;
}

// The bytes of the calls, taken apart by hand: RFC 5531 and the VXI-11 specification.
class Vxi11Peer {
 public:
  explicit Vxi11Peer(Analyser& analyser) : analyser_(analyser) {}
  int links() const { return links_; }
  std::uint32_t error = 0;
  std::size_t piece = 1000;  // of an answer that one read gives

  std::string portmapper(std::string_view bytes) {
    const std::string call(bytes.substr(4));
    EXPECT_EQ(number(call, 12), 100000u);
    EXPECT_EQ(number(call, 40), 0x0607AFu);
    return reply(call, word(4321));
  }

  std::string core(std::string_view bytes) {
    EXPECT_EQ(number(std::string(bytes), 0), 0x80000000u | (bytes.size() - 4));
    const std::string call(bytes.substr(4));
    const std::uint32_t procedure = number(call, 20);
    const std::string arguments = call.substr(40);
    if (procedure == 10) {
      ++links_;
      EXPECT_EQ(arguments.substr(12, 12), word(5) + "inst0" + std::string(3, '\0'));
      return reply(call, word(error) + word(77) + word(0) + word(1024));
    }
    EXPECT_EQ(number(arguments, 0), 77u);
    if (procedure == 11) {
      const std::string text = arguments.substr(20, number(arguments, 16));
      EXPECT_TRUE(text.ends_with('\n'));
      waiting_ = analyser_.answer(text.substr(0, text.size() - 1)) + "\n";
      return reply(call, word(0) + word(static_cast<std::uint32_t>(text.size())));
    }
    if (procedure == 23) {
      --links_;
      return reply(call, word(0));
    }
    const std::string part = waiting_.substr(0, piece);
    waiting_.erase(0, part.size());
    return reply(call, word(0) + word(waiting_.empty() ? 4 : 1) +
                           word(static_cast<std::uint32_t>(part.size())) + part +
                           std::string((4 - part.size() % 4) % 4, '\0'));
  }

 private:
  static std::string word(std::uint32_t value) {
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>(value >> shift & 0xff);
    return bytes;
  }
  static std::uint32_t number(const std::string& bytes, std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = at; i < at + 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes.at(i));
    return value;
  }
  static std::string reply(const std::string& call, const std::string& results) {
    const std::string body = call.substr(0, 4) + word(1) + word(0) + word(0) + word(0) + word(0) + results;
    const auto size = static_cast<std::uint32_t>(body.size());
    return word(8) + body.substr(0, 8) + word(0x80000000 | (size - 8)) + body.substr(8);  // in two fragments
  }

  Analyser& analyser_;
  std::string waiting_{};
  int links_ = 0;
};

struct Vxi11Bench {
  Bench bench{};
  Analyser wt{bench, test::constant(12)};
  Vxi11Peer vxi{wt};

  Vxi11Bench() {
    bench.clock.advance(200 * kMillisecondNs);
    bench.peer("wt:111").answer = [this](std::string_view bytes) { return vxi.portmapper(bytes); };
    bench.peer("wt:4321").answer = [this](std::string_view bytes) { return vxi.core(bytes); };
  }
};

TEST(Vxi11, CarriesTheSameWords) {
  Vxi11Bench lab;
  lab.vxi.piece = 5;
  lab.bench.peer("wt:4321").slice_bytes = 7;
  {
    auto opened = open_instrument("yokogawa://wt", lab.bench.world());
    ASSERT_EQ(problem(opened), "");
    EXPECT_EQ(opened->info.id, "yokogawa:WT310E/1");
    EXPECT_NEAR(*opened->meter->read(), 12, 1e-5);
    EXPECT_EQ(lab.vxi.links(), 1);
  }
  EXPECT_EQ(lab.vxi.links(), 0) << "the link is given back";
}

TEST(Vxi11, SaysWhatIsWrong) {
  Vxi11Bench locked;
  locked.vxi.error = 11;
  EXPECT_THAT(problem(open_instrument("yokogawa://wt", locked.bench.world())),
              HasSubstr("another client has locked it"));
  Vxi11Bench none;
  none.bench.peer("wt:111").answer = [](std::string_view bytes) {
    const std::string xid(bytes.substr(4, 4));
    return std::string("\x80\0\0\x1c", 4) + xid + std::string("\0\0\0\1", 4) + std::string(20, '\0');
  };
  EXPECT_THAT(problem(open_instrument("yokogawa://wt", none.bench.world())), HasSubstr("offers no VXI-11"));
}

TEST(Vxi11, HostileRepliesEndInASentence) {
  const std::string answers[] = {std::string(64, '\xff'), std::string(64, '\0'),
                                 std::string("\x80\0\0\4abcd", 8), "HTTP/1.1 400 Bad Request\r\n\r\n",
                                 std::string("\x7f\xff\xff\xff", 4)};
  for (const std::string& answer : answers) {
    Vxi11Bench lab;
    lab.bench.peer("wt:4321").answer = [&](std::string_view) { return answer; };
    EXPECT_THAT(problem(open_instrument("yokogawa://wt", lab.bench.world())),
                HasSubstr("meter yokogawa://wt: wt "));
  }
  Vxi11Bench silent;
  silent.bench.peer("wt:4321").is_stuck = true;
  EXPECT_NE(problem(open_instrument("yokogawa://wt", silent.bench.world())), "");
}

}  // namespace
}  // namespace eb
