#include <dlfcn.h>
#include <fmt/format.h>

#include "harness/base/dynlib.h"

namespace eb {

Result<DynLib> DynLib::open(const std::filesystem::path& library) {
  if (void* handle = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL)) return DynLib(handle);
  const char* why = dlerror();
  const std::string reason = why ? why : "no reason given";
  const bool is_named = reason.starts_with(library.string());
  return Error{ErrorKind::unavailable, is_named
                                           ? "cannot open " + reason
                                           : fmt::format("cannot open {}: {}", library.string(), reason)};
}

void* DynLib::symbol(const char* name) const {
  return dlsym(handle_, name);
}

std::filesystem::path DynLib::location(const char* symbol_name) const {
  Dl_info info{};
  void* address = symbol(symbol_name);
  if (!address || !dladdr(address, &info) || !info.dli_fname) return {};
  return info.dli_fname;
}

}  // namespace eb
