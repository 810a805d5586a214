#pragma once
// What is wrong with the head of a request that a parser lets through.
#include <string>

#include "results/server/http.h"

namespace eb::board {

struct HeadProblem {
  int status = 0;  // 0: nothing
  std::string sentence{};
};

// `version`: 10 or 11. Strict where others are lenient, since a proxy that reads a length in another way is
// how requests are smuggled.
HeadProblem head_problem(const HttpRequest& head, unsigned version, std::size_t most_headers);

}  // namespace eb::board
