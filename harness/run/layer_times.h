#pragma once
// Times a cell's layers after its last record, when nothing that is measured can feel it.
#include "harness/core/backend.h"
#include "harness/core/record.h"
#include "harness/run/job.h"

namespace eb {

// Whether layers may be timed after this record: it is good (or `fallback`, where they were asked for: who
// looks for what went to the CPU wants its times), and what it told of opening and running promises that they
// cost no more than kLayersShare of the job's windows, unless they were asked for.
bool may_time_layers(const Job& job, const RunRecord& record);

// An error becomes the reason.
LayerTimes time_layers(Backend& backend, const SessionOptions& options, const OperationCount& work);

}  // namespace eb
