#pragma once
// The judge of networks whose weights mean nothing: how near answers are to a reference's.
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/workload.h"

namespace eb {

// Signal to noise in decibels over all samples. `references`: one a sample, all of one size, that of `output`
// (f32); they outlive the judge.
std::unique_ptr<Judge> make_agreement_judge(std::span<const std::vector<float>> references,
                                            std::string output);

// `count` references of `numbers` f32 each, one after another, little-endian.
Result<std::vector<std::vector<float>>> references_from(std::string_view bytes, std::size_t count,
                                                        std::size_t numbers);

}  // namespace eb
