#include "results/store/canonical_run.h"

#include <gtest/gtest.h>

#include "harness/base/files.h"
#include "harness/base/json.h"
#include "tests/results/store/store_fixture.h"

namespace eb {
namespace {

using test::a_record;
using test::a_run;

TEST(ACanonicalRun, ItsPartsAreTheWholesAndItsIdIsTheHash) {
  for (const eb::Run& run :
       {a_run({}), a_run({a_record("a")}), a_run({a_record("a", 1), a_record("b", 2)}), eb::Run{}}) {
    const CanonicalRun parts = canonical(run);
    EXPECT_EQ(parts.id, sha256_hex(canonical_json(to_json(run))));
    EXPECT_EQ(parts.id, run_id(run));
    EXPECT_EQ(parts.records.size(), run.records.size());
  }
}

TEST(ACanonicalRun, TheOrderOfKeysIsNoDifferenceAndTheOrderOfRecordsIs) {
  eb::Run run = a_run({a_record("a"), a_record("b")}), other = run;
  other.context = nlohmann::ordered_json::object();
  for (auto key = run.context.rbegin(); key != run.context.rend(); ++key)
    other.context[key.key()] = key.value();
  EXPECT_EQ(run_id(run), run_id(other));
  std::swap(other.records[0], other.records[1]);
  EXPECT_NE(run_id(run), run_id(other));
}

TEST(ACanonicalRun, SeesANulBehindAnyNumberOfBackslashes) {
  const auto with_text = [](const std::string& text) {
    RunRecord record = a_record();
    record.reason = text;
    return holds_nul(canonical(a_run({record})));
  };
  EXPECT_FALSE(with_text("plain"));
  EXPECT_FALSE(with_text("\\u0000"));
  EXPECT_FALSE(with_text("\\\\u0000"));
  EXPECT_TRUE(with_text(std::string("\0", 1)));
  EXPECT_TRUE(with_text(std::string("\\\0", 2)));
  EXPECT_TRUE(with_text(std::string("\\u0000 \0", 8)));
  EXPECT_TRUE(holds_nul(canonical(a_run({}, std::string("a\0", 2)))));
}

}  // namespace
}  // namespace eb
