#include "harness/meters/instrument_spec.h"

#include <gmock/gmock.h>

#include "harness/meters/instruments.h"
#include "tests/harness/meters/bench.h"

namespace eb {
namespace {

using test::problem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(InstrumentSpec, IsTakenApart) {
  const auto spec = parse_instrument_spec("scpi://192.168.1.20:5025?dialect=rs&channel=2");
  ASSERT_EQ(problem(spec), "");
  EXPECT_EQ(spec->kind, "scpi");
  EXPECT_EQ(spec->host, "192.168.1.20");
  EXPECT_EQ(spec->port, 5025);
  EXPECT_EQ(spec->option("dialect", ""), "rs");
  EXPECT_EQ(*spec->number("channel", 1, 1, 8), 2);
  EXPECT_EQ(*spec->number("other", 7, 1, 8), 7);
}

TEST(InstrumentSpec, HostsAreNamesAndAddresses) {
  EXPECT_EQ(parse_instrument_spec("scpi://bench-3.lab")->host, "bench-3.lab");
  EXPECT_EQ(parse_instrument_spec("scpi://bench-3.lab")->port, 0);
  const auto v6 = parse_instrument_spec("scpi://[fe80::1]:5025?channel=1");
  ASSERT_EQ(problem(v6), "");
  EXPECT_EQ(v6->host, "fe80::1");
  EXPECT_EQ(v6->port, 5025);
  EXPECT_EQ(parse_instrument_spec("nvml:0?scope=gpu")->name, "0");
  const auto exec = parse_instrument_spec("exec:joule --rate=1000 what?");
  EXPECT_EQ(exec->name, "joule --rate=1000 what?");
}

TEST(InstrumentSpec, WhatIsWrongIsNamed) {
  struct Case {
    const char* text;
    const char* says;
  };
  const Case cases[] = {{"scpi", "scpi://"},
                        {"", "a meter is named as in"},
                        {"SC PI://x", "a meter is named as in"},
                        {"scpi://", "say which host"},
                        {"scpi://a b", "say which host"},
                        {"scpi://h:0", "'0' is no port"},
                        {"scpi://h:65536", "'65536' is no port"},
                        {"scpi://h:80x", "'80x' is no port"},
                        {"scpi://[::1", "bracket"},
                        {"scpi://h?channel", "'channel' is not OPTION=VALUE"},
                        {"scpi://h?=3", "'=3' is not OPTION=VALUE"},
                        {"scpi://h?channel=1&channel=2", "channel is there twice"}};
  for (const Case& one : cases)
    EXPECT_THAT(problem(parse_instrument_spec(one.text)), HasSubstr(one.says)) << one.text;
  EXPECT_NE(problem(parse_instrument_spec("scpi://" + std::string(10'000, 'x'))), "");
  const auto spec = *parse_instrument_spec("scpi://h?channel=many&chanel=1&scope=moon");
  EXPECT_THAT(problem(spec.number("channel", 1, 1, 8)),
              AllOf(HasSubstr("channel=many"), HasSubstr("1 to 8")));
  EXPECT_THAT(problem(spec.check_options({"channel"})),
              AllOf(HasSubstr("no option chanel"), HasSubstr("channel, ")));
  MeterInfo info;
  EXPECT_THAT(problem(apply_stated(spec, info)), HasSubstr("scope=moon"));
}

TEST(InstrumentSpec, WhatTheUserStatesIsTaken) {
  MeterInfo info{.id = "scpi:NGM202/1", .domain = "x", .scope = "system", .highest = 100};
  const auto spec =
      *parse_instrument_spec("scpi://h?scope=module&name=5V&gain=0.002&offset-w=0.01&highest-w=20");
  ASSERT_EQ(problem(apply_stated(spec, info)), "");
  EXPECT_EQ(info.id, "scpi:5V");
  EXPECT_EQ(info.domain, "5V");
  EXPECT_EQ(info.scope, "module");
  EXPECT_EQ(info.gain_limit, 0.002);
  EXPECT_EQ(info.offset_limit_w, 0.01);
  EXPECT_EQ(info.highest, 20);
}

TEST(SplitArguments, AtBlanksWithoutAShell) {
  EXPECT_THAT(*split_arguments("joule --rate 1000  \"a b\" $HOME;rm \"\""),
              ElementsAre("joule", "--rate", "1000", "a b", "$HOME;rm", ""));
  EXPECT_TRUE(split_arguments("   ")->empty());
  EXPECT_THAT(problem(split_arguments("a \"b")), HasSubstr("quotation mark"));
}

TEST(ParseNumber, TakesNumbersOnly) {
  EXPECT_DOUBLE_EQ(*parse_number(" 1.25E-03 "), 1.25e-3);
  EXPECT_DOUBLE_EQ(*parse_number("-7"), -7);
  EXPECT_DOUBLE_EQ(*parse_number("+0.5"), 0.5);
  for (const char* text :
       {"", " ", "nan", "NAN", "inf", "-inf", "1.0 V", "1,5", "0x", "1e999", "--", "1 2", "****"})
    EXPECT_THAT(problem(parse_number(text)), HasSubstr("is no number")) << text;
  EXPECT_THAT(problem(parse_number("9.91E+37")), HasSubstr("out of range"));
  EXPECT_THAT(problem(parse_number("-9.9E37")), HasSubstr("out of range"));
  EXPECT_THAT(problem(parse_number(std::string(100'000, '1'))), HasSubstr("is no number"));
}

TEST(Instruments, EveryKindHasAnExampleThatParses) {
  test::Bench bench;
  ASSERT_FALSE(instrument_kinds().empty());
  for (const InstrumentKind& kind : instrument_kinds()) {
    const std::string example(kind.example);
    EXPECT_TRUE(is_instrument(example)) << example;
    EXPECT_TRUE(example.starts_with(std::string(kind.name) + ":")) << example;
    EXPECT_EQ(problem(parse_instrument_spec(example)), "");
    const auto opened = open_instrument(example, bench.world());
    ASSERT_FALSE(opened) << "nobody is there";
    EXPECT_EQ(opened.error().message.find("no option"), std::string::npos) << opened.error().message;
  }
}

TEST(Instruments, IdsOfOtherMetersAreNone) {
  for (const char* id : {"rapl:0", "hwmon:ina3221/VDD_IN", "battery:BAT0", "scpi", ""})
    EXPECT_FALSE(is_instrument(id));
  test::Bench bench;
  EXPECT_THAT(problem(open_instrument("sparks://h", bench.world())), HasSubstr("sparks://h"));
}

}  // namespace
}  // namespace eb
