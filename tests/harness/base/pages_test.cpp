#include "harness/base/pages.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

#include "tests/support/sanitizer.h"

namespace eb {
namespace {

TEST(Pages, AreAlignedAndZeroEvenWhenTheyHadBeenUsed) {
  for (const std::uint64_t bytes : {std::uint64_t{1}, std::uint64_t{3} << 20}) {
    for (int again = 0; again < 3; ++again) {
      const Pages pages = allocate_pages(bytes);
      ASSERT_TRUE(pages);
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(pages.get()) % kPageAlignment, 0U);
      std::byte* end = pages.get() + bytes;
      EXPECT_EQ(std::find_if(pages.get(), end, [](std::byte b) { return b != std::byte{0}; }), end);
      std::fill(pages.get(), end, std::byte{0xAB});
    }
  }
}

TEST(Pages, AbsurdSizesAreRefused) {
  EXPECT_FALSE(allocate_pages(std::numeric_limits<std::uint64_t>::max()));
#if !EB_HAS_SANITIZER  // which ends the program instead
  EXPECT_FALSE(allocate_pages(std::uint64_t{1} << 62));
#endif
}

}  // namespace
}  // namespace eb
