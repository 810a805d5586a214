#pragma once
// Takes out of messages what only this machine's owner should know: where files lie.
#include <filesystem>
#include <string>
#include <vector>

#include "harness/core/record.h"

namespace eb {

struct PrivateFolders {
  std::vector<std::filesystem::path> folders{};  // what lies in them is named from there on: "model.onnx"
  std::filesystem::path home{};                  // what else lies in it: "~/drivers/npu.so"
};

std::string redact(std::string text, const PrivateFolders& folders);
// All that a record says in words of its own or of others: reason, warnings, reasons not to rank.
void redact(RunRecord& record, const PrivateFolders& folders);

}  // namespace eb
