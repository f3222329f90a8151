// Findings: why rows do not meet a condition, from what fields and values they have.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "engine/why/field_profile.h"
#include "engine/why/nearest.h"
#include "engine/why/origins.h"
#include "plan/expr.h"
#include "spelk/why.h"

namespace spelk::engine {

// The rows that came to a stage.
struct FindingsContext {
  const FieldProfile* rows = nullptr;
  const FieldProfile* events = nullptr;  // Of the feed; the same for the base search.
  bool base = false;
  absl::TimeZone zone;
  // Where fields come from; null for the base search.
  const FieldOrigins* origins = nullptr;
  // Parts of conditions that stand in nobody's way; as they stand there, under NOT their opposites.
  const std::set<const plan::Expr*>* holds_for_some = nullptr;
  // Says what knowledge would need to give events the field; empty if none does.
  std::function<std::string(std::string_view field)> knowledge;
  // Says which events have a value of eventtype or tag.
  std::function<std::string(std::string_view field, std::string_view value)> event_class;
};

class Findings {
 public:
  explicit Findings(const FindingsContext& context) : context_(context) {}

  // A condition that no row meets; `negated`: none meets its opposite.
  void AddClause(const plan::Expr& expr, bool negated);
  // A condition that is what a subsearch gave, these rows.
  void AddSubsearch(const FieldProfile& rows, Span span);
  // A field that every row must have.
  void AddNeeded(std::string_view field, Span span);
  void Add(WhyFinding::Kind kind, std::string_view field, Span span, std::string text);
  bool empty() const { return findings_.empty(); }
  // Whether a stage took away what is missing.
  bool HasRemoved() const;
  // Without repetitions; the spans are places in the text that was parsed.
  std::vector<WhyFinding> Take();

 private:
  // One side of a comparison, or the value that a function looks at.
  struct Subject {
    std::string name;  // As the profile has it.
    const FieldValues* values = nullptr;
  };
  Subject SubjectOf(const plan::Expr& expr) const;
  Subject SubjectOf(Field field) const;

  // Says that no row has the field, why, and which names are like it.
  void AddMissing(std::string_view field, Span span, std::string_view note = {});
  // Of a computed operand: the fields of it that are missing. True if there are any.
  bool AddMissingOf(const plan::Expr& expr);
  std::string ValuesOf(const plan::Expr& expr) const;
  bool AddDotted(const plan::Expr& expr);
  void AddMatch(const plan::Expr& expr, bool negated);
  void AddFeed(const plan::Expr& expr, const Subject& subject);
  void AddTerm(const plan::Expr& expr, bool negated);
  void AddTimeRange(const plan::Expr& expr);
  void AddRows(const plan::Expr& expr, bool negated);
  void AddComparison(const plan::Expr& expr, bool negated);
  void AddConstants(const plan::Expr& expr);
  void AddCall(const plan::Expr& expr, bool negated);
  void AddPattern(const plan::Expr& expr, Comparison comparison, bool negated);
  void AddNoneEquals(const Subject& subject, const std::vector<std::string>& wanted,
                     Comparison comparison, Span span);
  void AddOrder(const Subject& subject, CompareOp op, const Value& bound, Span span);
  void AddAllAre(const Subject& subject, std::string_view what, Span span);
  // "Image: in 12 of 40"
  std::string Begin(const Subject& subject) const;

  // Values that a field has none of: told together, in the place of the first.
  struct Group {
    size_t finding = 0;
    Subject subject;
    Comparison comparison = Comparison::kEval;
    std::vector<std::string> wanted;
  };
  std::string Told(const Group& group, WhyFinding* finding) const;

  std::vector<Group> groups_;
  const FindingsContext& context_;
  std::vector<WhyFinding> findings_;
};

// Under the name that people write, where that is another.
std::string WrittenName(Field field);
// An expression in the words of the search: fields that only spelk knows have the names of those
// that they stand for.
std::string Shown(const plan::Expr& expr);
// "a, b, c and 4 more", the most frequent first.
std::string Frequent(const FieldValues& values);
// A value as a line of a report shows it.
std::string ShownValue(std::string_view value, size_t longest = 70);
// Names like this one, the likeliest first.
std::vector<std::string> SimilarNames(std::string_view name,
                                      const std::vector<std::string_view>& names);

}  // namespace spelk::engine
