#pragma once
// The ratios of a group of cells with their intervals, around a line at "equal".
#include "reporters/comparison_text.h"
#include "reporters/markup.h"

namespace eb {

// Nothing for a group without ratios.
Markup comparison_plot(const CellGroup& group);

// Where a ratio is drawn, 0 to 1, on an axis from 1 / `most` to `most`: by logarithms, 1 in the middle.
double plot_position(double ratio, double most);
// Round ratios above 1 that mark that axis: at most three.
std::vector<double> plot_ticks(double most);

}  // namespace eb
