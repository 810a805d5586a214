#include "harness/probes/onnx_graph.h"

#include <gtest/gtest.h>

#include <set>

namespace eb::probes {
namespace {

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++count;
  return count;
}

TEST(OnnxGraph, MacsAreThoseOfTheDirectForm) {
  EXPECT_EQ(macs_of({LayerKind::matmul, LayerPrecision::fp32, 5, 0, 8, 2}), 5 * 8 * 8 * 2);
  EXPECT_EQ(macs_of({LayerKind::conv, LayerPrecision::int8, 0, 6, 8, 2}), 6 * 6 * 9 * 8 * 8 * 2);
}

TEST(OnnxGraph, WeightsHaveTheirPrecision) {
  const auto size = [](LayerPrecision precision) {
    return onnx_model({LayerKind::matmul, precision, 4, 0, 256, 1}).size();
  };
  constexpr std::size_t kCount = 256 * 256;
  EXPECT_NEAR(static_cast<double>(size(LayerPrecision::fp32)), 4.0 * kCount, 1000);
  EXPECT_NEAR(static_cast<double>(size(LayerPrecision::fp16)), 2.0 * kCount, 1000);
  EXPECT_NEAR(static_cast<double>(size(LayerPrecision::int8)), 1.0 * kCount, 1000);
}

TEST(OnnxGraph, Int8IsBetweenQuantizingAndDequantizing) {
  const std::string model = onnx_model({LayerKind::conv, LayerPrecision::int8, 0, 4, 4, 3});
  // Each name starts with its length: "QuantizeLinear" is part of no other then.
  EXPECT_EQ(count_of(model, "\x0eQuantizeLinear"), 4u);
  EXPECT_EQ(count_of(model,
                     "\x10"
                     "DequantizeLinear"),
            4u + 3u);
  EXPECT_EQ(count_of(model,
                     "\x04"
                     "Conv"),
            3u);
  EXPECT_EQ(count_of(onnx_model({LayerKind::conv, LayerPrecision::fp32, 0, 4, 4, 3}), "QuantizeLinear"), 0u);
}

TEST(OnnxGraph, TextsTellGraphsApart) {
  const std::set<std::string> texts{text_of({LayerKind::matmul, LayerPrecision::fp32, 5, 0, 8, 2}),
                                    text_of({LayerKind::matmul, LayerPrecision::fp32, 8, 0, 5, 2}),
                                    text_of({LayerKind::conv, LayerPrecision::fp32, 0, 5, 8, 2})};
  EXPECT_EQ(texts.size(), 3u);
}

}  // namespace
}  // namespace eb::probes
