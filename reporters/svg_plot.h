#pragma once
// What all charts of the HTML report are drawn with: a box, two axes, lines and labels, styled by classes of
// the page's style sheet.
#include <array>
#include <cstddef>
#include <string_view>

#include "reporters/axis.h"
#include "reporters/markup.h"

namespace eb::svg {

// Drawing units of a box of 480 by 250; the page scales them. Room for tick labels left and below, for marks
// above.
inline constexpr double kHeight = 250;
inline constexpr double kLeft = 48, kRight = 466, kTop = 34, kBottom = 204;

struct Plot {
  Axis x, y;
  double px(double value) const { return kLeft + x.position(value) * (kRight - kLeft); }
  double py(double value) const { return kBottom - y.position(value) * (kBottom - kTop); }
};

// `id` makes the accessible names unique in the page. To be closed with </svg>.
void open_svg(Markup& svg, std::size_t id, std::string_view title, std::string_view description);

// `ends`: x1, y1, x2, y2.
template <std::size_t N>
void line(Markup& svg, const char (&css_class)[N], std::array<double, 4> ends) {
  svg.raw("<line").attr("class", std::string_view(css_class, N - 1));
  svg.attr("x1", ends[0]).attr("y1", ends[1]).attr("x2", ends[2]).attr("y2", ends[3]).raw("/>");
}

struct Label {
  std::string_view css_class;  // of ours: "tick", "mark", "axis-name" with " mid" or " end"
  double x, y;
};
void label(Markup& svg, const Label& at, std::string_view text);

void draw_y_axis(Markup& svg, const Plot& plot, std::string_view unit);
void draw_x_axis(Markup& svg, const Plot& plot, std::string_view name);

}  // namespace eb::svg
