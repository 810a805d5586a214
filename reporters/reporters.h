#pragma once
// Every way to write a run down. To add one: a file with its class and factory, and two lines: one here, one
// in reporters.cpp.
#include <memory>
#include <vector>

#include "harness/core/reporter.h"
#include "reporters/comparison.h"
#include "reporters/console.h"  // tables and lines for a terminal: the door to this folder is this header
#include "reporters/markup.h"   // and for other pages of ours
#include "reporters/rows.h"
#include "reporters/text.h"
#include "reporters/upload.h"  // and sending bundles

namespace eb {

std::unique_ptr<Reporter> make_json_reporter();
std::unique_ptr<Reporter> make_html_reporter();
std::unique_ptr<Reporter> make_markdown_reporter();
std::unique_ptr<Reporter> make_csv_reporter();
std::unique_ptr<Reporter> make_google_benchmark_reporter();

// All of them, always in the same order.
std::vector<std::unique_ptr<Reporter>> make_reporters();

}  // namespace eb
