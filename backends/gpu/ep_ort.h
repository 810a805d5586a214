#pragma once
// ONNX Runtime's C API as our execution providers use it: tables of a version that both sides have, and
// errors both ways. The runtime opens us, never the other way round: nothing here is linked or loaded.
#include <onnxruntime_c_api.h>

#include <cstdint>
#include <exception>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/result.h"

namespace eb::gpu {

inline constexpr std::uint32_t kOldestEpApi = 23;  // the first whose plugin providers see graphs
inline constexpr std::uint32_t kHasShapeApi = 24;  // TensorTypeAndShape_HasShape, virtual devices

template <class T>
using OrtHandle = std::unique_ptr<T, void (*)(T*)>;

struct Ort {
  const OrtApi* api = nullptr;
  const OrtEpApi* ep = nullptr;
  std::uint32_t version = 0;  // the lower of the header's and the runtime's: nothing newer may be called

  // Takes the status. The kind is a guess: the runtime's codes are few.
  Status check(OrtStatus* status) const;
  // For the runtime's caller. The message starts with a word for the kind, "out of memory" and "not
  // supported" included.
  OrtStatus* status_of(const Error& error) const;
  OrtStatus* status_of(const Status& status) const { return status ? nullptr : status_of(status.error()); }
  void log(const OrtLogger* logger, OrtLoggingLevel level, const std::string& message) const;
};

// `unavailable` where the runtime is too old; `ort` can make a status even then, unless its `api` is null.
Status find_ort(const OrtApiBase& base, Ort& ort);

// Tensors stay in the host's memory: no allocator, no copies, no streams. The runtime calls these all the
// same; null pointers would crash it.
void keep_tensors_on_host(OrtEpFactory& factory);

// What a session was given for the provider of that name: keys without the prefix "ep.<name in lower case>.",
// and values.
Result<std::vector<std::pair<std::string, std::string>>> provider_options(const Ort& ort,
                                                                          std::string_view ep_name,
                                                                          const OrtSessionOptions& options);

// The work of a function that C calls: no exception leaves it.
template <class Work>
OrtStatus* guarded(const Ort& ort, Work work) noexcept {
  try {
    return ort.status_of(work());
  } catch (const std::bad_alloc&) {
    return ort.api->CreateStatus(ORT_FAIL, "out of memory: on the host");
  } catch (const std::exception& error) {
    return ort.api->CreateStatus(ORT_EP_FAIL, error.what());
  } catch (...) {
    return ort.api->CreateStatus(ORT_EP_FAIL, "an exception of an unknown type");
  }
}

// The runtime's lists come in two calls: how many, then which.
template <class Item, class Count, class Fill, class Owner>
Result<std::vector<const Item*>> list_of(const Ort& ort, Count count, Fill fill, const Owner* owner) {
  std::size_t size = 0;
  EB_OK(ort.check(count(owner, &size)));
  std::vector<const Item*> items(size);
  EB_OK(ort.check(fill(owner, items.data(), size)));
  return items;
}

}  // namespace eb::gpu
