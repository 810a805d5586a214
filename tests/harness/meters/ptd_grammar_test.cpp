#include "harness/meters/ptd_grammar.h"

#include <gmock/gmock.h>

#include "tests/support/tree.h"

namespace eb::ptd {
namespace {

using test::problem;
using ::testing::HasSubstr;

constexpr std::int64_t kTimeMs = 1'795'399'384'005;  // 2026-11-23 02:03:04.005 UTC

TEST(PtdGrammar, WritesSamplesAsTheDaemonDoes) {
  EXPECT_EQ(time_text(kTimeMs), "11-23-2026 02:03:04.005");
  const Sample sample{.utc_ms = kTimeMs, .watts = 5.25};
  EXPECT_EQ(sample_line(sample),
            "Time,11-23-2026 02:03:04.005,Watts,5.250000,Volts,-1.000000,Amps,-1.000000,PF,-1.000000");
  EXPECT_EQ(sample_line(sample, "run_1"), sample_line(sample) + ",Mark,run_1");
  EXPECT_EQ(starting_line(1000, 0),
            "Starting untimed measurement, maximum 500000 samples at 1000ms with 0 rampup samples");
}

TEST(PtdGrammar, ReadsSamplesOfOneAndSeveralChannels) {
  const auto one = parse_sample("Time,06-01-2022 10:11:12.013,Watts,101.5,Volts,230.1,Amps,0.45,PF,0.98");
  ASSERT_EQ(problem(one), "");
  EXPECT_DOUBLE_EQ(one->watts, 101.5);
  EXPECT_DOUBLE_EQ(one->power_factor, 0.98);
  const auto sum = parse_sample(
      "Time,06-01-2022 "
      "10:11:12.013,Watts,30.0,Volts,-1,Amps,-1,PF,-1,Mark,m,Ch1,Watts,10.0,Volts,230,Amps,1,PF,1,"
      "Ch2,Watts,20.0,Volts,230,Amps,1,PF,1");
  ASSERT_EQ(problem(sum), "");
  EXPECT_DOUBLE_EQ(sum->watts, 30) << "the sum comes before its channels";
  EXPECT_DOUBLE_EQ(sum->volts, kNotAvailable);
  for (const char* bad :
       {"", "Time", "Time,x,Watts", "Time,x,Watts,nan,Volts,1", "Watts,1,Volts,2", "Last 3 samples"})
    EXPECT_THAT(problem(parse_sample(bad)), HasSubstr("is no sample")) << bad;
}

TEST(PtdGrammar, CountsUnreadSamples) {
  EXPECT_EQ(*parse_count("Last 12 samples"), 12);
  EXPECT_EQ(*parse_count("Last 1 sample"), 1);
  EXPECT_EQ(*parse_count("Last 0 samples"), 0);
  EXPECT_EQ(*parse_count("No unread samples available"), 0);
  EXPECT_EQ(*parse_count("No data"), 0);
  for (const char* bad : {"", "Last", "Last many samples", "Last -1 samples", "Last 500001 samples",
                          "Last 1.5 samples", "Unknown command", "Error: what"})
    EXPECT_THAT(problem(parse_count(bad)), HasSubstr("is no number of samples")) << bad;
}

TEST(PtdGrammar, SumsUpWattsWithoutFailedReads) {
  const Sample samples[] = {{.watts = 4}, {.watts = -1}, {.watts = 8}};
  EXPECT_EQ(watts_line(samples), "Watts,6.000000,4.000000,8.000000,3,1,2");
  EXPECT_EQ(watts_line({}), "No data");
}

TEST(PtdGrammar, StatesUncertaintyOnlyWhereItIsKnown) {
  const Sample samples[] = {{.watts = 10}, {.watts = 1}, {.watts = -1}};
  EXPECT_EQ(uncertainty_line(samples, {}), "Uncertainty,-1.000000,-1.000000,-1.000000,3,0,0,3");
  // 0.1 % and 20 mW: 0.3 % of 10 W, 2.1 % of 1 W, which is more than SPEC allows.
  EXPECT_EQ(uncertainty_line(samples, {.gain = 0.001, .offset_w = 0.02}),
            "Uncertainty,0.012000,0.003000,0.021000,3,1,1,1");
}

}  // namespace
}  // namespace eb::ptd
