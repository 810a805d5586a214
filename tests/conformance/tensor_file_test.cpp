#include "tests/conformance/tensor_file.h"

#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb {
namespace {

const std::vector<FileTensor> kTensors = {
    {.name = "x", .type = 1, .shape = {1, 2}, .bytes = std::string("\0\n{}\n\xff\0\0", 8)},
    {.name = "a \"scalar\"", .type = 7, .shape = {}, .bytes = "12345678"},
    {.name = "empty", .type = 1, .shape = {0, 3}, .bytes = ""}};

TEST(TensorFile, IsReadBackAsItWas) {
  const test::Tree tree;
  ASSERT_TRUE(write_tensors(kTensors, tree / "t"));
  const auto tensors = read_tensors(tree / "t");
  ASSERT_TRUE(tensors) << tensors.error().message;
  ASSERT_EQ(tensors->size(), kTensors.size());
  for (std::size_t i = 0; i < kTensors.size(); ++i) {
    EXPECT_EQ((*tensors)[i].name, kTensors[i].name);
    EXPECT_EQ((*tensors)[i].type, kTensors[i].type);
    EXPECT_EQ((*tensors)[i].shape, kTensors[i].shape);
    EXPECT_EQ((*tensors)[i].bytes, kTensors[i].bytes);
  }
}

TEST(TensorFile, OfNothingIsEmpty) {
  EXPECT_EQ(format_tensors({}), "");
  EXPECT_TRUE(parse_tensors("")->empty());
}

TEST(TensorFile, RefusesWhatIsCutOrNoTensor) {
  const std::string whole = format_tensors({kTensors[0]});
  for (std::size_t size = 1; size < whole.size(); ++size)
    EXPECT_FALSE(parse_tensors(std::string_view(whole).substr(0, size))) << size;
  for (const char* bad : {"\n", "[]\n", "{}\n",
                          R"({"name":"x","type":1,"shape":[1],"bytes":-1})"
                          "\n",
                          R"({"name":"x","type":1,"shape":["1"],"bytes":0})"
                          "\n",
                          R"({"name":1,"type":1,"shape":[],"bytes":0})"
                          "\n"})
    EXPECT_FALSE(parse_tensors(bad)) << bad;
}

}  // namespace
}  // namespace eb
