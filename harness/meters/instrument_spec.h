#pragma once
// The text that names an instrument, taken apart. For the kinds of instruments; grammar in instruments.h.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/meters/reading.h"

namespace eb {

struct InstrumentSpec {
  std::string text{};  // all of it
  std::string kind{};
  std::string host{};      // of KIND://
  std::uint16_t port = 0;  // 0: the kind's own
  std::string name{};      // of KIND:NAME
  std::map<std::string, std::string> options{};

  std::string option(const std::string& key, const std::string& otherwise) const;
  // An error that names the option unless it is a number from `least` to `most`.
  Result<double> number(const std::string& key, double otherwise, double least, double most) const;
  Result<std::string> one_of(const std::string& key, const std::string& otherwise,
                             const std::vector<std::string>& known) const;
  // An error if there is an option that is neither one of `own` nor one of all kinds.
  Status check_options(const std::vector<std::string>& own) const;
  Error wrong(std::string_view what) const;  // "meter SPEC: what"
};

Result<InstrumentSpec> parse_instrument_spec(const std::string& text);

// "PROGRAM ARG..." at blanks; "..." keeps them.
Result<std::vector<std::string>> split_arguments(std::string_view text);

// What the user states about any instrument: scope, name, gain, offset-w, highest-w.
Status apply_stated(const InstrumentSpec& spec, MeterInfo& info);

// A decimal number that is the whole text, blanks around it aside; NaN, infinity and what SCPI writes for
// them are errors.
Result<double> parse_number(std::string_view text);

// At `separator`, empty parts too, at most 64.
std::vector<std::string> split_text(std::string_view text, char separator);

}  // namespace eb
