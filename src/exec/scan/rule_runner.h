// RuleRunner: computes the fields of one rule of knowledge for the columns of a scan.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "exec/run_context.h"
#include "exec/scan/column_computer.h"
#include "exec/scan/event_sets.h"
#include "exec/scan/open_fields.h"
#include "plan/computed_columns.h"

namespace spelk::exec {

// Belongs to one worker.
class RuleRunner {
 public:
  virtual ~RuleRunner() = default;
  // For events that the rule is for. What it reads and its targets are there.
  virtual absl::Status Run(const std::vector<uint32_t>& rows, ScanColumns* columns) = 0;
  // Of rules that are open: adds the fields that only the text of the event names.
  virtual absl::Status AddAll(uint32_t, ScanColumns*, OpenFields*) { return absl::OkStatus(); }
};
using RuleRunnerPtr = std::unique_ptr<RuleRunner>;

// `schema` has the targets and what the rule reads. The rule outlives the runner.
absl::StatusOr<RuleRunnerPtr> MakeExtractRunner(const plan::ComputedColumns& rule,
                                                const Schema& schema, const RunContext& run);
absl::StatusOr<RuleRunnerPtr> MakeLookupRunner(const plan::ComputedColumns& rule,
                                               const Schema& schema, const RunContext& run);
absl::StatusOr<RuleRunnerPtr> MakeClassifyRunner(const plan::ComputedColumns& rule,
                                                 const Schema& schema, const RunContext& run);
absl::StatusOr<RuleRunnerPtr> MakeAutomaticRunner(const plan::ComputedColumns& rule,
                                                  KnownStanzas& stanzas, const Schema& schema,
                                                  const RunContext& run);

}  // namespace spelk::exec
