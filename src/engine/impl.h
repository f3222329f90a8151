// What the public types hold.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/compile.h"
#include "engine/event_writer.h"
#include "engine/run.h"
#include "engine/subsearch.h"
#include "spelk/engine.h"
#include "value/field_order.h"

namespace spelk {

struct Input::Impl {
  std::vector<std::string> paths;  // Files, directories, globs, "-"; expanded when a run begins.
  std::vector<io::Input> inputs;   // Memory and callbacks.
};

struct Cancel::Impl {
  Cancellation cancellation;
};

struct Engine::Impl {
  explicit Impl(const engine::CoreOptions& options) : core(options) {}
  engine::Core core;
};

struct Query::Impl {
  std::shared_ptr<const Engine::Impl> engine;  // Shared: a query may outlive its Engine object.
  engine::Compilation compilation;
  std::vector<ErrorDetail> warnings;
};

struct RowBatch::Impl {
  static std::shared_ptr<Impl> Make(Batch batch, std::shared_ptr<const engine::EventWriter> events,
                                    std::shared_ptr<FieldTable> names);
  Batch batch;
  std::vector<size_t> visible;  // The columns that are not hidden.
  std::shared_ptr<const engine::EventWriter>
      events;  // Null for results. Shared by the batches of a run.
  // Of rows that are kept: those of the run go with it. Shared by the batches of a run.
  std::shared_ptr<FieldTable> names;
  bool kept = false;  // The fields are among `names` already.
};

namespace engine {

ErrorDetail ToDetail(const Diagnostic& diagnostic, const Source& source);
Error ToError(const absl::Status& status);
Error ToError(const absl::Status& status, const Compilation& compilation);
// Of a run: with the place in the query, if the status carries one.
Error ToError(const absl::Status& status, const Source& source);

// Expands what an Input names, and tells whether it is a pipe.
absl::StatusOr<RunRequest> MakeRequest(const Core& core, const Input& input,
                                       const RunOptions& options);
// Of a search that reads events, without an input.
absl::Status NeedsInput();

}  // namespace engine
}  // namespace spelk
