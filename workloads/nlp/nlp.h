#pragma once
// Text tasks. The world sees factories only.
#include <filesystem>
#include <memory>

#include "harness/base/result.h"
#include "harness/core/workload.h"
#include "workloads/manifest.h"

namespace eb {

// Names the language of a paragraph from the frequencies of its n-grams; judged by the share of right first
// guesses. `folder` holds the sample list and the list of n-grams and labels that the manifest names.
Result<std::unique_ptr<Workload>> make_language_id(const Manifest& manifest,
                                                   const std::filesystem::path& folder);

// The same from the bytes of a text, without features; `folder` holds the sample list.
Result<std::unique_ptr<Workload>> make_byte_language_id(const Manifest& manifest,
                                                        const std::filesystem::path& folder);

// Foretells the bytes of texts; judged by what they cost, in bits a byte. `folder` holds the sample list.
Result<std::unique_ptr<Workload>> make_text_generation(const Manifest& manifest,
                                                       const std::filesystem::path& folder);

// Foretells tokens with weights that mean nothing; judged by agreement with a reference. `folder` holds the
// sample list and the reference's answers that the manifest names.
Result<std::unique_ptr<Workload>> make_text_generation_agreement(const Manifest& manifest,
                                                                 const std::filesystem::path& folder);

// Marks the answer to a question in a passage, with weights that mean nothing; judged by agreement with a
// reference. `folder` holds the sample list and the reference's answers that the manifest names.
Result<std::unique_ptr<Workload>> make_question_answering(const Manifest& manifest,
                                                          const std::filesystem::path& folder);

// Picks one of the replies that a network knows for a dialogue; judged by the share of right first guesses.
// `folder` holds the sample list and the list of replies that the manifest names.
Result<std::unique_ptr<Workload>> make_smart_reply(const Manifest& manifest,
                                                   const std::filesystem::path& folder);

}  // namespace eb
