#pragma once
// Whether a sanitizer owns the allocator: it keeps freed memory for a while, so that no test can watch
// memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define EB_HAS_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define EB_HAS_SANITIZER 1
#endif
#endif
#ifndef EB_HAS_SANITIZER
#define EB_HAS_SANITIZER 0
#endif
