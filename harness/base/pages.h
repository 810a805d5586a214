#pragma once
// Large blocks of memory, zeroed, on huge pages where the system has them: fewer misses of the address cache.
#include <cstddef>
#include <cstdint>
#include <memory>

namespace eb {

struct FreePages {
  void operator()(std::byte* pages) const noexcept;
};
using Pages = std::unique_ptr<std::byte, FreePages>;

// Huge pages are this large, and so is the alignment.
inline constexpr std::uint64_t kPageAlignment = 2 << 20;

// Null if there is no memory.
Pages allocate_pages(std::uint64_t bytes);

}  // namespace eb
