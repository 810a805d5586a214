#include "backends/npu/vendors.h"

#include <gtest/gtest.h>

#include <set>

namespace eb {
namespace {

TEST(Vendors, NamesAreUniqueAndFitForDevicesAndOptions) {
  std::set<std::string_view> ids, providers;
  for (const Vendor& vendor : vendors()) {
    EXPECT_TRUE(ids.insert(vendor.id).second) << vendor.id;
    EXPECT_EQ(vendor.id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos);
    if (vendor.provider.empty()) continue;
    EXPECT_TRUE(providers.insert(vendor.provider).second) << vendor.provider;
    EXPECT_TRUE(vendor.provider.ends_with("ExecutionProvider")) << vendor.provider;
    EXPECT_LE(vendor.provider.size(), 30u) << "the runtime's longest name: " << vendor.provider;
  }
}

TEST(Vendors, EveryRowSaysWhatItReachesAndWhatToDo) {
  for (const Vendor& vendor : vendors()) {
    EXPECT_FALSE(vendor.chips.empty()) << vendor.id;
    EXPECT_FALSE(vendor.install.empty()) << vendor.id;
    EXPECT_TRUE(vendor.kind == "npu" || vendor.kind == "gpu" || vendor.kind == "cpu") << vendor.id;
    const bool is_here = vendor.state == Vendor::State::shipped || vendor.state == Vendor::State::deprecated;
    EXPECT_EQ(is_here, !vendor.backend.empty()) << vendor.id;
    EXPECT_EQ(is_here, vendor.is_built_in || !vendor.plugin.empty()) << vendor.id;
    EXPECT_EQ(is_here, !vendor.systems.empty()) << vendor.id;
    EXPECT_EQ(is_here, !vendor.precisions.empty()) << vendor.id;
    EXPECT_EQ(vendor.state == Vendor::State::none, vendor.provider.empty()) << vendor.id;
    EXPECT_TRUE(is_here || !vendor.note.empty()) << vendor.id << ": why there is none";
  }
}

TEST(Vendors, AnNpuIsNeverTakenAtItsWord) {
  for (const Vendor& vendor : vendors())
    EXPECT_TRUE(vendor.kind != "npu" || vendor.backend.empty() || !vendor.doubt.empty()) << vendor.id;
  for (const char* id : {"coreml", "nnapi", "vitisai"})
    EXPECT_TRUE(find_vendor(id)->confirmed_by.key.empty()) << id << " falls back inside itself";
}

TEST(Vendors, WhatConfirmsIsSetByUsOrAnEntryOfTheSession) {
  for (const Vendor& vendor : vendors()) {
    const VendorOption& by = vendor.confirmed_by;
    if (by.key.empty() || by.key.starts_with("session.")) continue;
    bool is_set = false;
    for (const VendorOption& own : vendor.options)
      is_set = is_set || (own.key == by.key && own.value == by.value);
    EXPECT_TRUE(is_set) << vendor.id;
  }
}

TEST(Vendors, AreFoundByIdAndByProvider) {
  ASSERT_TRUE(find_vendor("qnn"));
  EXPECT_EQ(find_vendor("qnn")->provider, "QNNExecutionProvider");
  EXPECT_EQ(find_vendor_of_provider("QNNExecutionProvider"), find_vendor("qnn"));
  EXPECT_EQ(find_vendor_of_provider("NvTensorRtRtxExecutionProvider"), find_vendor("tensorrt-rtx"));
  EXPECT_FALSE(find_vendor("nobody"));
  EXPECT_FALSE(find_vendor_of_provider("NobodysExecutionProvider"));
  EXPECT_FALSE(find_vendor_of_provider("")) << "chips without a provider are no provider's";
}

TEST(Vendors, SystemsAreNamedByKernelAndArchitecture) {
  EXPECT_EQ(system_key({"Linux", "6.1", "x86_64"}, false), "linux-x64");
  EXPECT_EQ(system_key({"Linux", "6.1", "aarch64"}, false), "linux-arm64");
  EXPECT_EQ(system_key({"Linux", "5.10", "aarch64"}, true), "android-arm64");
  EXPECT_EQ(system_key({"Darwin", "23", "arm64"}, false), "macos-arm64");
  EXPECT_EQ(system_key({"Windows", "11", "AMD64"}, false), "windows-x64");
  EXPECT_EQ(system_key({"Linux", "6.1", "riscv64"}, false), "linux-riscv64");
}

TEST(Vendors, AreOfferedOnTheSystemsOfTheirRow) {
  const Vendor vendor{.id = "x", .systems = "linux-x64 windows-arm64"};
  EXPECT_TRUE(is_offered_on(vendor, "linux-x64"));
  EXPECT_TRUE(is_offered_on(vendor, "windows-arm64"));
  for (const char* other : {"linux-arm64", "linux-x6", "linux-x64 ", "", "arm64"})
    EXPECT_FALSE(is_offered_on(vendor, other)) << other;
  EXPECT_FALSE(is_offered_on({}, "linux-x64"));
}

TEST(Vendors, PlacementIsToldInWords) {
  EXPECT_EQ(placement_text({.id = "none"}), "");
  EXPECT_EQ(placement_text({.backend = "npu"}), "assigned: nothing else can compute what it takes");
  EXPECT_EQ(placement_text({.backend = "npu", .doubt = "it may not"}), "assigned, and unranked: it may not");
  EXPECT_EQ(placement_text({.backend = "npu", .doubt = "it may not", .confirmed_by = {"a", "b"}}),
            "confirmed by a=b; without it assigned, and unranked: it may not");
}

TEST(Vendors, LibrariesHaveANameOnEachSystem) {
  EXPECT_EQ(library_file_names("x"), (std::array<std::string, 3>{"libx.so", "x.dll", "libx.dylib"}));
}

}  // namespace
}  // namespace eb
