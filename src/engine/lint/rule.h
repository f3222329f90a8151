// What rules see of a search, and how they report.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/source.h"
#include "engine/compile.h"
#include "spelk/lint.h"
#include "syntax/ast.h"
#include "syntax/parse.h"

namespace spelk::engine::lint {

// One search. Rules look at what its author wrote, macros as calls; what it becomes is `compiled`.
struct Search {
  const Core& core;
  const Source& source;  // Without expansions.
  const ast::Pipeline& tree;
  const Compilation& compiled;  // Its plan is null after an error.
  const LintOptions& options;

  std::string_view text() const { return source.text(); }
  std::string_view TextOf(Span span) const { return spelk::TextOf(source.text(), span); }
};

struct Edit {
  Span span;
  std::string text;
};

// What a rule says.
struct Report {
  std::string_view rule;
  Span span;  // Of the written text.
  std::string message;
  std::vector<std::string> notes = {};
  std::string fix = {};
  std::vector<Edit> edits = {};
};

// Where the walk over the tree stands.
class Visit {
 public:
  Visit(const Search& subject, std::vector<Report>* reports)
      : search(subject), reports_(*reports) {}

  void Add(Report report) { reports_.push_back(std::move(report)); }
  std::string_view TextOf(Span span) const { return search.TextOf(span); }
  // The command's name in lower case; empty for a macro.
  std::string CommandName() const;

  const Search& search;
  const ast::Pipeline* pipeline = nullptr;
  const ast::CommandCall* command = nullptr;
  size_t position = 0;  // Of the command in its pipeline.
  size_t depth = 0;     // In how many subsearches it stands.
  // Of search terms.
  bool base = false;     // They are the first command of a search.
  bool negated = false;  // Under an odd number of NOTs.
  // The expressions around the one at hand, the innermost last.
  std::vector<const ast::Expr*> around;

 private:
  std::vector<Report>& reports_;
};

// Rules that look at the same things.
struct Family {
  std::span<const LintRule> rules;
  void (*expression)(Visit&, const ast::Expr&) = nullptr;   // Each part of an expression.
  void (*terms)(Visit&, const ast::SearchExpr&) = nullptr;  // Each part of search terms.
  void (*command)(Visit&, const ast::CommandCall&) = nullptr;
  void (*pipeline)(Visit&, const ast::Pipeline&) = nullptr;  // Subsearches, too.
  void (*whole)(Visit&) = nullptr;                           // Once for each search.
};
std::span<const Family* const> Families();

// Calls the rules of all families.
void Walk(const Search& search, std::vector<Report>* reports);

// ---------------------------------------------------------------- what rules share

// The name of a field, if the expression is one.
const std::string* FieldOf(const ast::Expr& expr);
// The text of a string, if it is one.
const std::string* TextOf(const ast::Expr& expr);
// A number as written.
std::optional<double> NumberOf(const ast::Expr& expr);
// The call of a function of one of these names, in lower case.
const ast::FunctionCall* CallOf(const ast::Expr& expr,
                                std::initializer_list<std::string_view> names);
// The word of a value of search terms; null for macros and subsearches.
const ast::Name* WordOf(const ast::SearchValue& value);
// Each field compared with a text in search terms: field=value, field IN (…).
void ForEachValue(const ast::SearchExpr& terms,
                  const std::function<void(const ast::Name& field, CompareOp op,
                                           const ast::SearchValue& value)>& take);
// The macro of exceptions that goes with an analytic of this name.
std::string FilterOf(std::string_view analytic);
// The beginning of a text, whole characters of it.
std::string Beginning(std::string_view text, size_t longest = 60);

}  // namespace spelk::engine::lint
