#include "harness/meters/readers.h"

#include <algorithm>

#include "harness/base/sysfs.h"

namespace eb {
namespace {

class FunctionMeter : public Meter {
 public:
  explicit FunctionMeter(ReadFunction read) : read_(std::move(read)) {}
  Result<double> read() override { return read_(); }

 private:
  ReadFunction read_;
};

}  // namespace

FoundMeter found(MeterInfo info, ReadFunction read) {
  FoundMeter meter;
  meter.info = std::move(info);
  if (const auto value = read(); !value) {
    meter.reason = value.error().message;
    return meter;
  }
  meter.meter = std::make_unique<FunctionMeter>(std::move(read));
  return meter;
}

FoundMeter found_file(MeterInfo info, const std::filesystem::path& file, double scale) {
  return found(std::move(info), [file, scale]() -> Result<double> {
    EB_GET(const std::int64_t value, read_integer(file));
    return static_cast<double>(value) * scale;
  });
}

FoundMeter absent(std::string id, std::string reason) {
  FoundMeter meter;
  meter.info.id = std::move(id);
  meter.reason = std::move(reason);
  return meter;
}

bool is_module_total(std::string_view rail) {
  return rail == "VDD_IN" || rail == "POM_5V_IN";
}

void nest_rails(std::vector<FoundMeter>& rails) {
  const auto total = std::find_if(rails.begin(), rails.end(),
                                  [](const FoundMeter& rail) { return is_module_total(rail.info.domain); });
  if (total == rails.end()) return;
  for (FoundMeter& rail : rails)
    if (&rail != &*total) rail.info.within = {total->info.id};
}

}  // namespace eb
