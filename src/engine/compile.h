// Compile: from text to a bound plan.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/diagnostics.h"
#include "base/source.h"
#include "knowledge/knowledge.h"
#include "plan/bind/binder.h"
#include "plan/data_model.h"
#include "plan/entry.h"
#include "plan/eval/evaluator.h"
#include "plan/node.h"
#include "plan/services.h"
#include "spelk/engine.h"
#include "syntax/parse.h"

namespace spelk::engine {

struct CoreOptions {
  std::vector<std::string> apps;
  bool builtin = true;
  std::string time_zone = "UTC";
  std::vector<std::string> lookups;  // NAME=FILE, files, folders.
  std::string write_folder;          // Where tables that are written become files; empty: nowhere.
  std::vector<std::string> macros;   // name(a, b)=definition
  std::vector<knowledge::GivenStanza> stanzas;
  bool empty_tables = false;  // Lookup tables that are not there count as empty.
  std::string base_limits = "splunk";
  std::vector<std::string> limits;  // stanza.name=value
};

// What all queries of an engine share. Thread-safe.
class Core {
 public:
  explicit Core(const CoreOptions& options);

  // Ok unless the options were wrong.
  const absl::Status& status() const { return status_; }
  const plan::Registry& entries() const { return entries_; }
  FieldTable& fields() const { return fields_; }
  const knowledge::Knowledge& knowledge() const { return knowledge_; }
  absl::TimeZone zone() const { return zone_; }
  const SyntaxLimits& limits() const { return limits_; }
  const std::string& write_folder() const { return write_folder_; }
  bool assumes_tables() const { return assumes_tables_; }
  // What binding reaches.
  plan::BinderServices bind_services() const {
    return {{&knowledge_.lookups(), &knowledge_.limits(), &knowledge_.classes()},
            &models_,
            &knowledge_.saved_searches()};
  }

 private:
  // The data models of knowledge, with the macros of this engine.
  class Models final : public plan::DataModels {
   public:
    explicit Models(const Core& core) : core_(core) {}
    absl::StatusOr<plan::DataModelPtr> FindModel(std::string_view name) const override;
    std::vector<std::string> ModelNames() const override;
    absl::StatusOr<std::string> ExpandMacros(std::string_view text) const override;

   private:
    const Core& core_;
  };

  plan::Registry entries_;
  mutable FieldTable fields_;  // Thread-safe by itself.
  knowledge::Knowledge knowledge_;
  const Models models_{*this};
  absl::TimeZone zone_;
  SyntaxLimits limits_;
  std::string write_folder_;
  bool assumes_tables_ = false;
  absl::Status status_;
};

// A query on its way: filled in as far as compiling got. Diagnostics hold what is wrong and what is
// worth a warning.
struct Compilation {
  SourcePtr source;
  Diagnostics diagnostics;
  ast::Pipeline ast;
  plan::NodePtr plan;  // Null after an error, and for parse_only.
};

// The status is that of the first error. `fields`: where names are interned; null for the engine's.
// What stands in data is bound with the fields of the run, which would otherwise know one name by
// two handles.
absl::Status Compile(const Core& core, std::string_view text, const CompileOptions& options,
                     Compilation* compilation, FieldTable* fields = nullptr);
// The part of it that puts macros in. `pieces` may be null.
absl::StatusOr<SourcePtr> ExpandMacros(const Core& core, const SourcePtr& source,
                                       Diagnostics& diagnostics,
                                       std::vector<knowledge::ExpandedPiece>* pieces);
// Commands over rows that are given: a plan that begins with a RowsNode.
absl::StatusOr<plan::NodePtr> CompileBody(const Core& core, FieldTable& fields,
                                          std::string_view text);

// Where search terms stand that come out of data: in a base search, under an odd number of NOTs.
struct TermsScope {
  bool base = false;
  bool negated = false;
};
// Search terms and expressions that stand in data: the `search` field of a subsearch, a calculated
// field.
absl::StatusOr<ast::SearchExpr> ParseTerms(const Core& core, std::string_view text);
absl::StatusOr<plan::ExprPtr> CompileTerms(const Core& core, FieldTable& fields,
                                           const ast::SearchExpr& terms, TermsScope scope);
// Terms of an event type, as those of a base search.
absl::StatusOr<plan::ExprPtr> CompileTerms(const Core& core, FieldTable& fields,
                                           std::string_view text);
// One command of a search, over its input. The text may come out of data: subsearches and pipes are
// errors.
absl::StatusOr<plan::NodePtr> CompileCommand(const Core& core, FieldTable& fields,
                                             const Source& source, bool first, plan::NodePtr input,
                                             Diagnostics& diagnostics);
// Expressions with commas between them.
absl::StatusOr<std::vector<plan::ExprPtr>> CompileList(const Core& core, FieldTable& fields,
                                                       std::string_view text);
absl::StatusOr<plan::ExprPtr> CompileExpression(const Core& core, FieldTable& fields,
                                                std::string_view text);

}  // namespace spelk::engine
