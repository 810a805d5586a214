#include "workloads/agreement_judge.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace eb {
namespace {

using References = std::vector<std::vector<float>>;

TensorSet answer(const std::vector<float>& numbers) {
  auto set = TensorSet::create({{.name = "y", .shape = {1, static_cast<std::int64_t>(numbers.size())}}});
  EXPECT_TRUE(set);
  std::copy(numbers.begin(), numbers.end(), set->tensors()[0].as<float>().begin());
  return *std::move(set);
}

TEST(AgreementJudge, GradesInDecibels) {
  const References references = {{1, 0}, {-1, 0}};
  const auto judge = make_agreement_judge(references, "y");
  EXPECT_FALSE(judge->grade());
  ASSERT_TRUE(judge->add(0, answer({1.1F, 0}).tensors()));
  ASSERT_TRUE(judge->add(1, answer({-1.1F, 0}).tensors()));
  EXPECT_NEAR(*judge->grade(), 20, 1e-4);
}

TEST(AgreementJudge, RefusesOtherOutputsAndOtherSamples) {
  const References references = {{1, 0}, {-1, 0}};
  const auto judge = make_agreement_judge(references, "y");
  EXPECT_FALSE(judge->add(2, answer({1, 0}).tensors()));
  EXPECT_FALSE(judge->add(0, answer({1, 0, 0}).tensors()));
  EXPECT_FALSE(make_agreement_judge(references, "z")->add(0, answer({1, 0}).tensors()));
}

TEST(ReferencesFrom, AreAsManyAsAreDue) {
  const std::vector<float> numbers = {1, 2, 3, 4};
  const std::string_view bytes(reinterpret_cast<const char*>(numbers.data()), sizeof(float) * numbers.size());
  const auto references = references_from(bytes, 2, 2);
  ASSERT_TRUE(references);
  EXPECT_EQ(*references, (References{{1, 2}, {3, 4}}));
  EXPECT_FALSE(references_from(bytes, 2, 1));
  EXPECT_FALSE(references_from(bytes.substr(1), 2, 2));
}

}  // namespace
}  // namespace eb
