#pragma once
// Records for a terminal. UTF-8; colour is ANSI and never the only carrier of meaning. Nothing in a record
// can move the cursor or change the terminal.
#include <span>
#include <string>

#include "harness/core/backend.h"
#include "harness/core/record.h"
#include "reporters/layers.h"

namespace eb {

// The closing table, with a line end after each row. Fits `width_columns` (0: no limit) by leaving out less
// important columns, then by cutting the longest texts. No records: "".
std::string render_table(std::span<const RunRecord> records, int width_columns, bool colour);

// Under the table: why records are not ok, one line each, and why good ones are not ranked. All ok and
// ranked: "".
std::string render_reasons(std::span<const RunRecord> records, int width_columns, bool colour);

// Every workload against every device: how it went, and the share that was placed there. "" where one device
// did all well.
std::string render_matrix(std::span<const RunRecord> records, int width_columns, bool colour);

// One finished cell, without a line end. What is not needed at once is left out if `width_columns` (0: no
// limit) are too few; why a cell failed never is.
std::string render_line(const RunRecord& record, int width_columns, bool colour);

// Where every node of a model went and what it weighs, under a title. Widest columns are cut to
// `width_columns` (0: no limit).
std::string render_nodes(std::string_view title, std::span<const Placement::Node> nodes, int width_columns,
                         bool colour);

// The slowest layers of a cell, what bounds them, and how they sum up, under a title.
std::string render_layers(const CellLayers& cell, const RooflinePeaks& peaks, int width_columns, bool colour);

}  // namespace eb
