#pragma once
// The parts of the HTML report, in the order of the page. Each is a pure function of the run.
#include <string>
#include <vector>

#include "reporters/markup.h"
#include "reporters/summary.h"

namespace eb {

struct ReportPage {
  const Run& run;
  std::vector<RecordGroup> groups;  // point into run
};

// The style sheet.
std::string_view html_style();
// A whole page that fetches nothing, around its body; `more_style` is ours, after the style sheet.
std::string html_page(std::string_view title, const Markup& body, std::string_view more_style = {});
// What every page begins with: our mark and name.
Markup html_brand(std::string_view kind_of_page);

// Title, machine, cards.
Markup html_header(const ReportPage& page);
// What a reader must know before believing a number.
Markup html_notices(const ReportPage& page);
// Latency and throughput of all good records against each other.
Markup html_comparison(const ReportPage& page);
// What makers claim, what was probed and what was reached; nothing where neither was there.
Markup html_roofline(const ReportPage& page);
// Networks against the one that they are variants of; nothing where a run has no such pair.
Markup html_variants(const ReportPage& page);
Markup html_results(const ReportPage& page);
// Nothing where one device did all well.
Markup html_matrix(const ReportPage& page);
// One section for each group.
Markup html_workloads(const ReportPage& page);
// What the layers of a group's model take; nothing where that was not measured.
Markup html_layers(const Run& run, const RecordGroup& group);
Markup html_context(const ReportPage& page);
Markup html_licences(const ReportPage& page);
// What the fields mean, for those who have no pointer to hover with.
Markup html_glossary();
Markup html_footer(const ReportPage& page);

// Shared by the parts.
std::string_view tone_class(Tone tone);
Markup status_badge(RunStatus status);
Markup ranked_badge(const RunRecord& record);
// The id with its folder dimmed.
Markup workload_name(const std::string& workload);
std::string group_anchor(std::size_t group);

}  // namespace eb
