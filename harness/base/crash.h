#pragma once
// Where a process crashed: told by itself with its last breath, and read by the one that started it.
#include <optional>
#include <string>
#include <string_view>

namespace eb {

// From now on a signal that ends this process (a wrong address, an abort) first prints the stack to standard
// error. Nothing where the system has no means for it, and under a sanitizer, which prints its own.
void tell_crashes();

struct LastWords {
  std::string_view printed{};          // what came before the stack: all, if there is none
  std::optional<std::string> frame{};  // "libvendor.so(function+0x12)": the library that was at work
};
// Of the end of a process's standard error. It may say anything: the frame is at most 160 plain characters.
// None where the innermost code that is not the system's belongs to the program itself.
LastWords last_words(std::string_view error_tail);

}  // namespace eb
