#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "harness/base/result.h"
#include "harness/core/run.h"

namespace eb {

// Pure: the same run gives the same bytes. The caller decides where they go.
class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual std::string_view format() const = 0;     // "html", as in --format
  virtual std::string_view file_name() const = 0;  // "report.html"
  virtual Result<std::string> render(const Run& run) const = 0;
};

}  // namespace eb
