// Knowledge: what Splunk app folders and spelk's own say of events and searches.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "knowledge/macros.h"
#include "plan/nodes.h"
#include "plan/shape.h"

namespace spelk::knowledge {

// Loaded once, then immutable and shared between threads.
class Knowledge {
 public:
  // Reads the app folders (`default/`, then `local/`; a later folder overrides an earlier one) on
  // top of spelk's own apps. NotFound for a folder that is not there; InvalidArgument, with file
  // and line, for a file that cannot be understood.
  absl::Status Load(const std::vector<std::string>& apps, bool builtin);

  const Macros& macros() const { return macros_; }
  // In order of precedence.
  const std::vector<plan::Shape>& shapes() const { return shapes_; }

  using CompileExpression = std::function<absl::StatusOr<plan::ExprPtr>(std::string_view text)>;
  // The rules of props.conf (FIELDALIAS-*, then EVAL-*) by which these fields, and the fields that
  // such rules read in turn, come about, in the order of application.
  absl::StatusOr<std::vector<plan::FieldRule>> RulesFor(const std::vector<Field>& fields,
                                                        FieldTable& table,
                                                        const CompileExpression& compile) const;

 private:
  Macros macros_;
  std::vector<plan::Shape> shapes_;
};

}  // namespace spelk::knowledge
