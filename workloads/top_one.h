#pragma once
// The judge of classifiers: the share of samples whose largest output is that of the right class.
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "harness/core/workload.h"

namespace eb {

struct TopOneTruth {
  std::vector<std::size_t> classes{};  // one a sample
  std::size_t class_count = 0;
  std::string output{};  // f32, one number a class
};

// Of equal outputs the first counts; an answer that holds a NaN is wrong.
std::unique_ptr<Judge> make_top_one_judge(TopOneTruth truth);

}  // namespace eb
