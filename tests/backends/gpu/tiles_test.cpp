#include "backends/gpu/tiles.h"

#include <gtest/gtest.h>

#include <fstream>

#include "harness/base/files.h"

namespace eb::gpu {
namespace {

DeviceInfo device_of(DeviceType type, int vector_floats) {
  DeviceInfo info;
  info.type = type;
  info.vector_floats = vector_floats;
  info.fingerprint = "a device";
  return info;
}

TEST(GpuTiles, EveryShapeHasAPresetOnEveryDevice) {
  for (const auto& device :
       {device_of(DeviceType::cpu, 16), device_of(DeviceType::cpu, 4), device_of(DeviceType::discrete, 4)})
    for (const std::int64_t rows : {1, 2, 7, 49, 64, 65, 196, 299, 300, 784, 12544})
      for (const std::int64_t channels : {1, 3, 16, 24, 64, 512, 2048})
        for (const std::int64_t outputs : {1, 16, 24, 63, 128, 1000})
          for (const std::int64_t taps : {1, 9, 49}) {
            const ProductShape shape{rows, channels * taps, outputs, taps, taps == 9};
            const ConvChoice choice = preset_for(device, shape);
            EXPECT_NE(choice, ConvChoice{}) << "no row fits " << shape.key();
            const auto candidates = candidates_for(device, shape);
            EXPECT_EQ(candidates.front(), choice);
          }
}

TEST(GpuTiles, WinogradOnlyWhereItMay) {
  const auto device = device_of(DeviceType::cpu, 16);
  EXPECT_EQ(preset_for(device, {784, 64 * 9, 64, 9, true}).method, ConvMethod::winograd4);
  EXPECT_EQ(preset_for(device, {784, 64 * 9, 64, 9, false}).method, ConvMethod::direct);
  EXPECT_EQ(preset_for(device, {784, 3 * 9, 64, 9, true}).method, ConvMethod::direct);
  for (const ConvChoice& choice : candidates_for(device, {784, 64, 64, 1, false}))
    EXPECT_EQ(choice.method, ConvMethod::direct);
}

TEST(GpuTiles, SavedChoicesAreFoundAndMerged) {
  const auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  const auto device = device_of(DeviceType::cpu, 16);
  const auto file = Tiles::file_in(folder->path() / "not" / "there yet", device);
  const ProductShape one{100, 64, 64, 1, false}, other{200, 64, 64, 9, true};
  const ConvChoice choice{ConvMethod::direct, {5, 3, 2, true}},
      winograd{ConvMethod::winograd2, {6, 2, 1, false}};
  Tiles first, second;
  first.set(one.key(), choice);
  second.set(other.key(), winograd);
  ASSERT_TRUE(first.save(file));
  ASSERT_TRUE(second.save(file));
  const Tiles loaded = Tiles::load(file);
  EXPECT_EQ(loaded.choose(device, one), choice);
  EXPECT_EQ(loaded.choose(device, other), winograd);
  EXPECT_EQ(loaded.choose(device, ProductShape{300, 64, 64, 1, false}),
            preset_for(device, ProductShape{300, 64, 64, 1, false}));
}

TEST(GpuTiles, TheFileIsTheDevices) {
  auto other = device_of(DeviceType::cpu, 16);
  other.fingerprint = "the same device with a new driver";
  EXPECT_NE(Tiles::file_in("folder", device_of(DeviceType::cpu, 16)), Tiles::file_in("folder", other));
}

TEST(GpuTiles, DamagedAndForeignFilesGiveNoChoices) {
  const auto folder = TempFolder::create();
  ASSERT_TRUE(folder);
  const auto file = folder->path() / "tiles.json";
  EXPECT_TRUE(Tiles::load(file).empty());
  const std::string head = R"({"format":"edgebench.tiles/1","tiles":{"k":)";
  for (const std::string& text :
       {std::string("{"), std::string("[]"), std::string(R"({"format":"other","tiles":{}})"),
        std::string(R"({"format":"edgebench.tiles/1","tiles":[1]})"), head + R"(["direct",8,2,1]}})",
        head + R"(["direct",8,2,1,0]}})", head + R"(["fast",8,2,1,true]}})",
        head + R"(["direct",0,2,1,true]}})", head + R"(["direct",8,2,1000000,true]}})",
        head + R"(["direct",-1,2,1e99,true]}})", head + R"(["direct",99999999999999999999,2,1,true]}})"}) {
    std::ofstream(file) << text;
    EXPECT_TRUE(Tiles::load(file).empty()) << text;
  }
}

}  // namespace
}  // namespace eb::gpu
