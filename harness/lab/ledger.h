#pragma once
// The ledger of a lab in a file: where every job and board stands now, and how it came there. One driver at a
// time holds it.
#include <filesystem>
#include <memory>
#include <string>

#include "harness/lab/scheduler.h"

namespace eb::lab {

class FileLedger : public Ledger {
 public:
  // Where everything stands; all queued and available for a new file.
  virtual const Standing& standing() const = 0;
};

// `now` tells the time for the history. An error where the file is another plan's, or another driver has it.
Result<std::unique_ptr<FileLedger>> open_ledger(const std::filesystem::path& file, const Work& work,
                                                std::string (*now)());

}  // namespace eb::lab
