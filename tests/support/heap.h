#pragma once
// How much memory is in use, exactly: what was given back does not count, as it does among resident pages.
#include <cstdint>

#include "harness/base/process.h"
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace eb::test {

// Of all that is allocated with malloc or new in this process, drivers included; resident memory where the C
// library does not tell.
inline std::int64_t heap_bytes() {
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
  const auto info = mallinfo2();
  return static_cast<std::int64_t>(info.uordblks + info.hblkhd);
#else
  return static_cast<std::int64_t>(process_memory().resident_bytes.value_or(0));
#endif
}

}  // namespace eb::test
