#pragma once
// What meters said, as a file: CSV, with what each meter is in lines that begin with '#'. It is written line
// by line while they are read, so that a process that dies has told all until then.
//
//     # edgebench.power/1
//     # {"id":"rapl:0","domain":"package-0",...}
//     time_ns,meter,value,problem
//     81234567890,0,12.345,
//     81244567890,0,,it counted backwards
//
// `meter` counts the '#' lines of meters from 0; time is that of the system's monotonic clock; value is in
// the meter's unit, and absent where a read gave none.
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/meters/trace.h"

namespace eb {

// With line ends.
std::string trace_head(std::span<const MeterInfo> meters);
std::string trace_line(std::size_t meter, std::int64_t time_ns, const Result<double>& value);

// Back to traces, one a meter. A last line without its end is passed over; any other that does not fit is an
// error. `name` is what messages call the text.
Result<std::vector<Trace>> traces_from_text(std::string_view text, std::string_view name);

}  // namespace eb
