// Readings on their way through a file: nothing is lost, and nothing is made up of a damaged one.
#include "harness/meters/trace_file.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/harness/meters/waveform.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using ::testing::HasSubstr;

MeterInfo full_info() {
  MeterInfo info = test::power_meter(Sampling::averaging);
  info.scope = "rail";
  info.evidence = EvidenceClass::p2;
  info.resolution = 1e-6;
  info.counter_range = 262143.32885;
  info.gain_limit = 0.01;
  info.within = {"other"};
  info.notes = {"mV times mA", "a, comma"};
  return info;
}

TEST(TraceFile, GivesBackWhatWasWritten) {
  const MeterInfo infos[] = {full_info(), test::energy_counter()};
  std::string text = trace_head(infos);
  text += trace_line(0, 1000, 1.0 / 3);
  text += trace_line(1, 1001, 17.0);
  text += trace_line(0, 2000, Error{ErrorKind::io, "gone, \"for\nnow\""});
  text += trace_line(0, 3000, std::nan(""));
  const auto traces = traces_from_text(text, "x.csv");
  ASSERT_EQ(problem(traces), "");
  ASSERT_EQ(traces->size(), 2u);
  const Trace &power = (*traces)[0], &energy = (*traces)[1];
  ASSERT_EQ(power.readings().size(), 1u);
  EXPECT_EQ(power.readings()[0].time_ns, 1000);
  EXPECT_EQ(power.readings()[0].value, 1.0 / 3);
  ASSERT_EQ(power.dropouts().size(), 2u);
  EXPECT_EQ(power.dropouts()[0].reason, "gone; ;for;now;");
  EXPECT_THAT(power.dropouts()[1].reason, HasSubstr("nan is no number"));
  EXPECT_EQ(energy.readings()[0].value, 17);
  const MeterInfo &info = power.info(), expected = full_info();
  EXPECT_EQ(info.id, expected.id);
  EXPECT_EQ(info.domain, expected.domain);
  EXPECT_EQ(info.scope, expected.scope);
  EXPECT_EQ(info.evidence, expected.evidence);
  EXPECT_EQ(info.quantity, expected.quantity);
  EXPECT_EQ(info.sampling, expected.sampling);
  EXPECT_EQ(info.update_ns, expected.update_ns);
  EXPECT_EQ(info.resolution, expected.resolution);
  EXPECT_EQ(info.counter_range, expected.counter_range);
  EXPECT_EQ(info.highest, expected.highest);
  EXPECT_EQ(info.gain_limit, expected.gain_limit);
  EXPECT_EQ(info.offset_limit_w, expected.offset_limit_w);
  EXPECT_EQ(info.within, expected.within);
  EXPECT_EQ(info.notes, expected.notes);
}

TEST(TraceFile, AHalfLastLineIsPassedOver) {
  const MeterInfo infos[] = {full_info()};
  const std::string text = trace_head(infos) + trace_line(0, 1000, 5.0) + "2000,0,6";
  const auto traces = traces_from_text(text, "x.csv");
  ASSERT_EQ(problem(traces), "");
  EXPECT_EQ((*traces)[0].readings().size(), 1u);
}

TEST(TraceFile, WhatIsNoSuchFileIsAnError) {
  const MeterInfo infos[] = {full_info()};
  const std::string head = trace_head(infos);
  for (const char* text : {"", "\n", "# edgebench.power/1\n", "# edgebench.power/2\ntime_ns\n",
                           "# edgebench.power/1\n# {}\ntime_ns,meter,value,problem\n",
                           "# edgebench.power/1\n# [1]\ntime_ns,meter,value,problem\n"})
    EXPECT_THAT(problem(traces_from_text(text, "x.csv")), HasSubstr("x.csv is no file of meter readings"))
        << text;
  for (const char* line : {"1,0,x,\n", "1,1,5,\n", "one,0,5,\n", "1,0,null,\n", "\n", "1,-1,5,\n"})
    EXPECT_THAT(problem(traces_from_text(head + line, "x.csv")), HasSubstr("line 4 is no reading")) << line;
}

TEST(TraceFile, EveryCutIsSafe) {
  const MeterInfo infos[] = {full_info(), test::energy_counter()};
  const std::string text = trace_head(infos) + trace_line(0, 1000, 5.0) + trace_line(1, 1000, 7.0);
  for (std::size_t size = 0; size < text.size(); ++size)
    if (const auto traces = traces_from_text(text.substr(0, size), "x.csv")) {
      EXPECT_LE((*traces)[0].readings().size(), 1u);
    }
}

}  // namespace
}  // namespace eb
