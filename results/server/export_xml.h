#pragma once
// What exports.cpp is made of.
#include <span>
#include <string>

#include "results/store/store.h"

namespace eb::board {

// "vision/face-detection / npu Hailo-8 / int8 / single-stream"
std::string benchmark_name(const RunRecord& record);

// A result file of OpenBenchmarking.org, as the Phoronix Test Suite opens it: a system for each device of
// each run, a result for each workload, precision and scenario, once for latency and once for throughput.
std::string openbenchmarking_xml(std::span<const StoredRecord> records);

}  // namespace eb::board
