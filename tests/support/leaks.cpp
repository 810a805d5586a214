// What others leak, for the leak checker. Handles of ours that leak show in the tests that watch memory.
#include <dlfcn.h>

#include "tests/support/sanitizer.h"

#if EB_HAS_SANITIZER
// LLVM 14 reads the two words before a thread-local block as a header of glibc 2.19 when the block begins 16
// bytes into a page. Newer glibc has none: the leak checker then scans a made-up range and crashes, whatever
// was tested.
extern "C" const char* __asan_default_options() {
  return "intercept_tls_get_addr=0";
}

extern "C" const char* __lsan_default_suppressions() {
  // The runtime keeps a few bytes of its own, lavapipe (Mesa 22.3) loses 128 bytes an instance, whoever makes
  // it, and libpqxx (6.4) the answer that says that a statement could not be prepared.
  return "leak:libonnxruntime.so\nleak:libvulkan_lvp.so\nleak:register_prepared\n";
}

namespace {

// The Vulkan loader closes a driver with its last instance; what it lost has no name then that could be
// suppressed.
[[maybe_unused]] const void* const kept_open = dlopen("libvulkan_lvp.so", RTLD_NOW | RTLD_NODELETE);

}  // namespace
#endif
