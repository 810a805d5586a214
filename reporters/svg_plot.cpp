#include "reporters/svg_plot.h"

#include <fmt/format.h>

namespace eb::svg {

void open_svg(Markup& svg, std::size_t id, std::string_view title, std::string_view description) {
  svg.raw("<svg class=\"chart\" role=\"img\" viewBox=\"0 0 480 250\"");
  svg.attr("aria-labelledby", fmt::format("t{0} d{0}", id)).raw("><title");
  svg.attr("id", fmt::format("t{}", id)).raw(">").text(title).raw("</title><desc");
  svg.attr("id", fmt::format("d{}", id)).raw(">").text(description).raw("</desc>");
}

void label(Markup& svg, const Label& at, std::string_view text) {
  svg.raw("<text").attr("class", at.css_class).attr("x", at.x).attr("y", at.y).raw(">").text(text);
  svg.raw("</text>");
}

void draw_y_axis(Markup& svg, const Plot& plot, std::string_view unit) {
  for (const double tick : plot.y.ticks) {
    line(svg, "grid", {kLeft, plot.py(tick), kRight, plot.py(tick)});
    label(svg, {"tick end", kLeft - 7, plot.py(tick) + 4}, tick_text(tick));
  }
  label(svg, {"axis-name end", kLeft - 7, kTop - 16}, unit);
}

void draw_x_axis(Markup& svg, const Plot& plot, std::string_view name) {
  line(svg, "base", {kLeft, kBottom, kRight, kBottom});
  for (const double tick : plot.x.ticks) {
    line(svg, "base", {plot.px(tick), kBottom, plot.px(tick), kBottom + 4});
    label(svg, {"tick mid", plot.px(tick), kBottom + 18}, tick_text(tick));
  }
  label(svg, {"axis-name mid", (kLeft + kRight) / 2, kHeight - 8}, name);
}

}  // namespace eb::svg
