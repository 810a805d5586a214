#include "harness/app/probe_output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace eb {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::vector<Probe> probes_of(std::size_t count, std::size_t doubtful) {
  std::vector<Probe> probes(count);
  for (std::size_t i = 0; i < count; ++i) {
    probes[i].name = "kernel" + std::to_string(i);
    probes[i].kind = "compute";
    probes[i].value = 118.4;
    probes[i].unit = "GOP/s";
    probes[i].threads = 2;
    if (i < doubtful) probes[i].warnings = {"busy machine", "not stable"};
  }
  return probes;
}

TEST(ProbeText, IsATableWithWhatIsKnown) {
  auto probes = probes_of(1, 0);
  probes[0].theoretical = 120;
  probes[0].spread = 0.0123;
  const std::string text = probe_text(probes);
  EXPECT_THAT(text, HasSubstr("118 GOP/s"));
  EXPECT_THAT(text, HasSubstr("98.7 %"));
  EXPECT_THAT(text, HasSubstr("1.2 %"));
  EXPECT_THAT(text, Not(HasSubstr("!")));
}

TEST(ProbeText, SaysOfAFewWhatSpeaksAgainstThem) {
  const std::string text = probe_text(probes_of(10, 2));
  EXPECT_THAT(text, HasSubstr("\n  ! kernel0, threads 2: busy machine; not stable\n"));
  EXPECT_THAT(text, HasSubstr("\n  ! kernel1, threads 2: busy machine; not stable\n"));
}

TEST(ProbeText, SaysOfManyOneForAll) {
  const std::string text = probe_text(probes_of(10, 9));
  EXPECT_THAT(text,
              HasSubstr("  ! 9 of 10 numbers are in doubt (--format json says why of each), as in kernel0, "
                        "threads 2: busy machine; not stable\n"));
  EXPECT_THAT(text, Not(HasSubstr("kernel1, threads 2:")));
}

}  // namespace
}  // namespace eb
