// How smaller stores are kept: halves on the host, runs of halves on every device, and the planner's
// conversions.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/backends/gpu/compute_device_fixture.h"
#include "tests/backends/gpu/graph_builder.h"
#include "tests/backends/gpu/ops_harness.h"

namespace eb::gpu::test {
namespace {

// Every finite half, and the numbers half-way to its neighbour, a bit less and a bit more.
std::vector<float> telling_floats() {
  std::vector<float> floats;
  for (std::uint32_t bits = 0; bits <= 0x7bff; ++bits) {
    const float half = half_to_float(static_cast<std::uint16_t>(bits));
    const float next = bits == 0x7bff ? 65536.0f : half_to_float(static_cast<std::uint16_t>(bits + 1));
    const float middle = (half + next) / 2;
    for (const float real : {half, std::nextafter(middle, 0.0f), middle, std::nextafter(middle, next)})
      floats.insert(floats.end(), {real, -real});
  }
  floats.insert(floats.end(), {1e30f, -1e30f, INFINITY, -INFINITY, 1e-30f, -1e-30f});
  floats.resize((floats.size() + 15) / 16 * 16);
  return floats;
}

TEST(Half, RoundsToTheNearest) {
  for (const float real : telling_floats())
    ASSERT_EQ(float_to_half(real), to_half(static_cast<double>(real))) << real;
  EXPECT_EQ(float_to_half(NAN) & 0x7fff, 0x7e00);
}

TEST(Half, EveryHalfComesBack) {
  for (std::uint32_t bits = 0; bits <= 0xffff; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    if ((half & 0x7fff) > 0x7c00) continue;
    ASSERT_EQ(float_to_half(half_to_float(half)), half);
  }
}

class GpuStore : public ComputeDeviceTest {
 protected:
  // All of one buffer, runs of one vector each.
  void restore(const Buffer& from, const Buffer& to, int to_half, std::size_t elements) {
    const auto width = static_cast<std::uint32_t>(device_->info().vector_floats);
    const auto vectors = static_cast<std::uint32_t>(elements) / width;
    const auto built = kernel({.kernel = "restore", .defines = {{"TO_HALF", to_half}}, .group = {8, 1, 1}});
    run(*record({{.kernel = built.get(),
                  .buffers = {&from, &to},
                  .params = {vectors, 1, width, 0, 1, 0, 1},
                  .groups = {(vectors + 7) / 8, 1, 1}}}));
  }
};

TEST_P(GpuStore, FloatsBecomeTheNearestHalves) {
  const std::vector<float> floats = telling_floats();
  const auto from = buffer_of(floats), to = buffer(floats.size() / 2);
  restore(*from, *to, 1, floats.size());
  const std::vector<float> words = floats_of(*to);
  std::vector<std::uint16_t> halves(floats.size());
  std::memcpy(halves.data(), words.data(), words.size() * sizeof(float));
  int wrong = 0;
  for (std::size_t i = 0; i < floats.size(); ++i)
    if (halves[i] != float_to_half(floats[i]) && ++wrong <= 4)
      ADD_FAILURE() << floats[i] << " became " << half_to_float(halves[i]);
  EXPECT_EQ(wrong, 0) << "of " << floats.size();
}

TEST_P(GpuStore, EveryHalfBecomesItsFloat) {
  std::vector<std::uint16_t> halves(0x10000);
  for (std::size_t i = 0; i < halves.size(); ++i) halves[i] = static_cast<std::uint16_t>(i);
  std::vector<float> words(halves.size() / 2);
  std::memcpy(words.data(), halves.data(), halves.size() * sizeof(halves[0]));
  const auto from = buffer_of(words), to = buffer(halves.size());
  restore(*from, *to, 0, halves.size());
  const std::vector<float> floats = floats_of(*to);
  for (std::size_t i = 0; i < halves.size(); ++i) {
    const float expected = half_to_float(halves[i]);
    if (std::isnan(expected))
      ASSERT_TRUE(std::isnan(floats[i])) << i;
    else
      ASSERT_EQ(std::bit_cast<std::uint32_t>(floats[i]), std::bit_cast<std::uint32_t>(expected)) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(Apis, GpuStore, ::testing::ValuesIn(apis()),
                         [](const auto& api) { return std::string(api.param.name); });

// --- The planner

class StorePlan : public ::testing::Test {
 protected:
  StorePlan() { device_.vector_floats = 4; }
  DeviceInfo device_{};
  Tiles tiles_{};
  GraphBuilder build_{};
};

TEST_F(StorePlan, AddressesCountBytesOfTheStore) {
  Place place{.area = 0, .layout = Layout::image, .store = Store::half, .first_channel = 8};
  EXPECT_EQ(Param::address(place, 4).unit_bytes, 8u);
  EXPECT_EQ(Param::address(place, 4).offset_bytes, 16u);
  EXPECT_EQ(Param::address(place, 1, 3).offset_bytes, 22u);
  place.store = Store::word;
  EXPECT_EQ(Param::address(place, 4, 4).unit_bytes, 16u);
  EXPECT_EQ(Param::address(place, 4, 4).offset_bytes, 48u);
}

TEST_F(StorePlan, OneValueInTwoStoresIsTwoPlaces) {
  const ValueId x = build_.value({1, 6, 5, 5}, Type::f16);
  Planner planner(build_.graph(), device_, tiles_);
  EXPECT_EQ(planner.store_of(x), Store::half);
  const Place halves = planner.new_image(x, Store::half);
  EXPECT_EQ(planner.image(x, Store::half).area, halves.area);
  const Place words = planner.image(x);
  EXPECT_NE(words.area, halves.area);
  EXPECT_EQ(planner.any(x).area, words.area) << "who knows no stores gets words";
  EXPECT_EQ(planner.as_written(x).area, halves.area);
  EXPECT_EQ(planner.flat(x).store, Store::word);
}

TEST_F(StorePlan, ConstantsArePackedOnTheHost) {
  const ValueId x = build_.constant({1, 3, 1, 1}, std::vector<float>{1, -2, 0.5f});
  Planner planner(build_.graph(), device_, tiles_);
  const Place place = planner.image(x, Store::half);
  EXPECT_EQ(place.area, -1);
  EXPECT_EQ(place.store, Store::half);
  EXPECT_NE(planner.image(x).constant, place.constant);
}

// An f32 model whose tensors are kept as halves: converted on the way in and out, and nowhere between.
TEST_F(StorePlan, ANetworkIsKeptAsHalvesFromEndToEnd) {
  const ValueId x = build_.input({1, 8, 5, 5});
  const ValueId weights = build_.constant({8, 8, 1, 1}, std::vector<float>(64, 0.1f));
  const ValueId a = build_.op("Conv", {x, weights}, {1, 8, 5, 5}), b = build_.op("Relu", {a}, {1, 8, 5, 5});
  const ValueId c = build_.op("Add", {build_.op("Conv", {b, weights}, {1, 8, 5, 5}), a}, {1, 8, 5, 5});
  build_.output(build_.op("Exp", {c}, {1, 8, 5, 5}));
  for (const auto& [precision, half, said] :
       {std::tuple{Precision::model, 0, "fp32"}, {Precision::fp16, 1, "fp32, kept as fp16"}}) {
    const auto program = make_plan(build_.graph(), device_, tiles_, precision);
    ASSERT_TRUE(program) << program.error().message;
    EXPECT_EQ(program->compute_precision(), said);
    std::int64_t floats = 0;
    for (const auto& area : program->areas) floats += area.floats;
    const std::int64_t images = static_cast<std::int64_t>(program->calls.size()) - 1;
    EXPECT_EQ(floats, 2 * 200 + images * (half == 1 ? 100 : 200)) << "in and out, and images";
    for (const Call& call : program->calls) {
      EXPECT_NE(call.kernel.kernel, "restore");
      const auto& [name, value] = call.kernel.defines.back();
      EXPECT_TRUE(name == "HALF" || name == "STORED") << call.kernel.kernel;
      EXPECT_EQ(value, half) << call.kernel.kernel;
    }
  }
}

TEST_F(StorePlan, WhatKnowsNoHalvesIsGivenWords) {
  const ValueId x = build_.input({1, 8, 5, 5});
  const ValueId weights = build_.constant({8, 8, 1, 1}, std::vector<float>(64, 0.1f));
  const ValueId a = build_.op("Conv", {x, weights}, {1, 8, 5, 5});
  build_.output(build_.op("Softmax", {a}, {1, 8, 5, 5}, {{"axis", std::int64_t{1}}}));
  const auto program = make_plan(build_.graph(), device_, tiles_, Precision::fp16);
  ASSERT_TRUE(program) << program.error().message;
  const auto restores = std::count_if(program->calls.begin(), program->calls.end(),
                                      [](const Call& call) { return call.kernel.kernel == "restore"; });
  EXPECT_EQ(restores, 1);
}

TEST_F(StorePlan, PartsOfAConcatenationMustBeOfItsStore) {
  const ValueId a = build_.value({1, 8, 2, 2}, Type::f16), b = build_.value({1, 8, 2, 2}, Type::f16);
  build_.op("Concat", {a, b}, {1, 16, 2, 2}, {{"axis", std::int64_t{1}}});
  Graph graph = build_.graph();
  graph.values.back().type = Type::f16;
  Planner planner(graph, device_, tiles_);
  const Place part = planner.new_image_in_place(b, Store::half);
  EXPECT_EQ(part.pitch, 16);
  EXPECT_EQ(part.first_channel, 8);
  EXPECT_EQ(planner.new_image_in_place(a).pitch, 8) << "words are no part of halves";
}

}  // namespace
}  // namespace eb::gpu::test
