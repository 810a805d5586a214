#pragma once
// Power and heat of a cell, from those of its launches. Pure.
#include <vector>

#include "harness/core/record.h"
#include "harness/run/summary.h"

namespace eb {

// Energies are sums over sums; powers are weighted by the windows; readings, gaps and drop-outs are sums. An
// interval is the mean one of the launches or, for 3 launches or more, Student's over them if that is wider.
// All of it is absent, with a warning, where a launch has no power: a part of the launches is not the cell.
void pool_power(const std::vector<Launch>& launches, RunRecord& record);

// The hottest of the launches, their mean clock weighted by the windows, all the time they were left to cool,
// and the files that hold it.
void pool_heat(const std::vector<Launch>& launches, RunRecord& record);

}  // namespace eb
