#pragma once

namespace eb {

// A process with meters: does the order (meter_order.h) on standard input; started by ourselves only. Gives
// the exit code.
int meter_command();

}  // namespace eb
