// 1,000 damaged bundles: none does harm, and each has one verdict. tests/fuzz/bundle_fuzz.cpp goes on from
// here.
#include "tests/results/bundle/mutations.h"

#include "tests/results/bundle/bundle_fixture.h"
#include "tests/support/sanitizer.h"

namespace eb {
namespace {

// With sanitizers each takes ten times as long.
constexpr unsigned kMutations = EB_HAS_SANITIZER ? 50 : 500;

class Mutations : public test::BundleFixture {};

TEST_F(Mutations, OfTheArchiveAreRefusedOrTheSame) {
  for (unsigned seed = 0; seed < kMutations; ++seed) {
    std::mt19937 random(seed);
    const std::string bytes = test::mutated(*bytes_, random);
    const Verdict verdict = check_bundle(bytes);
    // Bytes that mean nothing, such as times of files, may differ; nothing that counts.
    if (verdict.kind != Verdict::Kind::refused) {
      EXPECT_EQ(verdict.id, open_bundle(*bytes_)->id) << seed;
    }
    EXPECT_EQ(said(check_bundle(bytes)), said(verdict)) << seed;
  }
}

TEST_F(Mutations, OfSignedFilesHaveOneVerdict) {
  unsigned refused = 0;
  for (unsigned seed = 0; seed < kMutations; ++seed) {
    std::mt19937 random(seed);
    const std::string bytes = forged([&](auto& files) { test::mutate_one(files, random); });
    const Verdict verdict = check_bundle(bytes);
    EXPECT_EQ(said(check_bundle(bytes)), said(verdict)) << seed;
    refused += verdict.kind == Verdict::Kind::refused ? 1u : 0u;
  }
  EXPECT_GE(refused, kMutations / 10 * 8)
      << "what is left changed no number: a reading outside of all windows, for one";
}

}  // namespace
}  // namespace eb
