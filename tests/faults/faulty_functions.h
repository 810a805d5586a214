#pragma once
// Functions of OpenCL that fail when a test wants it, and are the driver's otherwise.
#include <tuple>

#include "backends/opencl/driver.h"
#include "tests/faults/fault.h"

namespace eb::opencl::test {

// What a failing call does all the same: else work would go on in memory that its owner gives back.
constexpr bool acts_nevertheless(std::string_view call) {
  return call == "clFinish" || call.substr(0, 9) == "clRelease";
}

// Reports a failure as OpenCL does: as the result, or through the last argument with a null object.
template <class Tag, class Function>
struct Faulty;
template <class Tag, class Answer, class... Arguments>
struct Faulty<Tag, Answer(CL_API_CALL*)(Arguments...)> {
  static inline Answer(CL_API_CALL* real)(Arguments...) = nullptr;

  static Answer CL_API_CALL call(Arguments... arguments) {
    const auto code = eb::test::faults().strike(Tag::kName);
    if (!code) return real(arguments...);
    if constexpr (std::is_same_v<Answer, cl_int>) {
      if (acts_nevertheless(Tag::kName)) (void)real(arguments...);
      return *code;
    } else {
      *std::get<sizeof...(Arguments) - 1>(std::tie(arguments...)) = *code;
      return nullptr;
    }
  }
};

#define EB_TAG(name)                            \
  struct name##Tag {                            \
    static constexpr const char* kName = #name; \
  };
EB_OPENCL_FUNCTIONS(EB_TAG)
#undef EB_TAG

// `table` has members of the functions' names: our Functions, or the one that a loader calls a driver
// through.
template <class Table>
void make_faulty(Table& table) {
#define EB_REPLACE(name)                                           \
  if (table.name != &Faulty<name##Tag, decltype(&::name)>::call) { \
    Faulty<name##Tag, decltype(&::name)>::real = table.name;       \
    table.name = &Faulty<name##Tag, decltype(&::name)>::call;      \
  }
  EB_OPENCL_FUNCTIONS(EB_REPLACE)
#undef EB_REPLACE
}

}  // namespace eb::opencl::test
