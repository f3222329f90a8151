// From conditions and profiles to sentences.
#include "engine/why/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/why/hints.h"
#include "plan/entry.h"
#include "value/number.h"

namespace spelk::engine {
namespace {

using Kind = WhyFinding::Kind;
using plan::Expr;
using plan::ExprKind;

constexpr size_t kMostFindings = 40;

bool IsFeedName(std::string_view name) {
  return name == "sourcetype" || name == "source" || name == "index" || name == "host";
}

bool ReadsClock(const Expr& expr) {
  if (expr.kind == ExprKind::kCall && expr.function->stability == plan::Stability::kRun) {
    return true;
  }
  return std::any_of(expr.arguments.begin(), expr.arguments.end(),
                     [](const plan::ExprPtr& argument) { return ReadsClock(*argument); });
}

bool IsHint(const WhyFinding& finding) { return finding.kind == Kind::kHint; }

std::string ShownQuoted(std::string_view text) { return "\"" + ShownValue(text) + "\""; }

std::optional<std::string> LiteralText(const Expr& expr) {
  if (expr.kind != ExprKind::kLiteral || expr.literal.value().is_null()) return std::nullopt;
  return TextOf(expr.literal.value());
}

CompareOp Turned(CompareOp op) {
  switch (op) {
    case CompareOp::kLess:
      return CompareOp::kGreater;
    case CompareOp::kLessEqual:
      return CompareOp::kGreaterEqual;
    case CompareOp::kGreater:
      return CompareOp::kLess;
    case CompareOp::kGreaterEqual:
      return CompareOp::kLessEqual;
    default:
      return op;
  }
}

CompareOp Opposite(CompareOp op) {
  switch (op) {
    case CompareOp::kEqual:
      return CompareOp::kNotEqual;
    case CompareOp::kNotEqual:
      return CompareOp::kEqual;
    case CompareOp::kLess:
      return CompareOp::kGreaterEqual;
    case CompareOp::kLessEqual:
      return CompareOp::kGreater;
    case CompareOp::kGreater:
      return CompareOp::kLessEqual;
    case CompareOp::kGreaterEqual:
      return CompareOp::kLess;
  }
  return op;
}

}  // namespace

// A hidden field of a base search under the name that people write.
std::string WrittenName(Field field) {
  if (field == hidden::kSourcetypes) return "sourcetype";
  if (field == hidden::kSources) return "source";
  if (field == hidden::kIndex) return "index";
  return std::string(field.name());
}

std::string Frequent(const FieldValues& values) {
  constexpr size_t kMost = 4;
  std::vector<std::pair<uint64_t, std::string_view>> ordered;
  for (const auto& [value, rows] : values.values) ordered.emplace_back(rows, value);
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string out;
  for (size_t i = 0; i < ordered.size() && i < kMost; ++i) {
    if (i > 0) out += ", ";
    out += ordered[i].second.empty() ? "\"\"" : ShownValue(ordered[i].second, 40);
  }
  if (ordered.size() > kMost) {
    out += fmt::format(" and {}{} more", ordered.size() - kMost, values.all_values ? "" : " or");
  }
  return out;
}

void Findings::Add(Kind kind, std::string_view field, Span span, std::string text) {
  if (findings_.size() >= kMostFindings) return;
  for (const WhyFinding& known : findings_) {
    if (known.text.find(text) != std::string::npos) return;
  }
  WhyFinding& finding = findings_.emplace_back();
  finding.kind = kind;
  finding.field = field;
  finding.offset = span.begin;
  finding.length = span.size();
  const FieldValues* values = context_.rows->Find(field);
  finding.rows = values == nullptr ? 0 : values->rows;
  finding.text = std::move(text);
}

bool Findings::HasRemoved() const {
  return std::any_of(findings_.begin(), findings_.end(),
                     [](const WhyFinding& finding) { return finding.kind == Kind::kRemoved; });
}

std::vector<WhyFinding> Findings::Take() {
  for (const Group& group : groups_) {
    findings_[group.finding].text = Told(group, &findings_[group.finding]);
  }
  return std::move(findings_);
}

Findings::Subject Findings::SubjectOf(Field field) const {
  const std::string name = WrittenName(field);
  return {name, context_.rows->Find(name)};
}

Findings::Subject Findings::SubjectOf(const Expr& expr) const {
  if (expr.kind == ExprKind::kField) return SubjectOf(expr.field);
  const std::string name = plan::Print(expr);
  return {name, context_.rows->Find(name)};
}

std::string Findings::Begin(const Subject& subject) const {
  const uint64_t rows = subject.values == nullptr ? 0 : subject.values->rows;
  if (context_.rows->rows() == 1) return subject.name + ":";
  return rows == context_.rows->rows()
             ? fmt::format("{}: in all {},", subject.name, rows)
             : fmt::format("{}: in {} of {},", subject.name, rows, context_.rows->rows());
}

// ---------------------------------------------------------------- the walk

void Findings::AddClause(const Expr& expr, bool negated) {
  if (context_.holds_for_some != nullptr && context_.holds_for_some->count(&expr) > 0) return;
  switch (expr.kind) {
    case ExprKind::kNot:
      return AddClause(*expr.arguments[0], !negated);
    case ExprKind::kAnd:
    case ExprKind::kOr:
    case ExprKind::kXor:
      for (const plan::ExprPtr& argument : expr.arguments) AddClause(*argument, negated);
      return;
    case ExprKind::kMatch:
    case ExprKind::kMatchAny:
      return AddMatch(expr, negated);
    case ExprKind::kTerm:
      return AddTerm(expr, negated);
    case ExprKind::kTimeRange:
      return AddTimeRange(expr);
    case ExprKind::kTupleIn:
      return AddRows(expr, negated);
    case ExprKind::kCompare:
    case ExprKind::kIn:
      return AddComparison(expr, negated);
    case ExprKind::kCall:
      return AddCall(expr, negated);
    case ExprKind::kLiteral:
      return Add(Kind::kClause, "", expr.span, fmt::format("{} never holds", Shown(expr)));
    default:
      if (!AddMissingOf(expr)) {
        Add(Kind::kClause, "", expr.span, fmt::format("{} is true of no row", Shown(expr)));
      }
  }
}

// ---------------------------------------------------------------- terms of the search command

void Findings::AddMatch(const Expr& expr, bool negated) {
  const Subject subject = SubjectOf(expr.field);
  const CompareOp op = negated ? Opposite(expr.op) : expr.op;
  if (context_.base && IsFeedName(subject.name) && op == CompareOp::kEqual) {
    return AddFeed(expr, subject);
  }
  if (subject.values == nullptr) {
    const bool not_equal = expr.op == CompareOp::kNotEqual && !negated;
    return AddMissing(subject.name, expr.span,
                      not_equal ? "!= needs the field, NOT does without it" : "");
  }
  std::vector<std::string> wanted;
  for (const plan::Pattern& pattern : expr.patterns) wanted.push_back(pattern.text);
  if (op == CompareOp::kEqual) {
    const bool exact = expr.patterns.front().exact_case;
    return AddNoneEquals(subject, wanted, exact ? Comparison::kEval : Comparison::kSearch,
                         expr.span);
  }
  if (op == CompareOp::kNotEqual) {
    return AddAllAre(subject, fmt::format("{}", fmt::join(wanted, ", ")), expr.span);
  }
  AddOrder(subject, op, Value::Text(wanted.front()), expr.span);
}

// The names that the feed has are few, and worth more than one that is near.
void Findings::AddFeed(const Expr& expr, const Subject& subject) {
  std::vector<std::string> wanted;
  for (const plan::Pattern& pattern : expr.patterns) wanted.push_back(pattern.text);
  const std::string asked = fmt::format("{}={}", subject.name, fmt::join(wanted, ", "));
  std::string text =
      subject.values == nullptr
          ? fmt::format("{}: no event has a {}", asked, subject.name)
          : fmt::format("{}: not in the feed, which has {}", asked, Frequent(*subject.values));
  if (subject.name == "sourcetype" && subject.values == nullptr) {
    text += "; --sourcetype gives events one";
  }
  Add(Kind::kFeed, subject.name, expr.span, std::move(text));
}

void Findings::AddTerm(const Expr& expr, bool negated) {
  const std::string& text = expr.patterns.front().text;
  if (negated) {
    return Add(Kind::kText, "_raw", expr.span,
               fmt::format("{}: in the text of every event", ShownQuoted(text)));
  }
  std::string line = fmt::format("{}: in the text of no event", ShownQuoted(text));
  const std::string hint = HintForTerm(text, expr.term, *context_.events);
  if (!hint.empty()) line += "; " + hint;
  Add(Kind::kText, "_raw", expr.span, std::move(line));
}

void Findings::AddTimeRange(const Expr& expr) {
  const FieldValues* times = context_.events->Find("_time");
  std::string line;
  const std::pair<std::string_view, const std::string&> ends[] = {{"earliest", expr.earliest},
                                                                  {"latest", expr.latest}};
  for (const auto& [name, end] : ends) {
    if (end.empty()) continue;
    const std::optional<Number> instant = ParseNumber(end);
    line += fmt::format("{}{}={}", line.empty() ? "" : " ", name,
                        instant ? InstantText(instant->value, context_.zone) : ShownQuoted(end));
  }
  line += ": ";
  const bool relative = IsRelativeTime(expr.earliest) || IsRelativeTime(expr.latest);
  if (times == nullptr || times->numbers == 0) {
    line += "no event has a time; --time-field names the member with it";
  } else {
    line += fmt::format("the events are from {} to {}", InstantText(times->least, context_.zone),
                        InstantText(times->greatest, context_.zone));
    if (relative) line += "; --now data counts relative times from the newest event";
  }
  Add(Kind::kTimeRange, "_time", expr.span, std::move(line));
}

void Findings::AddSubsearch(const FieldProfile& rows, Span span) {
  if (rows.rows() == 0) {
    return Add(Kind::kSubsearch, "", span, "the subsearch gave no rows, and no rows match nothing");
  }
  for (const std::string_view name : rows.names()) {
    const FieldValues& theirs = *rows.Find(name);
    std::vector<std::string> wanted;
    for (const auto& [value, count] : theirs.values) wanted.push_back(value);
    if (name == "search" && theirs.values.size() == 1 && wanted.front() == "NOT ( )") {
      Add(Kind::kSubsearch, "", span, "the subsearch gave no rows, and no rows match nothing");
    } else if (name == "search" || name == "query") {
      Add(Kind::kSubsearch, name, span, fmt::format("the subsearch asks for {}", Frequent(theirs)));
    } else if (const FieldValues* ours = context_.rows->Find(name)) {
      AddNoneEquals({std::string(name), ours}, wanted, Comparison::kSearch, span);
    } else if (name.front() != '_') {
      AddMissing(name, span, "the subsearch asks for it");
    }
  }
}

void Findings::AddRows(const Expr& expr, bool negated) {
  if (expr.rows.empty()) {
    return Add(Kind::kSubsearch, "", expr.span,
               "the subsearch gave no rows, and no rows match nothing");
  }
  for (size_t f = 0; f < expr.row_fields.size() && !negated; ++f) {
    const Subject subject = SubjectOf(expr.row_fields[f]);
    if (subject.values == nullptr) {
      AddMissing(subject.name, expr.span, "the subsearch asks for it");
      continue;
    }
    std::vector<std::string> wanted;
    for (const std::vector<std::string>& row : expr.rows) wanted.push_back(row[f]);
    AddNoneEquals(subject, wanted, Comparison::kSearch, expr.span);
  }
}

// "; UtcTime is …": what a computed operand reads.
std::string Findings::ValuesOf(const Expr& expr) const {
  plan::FieldSet fields;
  plan::CollectFields(expr, &fields);
  std::string out;
  for (const Field field : fields.fields()) {
    const Subject subject = SubjectOf(field);
    if (subject.values == nullptr || field.hidden()) continue;
    out += fmt::format("; {} is {}", subject.name, Frequent(*subject.values));
  }
  return out;
}

// ---------------------------------------------------------------- expressions

void Findings::AddConstants(const Expr& expr) {
  Add(Kind::kHint, "", expr.span, fmt::format("{}: {}", Shown(expr), kConstantsHint));
}

void Findings::AddComparison(const Expr& expr, bool negated) {
  const Expr* left = expr.arguments[0].get();
  CompareOp op = expr.kind == ExprKind::kIn ? CompareOp::kEqual : expr.op;
  std::vector<const Expr*> right;
  for (size_t i = 1; i < expr.arguments.size(); ++i) right.push_back(expr.arguments[i].get());
  if (left->kind == ExprKind::kLiteral && right.size() == 1) {
    if (right[0]->kind == ExprKind::kLiteral) return AddConstants(expr);
    std::swap(left, right[0]);
    op = Turned(op);
  }
  if (negated) op = Opposite(op);
  const Subject subject = SubjectOf(*left);
  if (subject.values == nullptr && AddDotted(*left)) return;
  if (subject.values == nullptr) {
    if (left->kind == ExprKind::kField) {
      AddMissing(subject.name, left->span, kNullHint);
    } else if (!AddMissingOf(*left)) {
      Add(Kind::kClause, "", left->span,
          fmt::format("{}: null in every row{}", subject.name, ValuesOf(*left)));
    }
    return;
  }
  std::vector<std::string> wanted;
  for (const Expr* each : right) {
    if (const std::optional<std::string> text = LiteralText(*each)) {
      wanted.push_back(*text);
    } else if (each->kind == ExprKind::kField && SubjectOf(*each).values == nullptr) {
      const std::string_view name = each->field.name();
      const bool made = context_.origins != nullptr && !context_.origins->MadeBy(name).by.empty();
      AddMissing(name, each->span, made ? std::string(kNullHint) : HintForBareWord(name));
    } else if (!AddMissingOf(*each)) {
      const Subject other = SubjectOf(*each);
      if (other.values == nullptr || subject.values == nullptr) continue;
      Add(Kind::kNoneFits, subject.name, expr.span,
          fmt::format(
              "{} never holds: {} is {}, {} is {}{}", Shown(expr), subject.name,
              Frequent(*subject.values), other.name, Frequent(*other.values),
              ReadsClock(*each) ? "; --now data takes the newest event's time for now" : ""));
    }
  }
  if (wanted.empty()) return;
  if (op == CompareOp::kEqual) return AddNoneEquals(subject, wanted, Comparison::kEval, expr.span);
  if (op == CompareOp::kNotEqual) {
    return AddAllAre(subject, fmt::format("{}", fmt::join(wanted, ", ")), expr.span);
  }
  for (const Expr* each : right) {
    if (each->kind == ExprKind::kLiteral) {
      AddOrder(subject, op, each->literal.value(), expr.span);
    }
  }
}

void Findings::AddCall(const Expr& expr, bool negated) {
  const std::string_view name = expr.function->name;
  if (name == "like") return AddPattern(expr, Comparison::kLike, negated);
  if (name == "match") return AddPattern(expr, Comparison::kRegex, negated);
  if (name == "isnotnull" || name == "isnull") {
    const bool must_be_there = (name == "isnotnull") != negated;
    const Subject subject = SubjectOf(*expr.arguments[0]);
    if (must_be_there && subject.values == nullptr) {
      if (expr.arguments[0]->kind == ExprKind::kField) return AddMissing(subject.name, expr.span);
      if (AddMissingOf(*expr.arguments[0])) return;
    }
    if (!must_be_there && subject.values != nullptr) {
      return Add(Kind::kNoneFits, subject.name, expr.span,
                 fmt::format("{} in every row", Begin(subject)));
    }
  }
  if (name == "in") return AddComparison(expr, negated);
  if (AddMissingOf(expr)) return;
  for (const plan::ExprPtr& argument : expr.arguments) {
    const Subject subject = SubjectOf(*argument);
    if (subject.values == nullptr) continue;
    Add(Kind::kNoneFits, subject.name, expr.span,
        fmt::format("{} {} is {}true of none; it has {}", Begin(subject), Shown(expr),
                    negated ? "un" : "", Frequent(*subject.values)));
    const std::string hint = HintForCall(expr, *subject.values);
    if (!hint.empty()) Add(Kind::kHint, subject.name, expr.span, hint);
    return;
  }
  Add(Kind::kClause, "", expr.span, fmt::format("{} is true of no row", Shown(expr)));
}

// like() and match(): the subject, then the pattern.
void Findings::AddPattern(const Expr& expr, Comparison comparison, bool negated) {
  const Expr& operand = *expr.arguments[0];
  const Subject subject = SubjectOf(operand);
  const std::optional<std::string> pattern = LiteralText(*expr.arguments[1]);
  const std::string hint = pattern ? HintForPattern(*pattern, comparison) : "";
  if (subject.values == nullptr) {
    if (operand.kind == ExprKind::kField) {
      AddMissing(subject.name, operand.span, kNullHint);
    } else if (operand.kind == ExprKind::kLiteral) {
      AddConstants(expr);
    } else {
      AddMissingOf(operand);
    }
    if (!hint.empty() && std::none_of(findings_.begin(), findings_.end(), IsHint)) {
      Add(Kind::kHint, subject.name, expr.span, hint);
    }
    return;
  }
  if (negated) return AddAllAre(subject, Shown(expr), expr.span);
  if (!pattern) {
    if (!AddMissingOf(*expr.arguments[1])) {
      Add(Kind::kNoneFits, subject.name, expr.span,
          fmt::format("{} none fits {}", Begin(subject), Shown(*expr.arguments[1])));
    }
    return;
  }
  AddNoneEquals(subject, {*pattern}, comparison, expr.span);
}

// ---------------------------------------------------------------- values that do not fit

// What some rows meet stands in nobody's way by itself.
void Findings::AddNoneEquals(const Subject& subject, const std::vector<std::string>& wanted,
                             Comparison comparison, Span span) {
  for (const std::string& each : wanted) {
    if (AnyMeets(each, comparison, *subject.values)) return;
  }
  for (Group& group : groups_) {
    if (group.subject.name != subject.name || group.comparison != comparison) continue;
    group.wanted.insert(group.wanted.end(), wanted.begin(), wanted.end());
    return;
  }
  if (findings_.size() >= kMostFindings) return;
  groups_.push_back({findings_.size(), subject, comparison, wanted});
  WhyFinding& finding = findings_.emplace_back();
  finding.kind = Kind::kNoneFits;
  finding.field = subject.name;
  finding.rows = subject.values->rows;
  finding.offset = span.begin;
  finding.length = span.size();
}

std::string Findings::Told(const Group& group, WhyFinding* finding) const {
  constexpr size_t kShown = 3;
  constexpr size_t kCompared = 50;
  const std::vector<std::string>& wanted = group.wanted;
  const Comparison comparison = group.comparison;
  const FieldValues& values = *group.subject.values;
  std::optional<Nearest> nearest;
  size_t nearest_to = 0;
  for (size_t i = 0; i < wanted.size() && i < kCompared; ++i) {
    std::optional<Nearest> found = FindNearest(wanted[i], comparison, values);
    if (!found || (nearest && found->difference >= nearest->difference)) continue;
    nearest = std::move(found);
    nearest_to = i;
  }
  std::string asked;
  for (size_t i = 0; i < wanted.size() && i < kShown; ++i) {
    asked += (i > 0 ? ", " : "") + ShownQuoted(wanted[i]);
  }
  if (wanted.size() > kShown) asked += fmt::format(" and {} more", wanted.size() - kShown);
  const bool whole = comparison == Comparison::kSearch || comparison == Comparison::kEval;
  std::string line =
      fmt::format("{} none {} {}", Begin(group.subject), whole ? "equals" : "matches", asked);
  std::string hint;
  if (nearest) {
    line += fmt::format(" (nearest: {})", ShownValue(nearest->value));
    hint = HintFor(group.subject.name, wanted[nearest_to], comparison, nearest->difference);
    finding->nearest = nearest->value;
  } else if (!values.values.empty()) {
    line += fmt::format("; {} {}", values.rows == 1 ? "it is" : "values are", Frequent(values));
  }
  for (size_t i = 0; i < wanted.size() && hint.empty(); ++i) {
    hint = HintForPattern(wanted[i], comparison);
  }
  const std::string_view name = group.subject.name;
  if (context_.event_class && (name == "eventtype" || name == "tag" || name.starts_with("tag::"))) {
    hint = context_.event_class(name, wanted.front());
  }
  if (wanted.front().starts_with('~'))
    hint = "=~ is no operator: | regex and match() have patterns";
  if (!hint.empty()) line += "; " + hint;
  if (!whole && values.multi == values.rows) line += fmt::format("; {}", kMultiHint);
  return line;
}

void Findings::AddOrder(const Subject& subject, CompareOp op, const Value& bound, Span span) {
  const FieldValues& values = *subject.values;
  std::string line = fmt::format("{} none is {} {}", Begin(subject), Spelling(op),
                                 NumberOf(bound) ? TextOf(bound) : ShownQuoted(TextOf(bound)));
  if (values.numbers > 0) {
    char least[kNumberText];
    char greatest[kNumberText];
    line += values.least == values.greatest
                ? fmt::format("; it is {}", FormatDouble(values.least, least))
                : fmt::format("; they are {} to {}", FormatDouble(values.least, least),
                              FormatDouble(values.greatest, greatest));
  } else {
    line += fmt::format("; {} {}", values.rows == 1 ? "it is" : "values are", Frequent(values));
  }
  const std::string hint = HintForOrder(subject.name, bound, values);
  if (!hint.empty()) line += "; " + hint;
  Add(Kind::kNoneFits, subject.name, span, std::move(line));
}

void Findings::AddAllAre(const Subject& subject, std::string_view what, Span span) {
  Add(Kind::kNoneFits, subject.name, span,
      fmt::format("{} {} is ruled out, and all are it ({})", Begin(subject),
                  what.empty() ? "\"\"" : ShownValue(what), Frequent(*subject.values)));
}

}  // namespace spelk::engine
