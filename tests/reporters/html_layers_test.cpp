#include <cmath>
#include <limits>

#include "reporters/html_parts.h"
#include "reporters/layers.h"
#include "tests/reporters/support.h"

namespace eb {
namespace {

using test::count_of;
using test::minimal_record;

// 12.5 GB/s and 0.2 TOPS: the ridge is at 16 operations a byte.
eb::Run run_with(std::vector<Layer> layers, std::string reason = "") {
  eb::Run run;
  run.records = {minimal_record()};
  run.records[0].latency_mean_ms = 0.2;
  run.records[0].peak_tops = 0.2;
  run.records[0].peak_gbps = 12.5;
  CellLayers cell{"vision/face-detection", "cpu", "0", "fp32"};
  cell.times = {std::move(layers), 5, 160, std::move(reason)};
  run.layers = {cell};
  return run;
}

std::string html_of(const eb::Run& run) {
  return html_layers(run, group_records(run.records)[0]).str();
}

const std::vector<Layer> kLayers = {{"conv", "Conv", "CPU", 90, false, 5e6, 100e3},
                                    {"pool", "MaxPool", "CPU", 25, false, 0, 100e3},
                                    {"tiny", "Reshape", "CPU", 5, false, 0, 64},
                                    {"odd", "Einsum", "CPU", 8}};

TEST(HtmlLayers, NothingWhereNothingWasTimed) {
  eb::Run run = run_with({});
  run.layers.clear();
  EXPECT_EQ(html_of(run), "");
}

TEST(HtmlLayers, AReasonStandsForTimes) {
  const std::string html = html_of(run_with({}, "the device has no clock"));
  EXPECT_NE(html.find("Not timed: the device has no clock"), std::string::npos) << html;
  EXPECT_EQ(count_of(html, "<table"), 0U);
}

TEST(HtmlLayers, EachLayerSaysInWordsWhatBoundsIt) {
  const std::string html = html_of(run_with(kLayers));
  for (const char* part :
       {"bound-label compute\">compute<", "bound-label memory\">memory<", "bound-label overhead\">overhead<",
        "bound-label unknown\">unknown<", ">5.00 M<", "4 layers take 128 µs, median of 5 warm runs",
        "a run with the profiler on takes 160 µs, of which 20.0 % are outside of layers",
        "layers are 64.0 % of the mean latency", "host's clock"})
    EXPECT_NE(html.find(part), std::string::npos) << part << "\n" << html;
  EXPECT_LT(html.find(">conv<"), html.find(">pool<")) << "slowest first";
}

TEST(HtmlLayers, WithoutPeaksNoBoundIsClaimed) {
  eb::Run run = run_with(kLayers);
  run.records[0].peak_gbps.reset();
  const std::string html = html_of(run);
  EXPECT_EQ(count_of(html, "bound-label unknown"), 4U);
  EXPECT_NE(html.find("edgebench probe"), std::string::npos);
}

TEST(HtmlLayers, TheRestIsSummedUp) {
  std::vector<Layer> many(40, {"n", "Relu", "CPU", 1, false, 0, 100});
  const eb::Run run = run_with(many);
  EXPECT_EQ(count_of(html_of(run), "<tr><td class=\"who\""), kMostLayerRows);
  EXPECT_NE(html_of(run).find("25 other layers"), std::string::npos);
  const LayerSummary summary = summarize_layers(run.layers[0], {});
  EXPECT_DOUBLE_EQ(summary.others_us, 25);
  EXPECT_DOUBLE_EQ(summary.others_share, 25.0 / 40);
  EXPECT_DOUBLE_EQ(summary.sum_us, 40);
}

TEST(HtmlLayers, ForeignNumbersAndTextsDoNoHarm) {
  const std::string hostile(test::kHostile);
  for (const double bad : {std::nan(""), -1.0, 0.0, 1e308, std::numeric_limits<double>::infinity(), 1e-300}) {
    eb::Run run =
        run_with({{hostile, hostile, hostile, bad, true, bad, bad}, {"a", "b", "c", 1, true, bad, 1}});
    run.layers[0].times.run_us = bad;
    run.records[0].latency_mean_ms = bad;
    const std::string html = html_of(run);
    EXPECT_EQ(html.find("<script"), std::string::npos);
    EXPECT_EQ(html.find("nan"), std::string::npos) << html;
    EXPECT_EQ(html.find("inf\""), std::string::npos) << html;
    EXPECT_FALSE(render_layers(run.layers[0], peaks_of(run, run.layers[0]), 80, false).empty());
  }
}

TEST(RenderLayers, ATableForATerminal) {
  const eb::Run run = run_with(kLayers);
  const std::string text = render_layers(run.layers[0], peaks_of(run, run.layers[0]), 0, false);
  EXPECT_TRUE(text.starts_with("vision/face-detection cpu/0 fp32: 4 layers take 128 µs")) << text;
  EXPECT_NE(text.find("conv   Conv"), std::string::npos) << text;
  EXPECT_EQ(count_of(text, "compute"), 1U) << text;
  eb::Run none = run_with({}, "no clock");
  EXPECT_EQ(render_layers(none.layers[0], {}, 0, false),
            "vision/face-detection cpu/0 fp32: layers were not timed: no clock\n");
}

TEST(HtmlRoofline, LayersAreSmallDots) {
  eb::Run run = run_with(kLayers);
  run.records[0].effective_tops = 0.05;
  run.records[0].gops_per_sample = 0.01;
  run.records[0].traffic_mb_per_sample = 0.3;
  const std::string html = html_roofline({run, group_records(run.records)}).str();
  EXPECT_EQ(count_of(html, "class=\"layer\""), 1U) << "of those that do arithmetic\n" << html;
  EXPECT_NE(html.find("Small dots are layers"), std::string::npos);
  run.layers.clear();
  const std::string without = html_roofline({run, group_records(run.records)}).str();
  EXPECT_EQ(without.find("Small dots"), std::string::npos);
}

}  // namespace
}  // namespace eb
