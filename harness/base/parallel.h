#pragma once
// Work that falls into pieces, on all processors.
#include <cstddef>
#include <functional>

namespace eb {

// Calls work(0) ... work(count - 1), each once and in any order, and returns when all are done. An exception
// ends the program, as from any thread.
void for_each_in_parallel(std::size_t count, const std::function<void(std::size_t)>& work);

}  // namespace eb
