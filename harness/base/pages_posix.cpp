#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <limits>

#include "harness/base/pages.h"

namespace eb {

void FreePages::operator()(std::byte* pages) const noexcept {
  std::free(pages);
}

Pages allocate_pages(std::uint64_t bytes) {
  if (bytes > std::numeric_limits<std::size_t>::max() - kPageAlignment) return nullptr;
  const std::size_t rounded =
      (static_cast<std::size_t>(bytes) + kPageAlignment - 1) / kPageAlignment * kPageAlignment;
  Pages pages(static_cast<std::byte*>(std::aligned_alloc(kPageAlignment, rounded)));
  if (!pages) return nullptr;
#if defined(MADV_HUGEPAGE)
  madvise(pages.get(), rounded, MADV_HUGEPAGE);  // a wish: without it the memory is as good, only slower
#endif
  std::memset(pages.get(), 0, rounded);
  return pages;
}

}  // namespace eb
