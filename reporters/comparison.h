#pragma once
// Runs beside each other, and scores: for a terminal, for pull requests, for programs, and as a page. Pure
// functions; names and contexts may be anybody's.
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>

#include "results/compare/compare.h"

namespace eb {

// Each comparison is of the first run with another one; runs are called A, B, C ... and named once.
// Fits `width_columns` (0: no limit).
std::string render_comparisons(std::span<const RunComparison> all, int width_columns, bool colour);
std::string comparisons_markdown(std::span<const RunComparison> all);
std::string comparisons_html(std::span<const RunComparison> all);
nlohmann::ordered_json comparisons_json(std::span<const RunComparison> all);

// `reference`: what 1000 is.
std::string render_scores(std::span<const Score> scores, std::string_view reference, int width_columns,
                          bool colour);
nlohmann::ordered_json scores_json(std::span<const Score> scores, std::string_view reference);

}  // namespace eb
