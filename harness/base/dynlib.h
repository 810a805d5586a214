#pragma once
// A shared library opened at run time. Never closed: drivers and runtimes leave threads and handlers behind.
#include <filesystem>
#include <string>

#include "harness/base/result.h"

namespace eb {

class DynLib {
 public:
  // A bare file name is searched for as the system does; a path is taken as it is. `unavailable` says why.
  static Result<DynLib> open(const std::filesystem::path& library);
  // Null if the library has no such symbol.
  void* symbol(const char* name) const;
  // Where the library really is, from the address of one of its symbols; empty if the system cannot tell.
  std::filesystem::path location(const char* symbol_name) const;

 private:
  explicit DynLib(void* handle) : handle_(handle) {}
  void* handle_;
};

}  // namespace eb
