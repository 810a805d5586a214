#pragma once
// A serial port, or what looks like one: instruments on USB mostly do.
#include <filesystem>
#include <memory>

#include "harness/base/result.h"
#include "harness/base/stream.h"

namespace eb {

// 8 data bits, no parity, 1 stop bit, no flow control, as instruments come. Nobody else may open it
// meanwhile. An error where `port` is no serial port, or cannot run at `baud`.
Result<std::unique_ptr<Stream>> open_serial(const std::filesystem::path& port, int baud);

}  // namespace eb
