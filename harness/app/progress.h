#pragma once
// The one line of a terminal that says where a run is. Nothing is drawn when there is no terminal.
#include <string>

#include "harness/run/runner.h"

namespace eb {

// "[2/5] vision/face-detection cpu fp32 single-stream: measure 4 s, about 1 min 20 s left"
std::string progress_text(const ProgressView& view);

class ProgressLine {
 public:
  // `width_columns`: 0 draws nothing.
  explicit ProgressLine(int width_columns) : width_columns_(width_columns) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  void show(const std::string& text);
  // Before anything else is printed.
  void clear();

 private:
  int width_columns_;
  std::string shown_;
};

}  // namespace eb
