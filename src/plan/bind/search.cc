// Binding of search terms: comparisons, terms, time modifiers, the special names of a base search.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <list>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "plan/bind/binder.h"
#include "plan/services.h"
#include "plan/time_terms.h"
#include "syntax/unescape.h"

namespace spelk::plan {
namespace {

// What ApplyBaseName knows.
constexpr std::array<std::string_view, 5> kBaseNames = {
    "index", "splunk_server", "splunk_server_group", "sourcetype", "source"};

template <size_t N>
bool IsOneOf(std::string_view name, const std::array<std::string_view, N>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool IsTimeModifier(std::string_view name) {
  return name == kTimeFormatName || FindTimeTerm(name) != nullptr;
}

// Gives all of an expression one place. False if it holds a subsearch, which has places of its own.
bool SetSpans(Expr* expr, Span span) {
  if (expr->kind == ExprKind::kSubsearch) return false;
  expr->span = span;
  return std::all_of(expr->arguments.begin(), expr->arguments.end(),
                     [span](ExprPtr& argument) { return SetSpans(argument.get(), span); });
}

// Gives a kMatch or kMatchAny of a base search the meaning that index=, splunk_server=, sourcetype=
// and source= have there; `negated`: it stands under an odd number of NOTs.
void ApplyBaseName(bool negated, Expr* match) {
  const std::string_view name = match->field.name();
  if (name == "index" || name == "splunk_server" || name == "splunk_server_group") {
    // The value that keeps the event: under an odd number of NOTs the comparison must be false.
    match->unset = negated ? Unset::kFalse : Unset::kTrue;
    if (name == "index") match->field = hidden::kIndex;
    return;
  }
  const bool equality = match->kind == ExprKind::kMatchAny || match->op == CompareOp::kEqual ||
                        match->op == CompareOp::kNotEqual;
  if (name == "sourcetype" && equality) match->field = hidden::kSourcetypes;
  if (name == "source" && equality) match->field = hidden::kSources;
  match->all_names = match->field.hidden();
}

// hosttag=x and eventtypetag=x are tags of one field.
std::string_view FieldOfTerm(std::string_view name) {
  if (name == "eventtypetag") return "tag::eventtype";
  if (name == "hosttag") return "tag::host";
  return name;
}

// `host::web-1`: what metadata has that value. Nothing for other words.
std::optional<std::pair<std::string_view, std::string_view>> MetadataTerm(std::string_view word) {
  constexpr std::array<std::string_view, 4> kNames = {"host", "source", "sourcetype", "index"};
  const size_t colons = word.find("::");
  if (colons == std::string_view::npos || colons + 2 == word.size()) return std::nullopt;
  const std::string_view name = word.substr(0, colons);
  if (!IsOneOf(name, kNames)) return std::nullopt;
  return std::pair(name, word.substr(colons + 2));
}

// `starttimeu::1700000000`, an older way to write a time modifier, as the comparison that it is.
// Nothing for other terms.
std::optional<ast::SearchComparison> OlderTime(const ast::SearchExpr& search) {
  const auto* term = std::get_if<ast::SearchTerm>(&search.node);
  if (term == nullptr || term->kind != ast::TermKind::kWord) return std::nullopt;
  const std::string& word = term->text.text;
  const size_t colons = word.find("::");
  if (colons == std::string::npos) return std::nullopt;
  const std::string name = word.substr(0, colons);
  if (!IsTimeModifier(name) && !IsRefusedTimeTerm(name)) return std::nullopt;
  ast::SearchComparison time;
  time.field.text = name;
  time.field.span = {search.span.begin, search.span.begin + static_cast<uint32_t>(colons)};
  ast::Name value;
  value.text = word.substr(colons + 2);
  value.span = {time.field.span.end + 2, search.span.end};
  time.value.span = value.span;
  time.value.value = std::move(value);
  return time;
}

bool HoldsSubsearch(const ast::SearchValue& value) {
  return std::holds_alternative<ast::PipelinePtr>(value.value);
}

}  // namespace

bool IsSpecialName(std::string_view name, bool base) {
  if (IsTimeModifier(name) || IsRefusedTimeTerm(name)) return true;
  return base && IsOneOf(name, kBaseNames);
}

// Binds one search expression; `negated` follows the NOTs down.
class SearchBinder {
 public:
  SearchBinder(Binder& binder, bool base) : binder_(binder), base_(base) {}

  absl::StatusOr<ExprPtr> Bind(const ast::SearchExpr& search, bool negated) {
    if (const auto* all = std::get_if<ast::SearchAnd>(&search.node)) return BindAnd(*all, negated);
    if (const auto* any = std::get_if<ast::SearchOr>(&search.node)) {
      std::vector<ExprPtr> operands;
      for (const ast::SearchExpr& operand : any->operands) {
        SPELK_ASSIGN_OR_RETURN(ExprPtr bound, Bind(operand, negated));
        operands.push_back(std::move(bound));
      }
      return MakeLogical(ExprKind::kOr, std::move(operands));
    }
    if (const auto* none = std::get_if<ast::SearchNot>(&search.node)) {
      SPELK_ASSIGN_OR_RETURN(ExprPtr operand, Bind(*none->operand, !negated));
      return MakeNot(std::move(operand));
    }
    if (const auto* comparison = std::get_if<ast::SearchComparison>(&search.node)) {
      return BindComparison(*comparison, search.span, negated);
    }
    if (const auto* in = std::get_if<ast::SearchIn>(&search.node))
      return BindIn(*in, search.span, negated);
    if (const auto time = OlderTime(search)) return BindComparison(*time, search.span, negated);
    if (const auto* term = std::get_if<ast::SearchTerm>(&search.node))
      return BindTerm(*term, search.span, negated);
    if (const auto* sub = std::get_if<ast::SearchSubsearch>(&search.node)) {
      return BindSubsearch(*sub->pipeline, search.span, negated);
    }
    return UnknownMacro(std::get<ast::MacroCall>(search.node), search.span);
  }

 private:
  absl::Status UnknownMacro(const ast::MacroCall& macro, Span span) {
    return binder_.Error(
        ErrorCode::kUnknownMacro, span,
        fmt::format("the search specifies a macro '{}' that cannot be found", macro.name.text));
  }

  absl::StatusOr<std::string> ValueText(const ast::SearchValue& value) {
    SPELK_CHECK(!HoldsSubsearch(value));  // Those are spliced.
    if (const auto* macro = std::get_if<ast::MacroCall>(&value.value)) {
      return UnknownMacro(*macro, value.span);
    }
    return std::get<ast::Name>(value.value).text;
  }

  std::unique_ptr<Expr> NewSubstituted(Span span, bool negated) {
    auto expr = std::make_unique<Expr>();
    expr->kind = ExprKind::kSubstituted;
    expr->type = Type::kBoolean;
    expr->span = span;
    expr->negated_scope = negated;
    expr->base_scope = base_;
    expr->texts.emplace_back();
    return expr;
  }

  absl::Status AddSubstitutedValue(const ast::SearchValue& value, Expr* spliced) {
    const auto* pipeline = std::get_if<ast::PipelinePtr>(&value.value);
    if (pipeline == nullptr) {
      SPELK_ASSIGN_OR_RETURN(const std::string text, ValueText(value));
      const std::string quoted = syntax::Quote(text);
      spliced->texts.back() += value.exact_case ? "CASE(" + quoted + ")" : quoted;
      return absl::OkStatus();
    }
    SPELK_ASSIGN_OR_RETURN(NodePtr plan, binder_.ValueSubsearch(**pipeline, value.span));
    auto part = std::make_unique<Expr>();
    part->kind = ExprKind::kSubsearch;
    part->span = value.span;
    part->plan = std::move(plan);
    spliced->arguments.push_back(std::move(part));
    spliced->texts.emplace_back();
    return absl::OkStatus();
  }

  // name=[ … ]: the subsearch's text is a part of the comparison's.
  absl::Status AddSubstitutedComparison(const ast::SearchComparison& comparison, Expr* spliced) {
    std::string& text = spliced->texts.back();
    if (!text.empty()) text += ' ';
    text += syntax::Quote(comparison.field.text);
    text += Spelling(comparison.op);
    return AddSubstitutedValue(comparison.value, spliced);
  }

  std::unique_ptr<Expr> NewMatch(ExprKind kind, const ast::Name& field, Span span) {
    auto expr = std::make_unique<Expr>();
    expr->kind = kind;
    expr->type = Type::kBoolean;
    expr->span = span;
    expr->field = binder_.Intern(FieldOfTerm(field.text));
    return expr;
  }

  absl::Status RefuseSavedSearch(const ast::Name& field) {
    if (field.text != "savedsearch" && field.text != "savedsplunk") return absl::OkStatus();
    return binder_.Error(ErrorCode::kUnbuiltOption, field.span,
                         fmt::format("the search term '{}' takes one saved search", field.text),
                         {fmt::format("write {}=NAME for each", field.text)});
  }

  // A search for an event type that nobody defines would find nothing, and look as if there were
  // nothing. Of tags that is said: data models ask for those that no add-on here gives.
  absl::Status CheckClass(const Expr& match, Span span) {
    const std::string_view name = match.field.name();
    const bool type = name == "eventtype";
    const bool tag = name == "tag" || name.starts_with("tag::");
    const EventClasses* classes = binder_.services().classes;
    if (!base_ || classes == nullptr || (!type && !tag)) return absl::OkStatus();
    const std::string_view field = name.starts_with("tag::") ? name.substr(5) : "";
    for (const Pattern& pattern : match.patterns) {
      if (pattern.text.find_first_not_of('*') == std::string::npos) continue;
      const bool known =
          type ? classes->HasEventType(pattern.text) : classes->HasTag(field, pattern.text);
      if (known) continue;
      if (type) {
        return binder_.Error(ErrorCode::kUnknownMacro, span,
                             fmt::format("nobody defines the event type '{}'", pattern.text),
                             {"event types come from the eventtypes.conf of --app",
                              "a field eventtype that events have themselves is searched by | "
                              "search eventtype=…"});
      }
      binder_.Warn(ErrorCode::kUndefinedClass, span,
                   fmt::format("no app defines the tag '{}': only events that have it as their own "
                               "field {} are found",
                               pattern.text, name),
                   {"tags come from the tags.conf of --app"});
    }
    return absl::OkStatus();
  }

  absl::StatusOr<ExprPtr> BindComparison(const ast::SearchComparison& comparison, Span span,
                                         bool negated) {
    if (IsTimeModifier(comparison.field.text)) {
      return BindTimes({&comparison}, span, negated);
    }
    if (IsRefusedTimeTerm(comparison.field.text)) {
      return binder_.Error(
          ErrorCode::kUnbuiltOption, comparison.field.span,
          fmt::format("the time modifier '{}' is not built yet", comparison.field.text),
          {"use earliest= and latest="});
    }
    if (HoldsSubsearch(comparison.value)) {
      auto spliced = NewSubstituted(span, negated);
      SPELK_RETURN_IF_ERROR(AddSubstitutedComparison(comparison, spliced.get()));
      return spliced;
    }
    SPELK_RETURN_IF_ERROR(RefuseSavedSearch(comparison.field));
    SPELK_ASSIGN_OR_RETURN(std::string text, ValueText(comparison.value));
    auto expr = NewMatch(ExprKind::kMatch, comparison.field, span);
    expr->op = comparison.op;
    expr->patterns.push_back({std::move(text), comparison.value.exact_case});
    SPELK_RETURN_IF_ERROR(CheckClass(*expr, span));
    if (base_) ApplyBaseName(negated, expr.get());
    return expr;
  }

  absl::StatusOr<ExprPtr> BindSubstitutedIn(const ast::SearchIn& in, Span span, bool negated) {
    auto spliced = NewSubstituted(span, negated != in.negated);
    spliced->texts.back() = syntax::Quote(in.field.text) + " IN (";
    for (size_t i = 0; i < in.values.size(); ++i) {
      if (i > 0) spliced->texts.back() += ", ";
      SPELK_RETURN_IF_ERROR(AddSubstitutedValue(in.values[i], spliced.get()));
    }
    spliced->texts.back() += ')';
    if (!in.negated) return spliced;
    return MakeNot(std::move(spliced));
  }

  absl::StatusOr<ExprPtr> BindIn(const ast::SearchIn& in, Span span, bool negated) {
    if (std::any_of(in.values.begin(), in.values.end(), HoldsSubsearch)) {
      return BindSubstitutedIn(in, span, negated);
    }
    SPELK_RETURN_IF_ERROR(RefuseSavedSearch(in.field));
    auto expr = NewMatch(ExprKind::kMatchAny, in.field, span);
    for (const ast::SearchValue& value : in.values) {
      SPELK_ASSIGN_OR_RETURN(std::string text, ValueText(value));
      expr->patterns.push_back({std::move(text), value.exact_case});
    }
    SPELK_RETURN_IF_ERROR(CheckClass(*expr, span));
    if (base_) ApplyBaseName(negated != in.negated, expr.get());
    if (!in.negated) return expr;
    return MakeNot(std::move(expr));
  }

  absl::StatusOr<ExprPtr> BindTerm(const ast::SearchTerm& term, Span span, bool negated) {
    const auto metadata =
        term.kind == ast::TermKind::kWord ? MetadataTerm(term.text.text) : std::nullopt;
    if (metadata) {
      ast::Name name;
      name.text = metadata->first;
      auto match = NewMatch(ExprKind::kMatch, name, span);
      match->patterns.push_back({std::string(metadata->second), false});
      if (base_) ApplyBaseName(negated, match.get());
      return match;
    }
    // A lone `*` is every event.
    if (term.kind != ast::TermKind::kTerm && !term.text.text.empty() &&
        term.text.text.find_first_not_of('*') == std::string::npos) {
      return MakeBoolean(true);
    }
    auto expr = std::make_unique<Expr>();
    expr->kind = ExprKind::kTerm;
    expr->type = Type::kBoolean;
    expr->span = span;
    expr->field = binder_.Intern("_raw");
    expr->term = term.kind;
    expr->patterns.push_back({term.text.text, term.kind == ast::TermKind::kCase});
    return expr;
  }

  absl::StatusOr<ExprPtr> BindSubsearch(const ast::Pipeline& pipeline, Span span, bool negated) {
    SPELK_ASSIGN_OR_RETURN(NodePtr plan, binder_.Subsearch(pipeline));
    auto expr = std::make_unique<Expr>();
    expr->kind = ExprKind::kSubsearch;
    expr->type = Type::kBoolean;
    expr->span = span;
    expr->plan = std::move(plan);
    expr->as_terms = true;
    expr->negated_scope = negated;
    expr->base_scope = base_;
    return expr;
  }

  static std::string_view WordOf(const ast::SearchExpr& operand) {
    const auto* term = std::get_if<ast::SearchTerm>(&operand.node);
    return term != nullptr && term->kind == ast::TermKind::kWord ? term->text.text
                                                                 : std::string_view();
  }

  // What a word among terms was most likely meant to be: an operator (`a=1 or b=2`), a command
  // whose pipe is missing (`a=1 stats count`), a function (`isnull(a)`).
  std::string LikelyMeaning(const std::vector<ast::SearchExpr>& operands, size_t at) const {
    constexpr std::pair<std::string_view, std::string_view> kOperators[] = {
        {"and", "AND"}, {"or", "OR"}, {"not", "NOT"}};
    const std::string word(WordOf(operands[at]));
    if (word.empty()) return "";
    for (const auto& [lower, upper] : kOperators) {
      if (word == lower) return fmt::format("the operator is {}, in upper case", upper);
    }
    if (at + 1 == operands.size()) return "";
    const plan::Registry& entries = binder_.entries();
    const Span span = operands[at].span;
    if (binder_.TextOf({span.begin, span.end + 1}).ends_with('(')) {
      return entries.Function(word) == nullptr ? "" : "functions stand in where and eval";
    }
    double number = 0;
    const bool by = WordOf(operands[at + 1]) == "by";
    if (by && entries.Aggregate(word, &number) != nullptr) {
      return fmt::format("statistics belong to a command: stats {} by …", word);
    }
    if (at > 0 && entries.Find(word) != nullptr) {
      return fmt::format("the command {} needs a pipe before it", word);
    }
    return "";
  }

  // Once in a row of terms; what follows is most likely part of the same mistake.
  void WarnOfWords(const std::vector<ast::SearchExpr>& operands) {
    for (size_t at = 0; operands.size() > 1 && at < operands.size(); ++at) {
      std::string meaning = LikelyMeaning(operands, at);
      if (meaning.empty()) continue;
      binder_.Warn(ErrorCode::kOperatorAsTerm, operands[at].span,
                   fmt::format("'{}' is a word to look for here", WordOf(operands[at])),
                   {std::move(meaning)});
      return;
    }
  }

  // `EventID in [1, 3]`: before a bracket the word is the operator in upper case only.
  absl::Status RefuseListAfterIn(const std::vector<ast::SearchExpr>& operands) {
    for (size_t at = 2; at < operands.size(); ++at) {
      const auto* subsearch = std::get_if<ast::SearchSubsearch>(&operands[at].node);
      if (subsearch == nullptr || WordOf(operands[at - 1]) != "in") continue;
      SPELK_RETURN_IF_ERROR(binder_.RefuseValueList(*subsearch->pipeline, operands[at].span));
    }
    return absl::OkStatus();
  }

  // The time modifiers of one conjunction are one range.
  absl::StatusOr<ExprPtr> BindAnd(const ast::SearchAnd& all, bool negated) {
    std::vector<ExprPtr> operands;
    std::vector<const ast::SearchComparison*> times;
    std::list<ast::SearchComparison> older;
    Span span;
    WarnOfWords(all.operands);
    SPELK_RETURN_IF_ERROR(RefuseListAfterIn(all.operands));
    for (const ast::SearchExpr& operand : all.operands) {
      const auto* comparison = std::get_if<ast::SearchComparison>(&operand.node);
      if (auto time = OlderTime(operand)) {
        older.push_back(*std::move(time));
        comparison = &older.back();
      }
      if (comparison != nullptr && IsTimeModifier(comparison->field.text)) {
        times.push_back(comparison);
        span = Cover(span, operand.span);
        continue;
      }
      SPELK_ASSIGN_OR_RETURN(ExprPtr bound, Bind(operand, negated));
      operands.push_back(std::move(bound));
    }
    if (!times.empty()) {
      SPELK_ASSIGN_OR_RETURN(ExprPtr range, BindTimes(times, span, negated));
      operands.push_back(std::move(range));
    }
    return MakeLogical(ExprKind::kAnd, std::move(operands));
  }

  // The value of timeformat=, which says how starttime= and endtime= of the same conjunction read.
  absl::StatusOr<std::string> TimeFormatOf(const std::vector<const ast::SearchComparison*>& times) {
    for (const ast::SearchComparison* time : times) {
      if (time->field.text == kTimeFormatName) return ValueText(time->value);
    }
    return std::string();
  }

  absl::StatusOr<std::string> TimeBound(const TimeTerm& term, const std::string& text,
                                        const std::string& format, Span span) {
    std::optional<std::string> bound = TimeTermText(term, text, format);
    if (bound) return *std::move(bound);
    if (text.starts_with("rt") && format.empty()) {
      return binder_.Error(
          ErrorCode::kBadArgument, span,
          fmt::format("{}={} asks for a search in real time, which is not done here", term.name,
                      text),
          {"an option of the run waits for what is appended to the files: --follow"});
    }
    return binder_.Error(ErrorCode::kBadArgument, span,
                         fmt::format("invalid value \"{}\" for time term '{}'", text, term.name),
                         {TimeTermUsage(term, format)});
  }

  absl::StatusOr<ExprPtr> BindTimes(const std::vector<const ast::SearchComparison*>& times,
                                    Span span, bool negated) {
    if (std::any_of(times.begin(), times.end(),
                    [](const auto* time) { return HoldsSubsearch(time->value); })) {
      auto spliced = NewSubstituted(span, negated);
      for (const ast::SearchComparison* time : times) {
        SPELK_RETURN_IF_ERROR(AddSubstitutedComparison(*time, spliced.get()));
      }
      return spliced;
    }
    auto expr = std::make_unique<Expr>();
    expr->kind = ExprKind::kTimeRange;
    expr->type = Type::kBoolean;
    expr->span = span;
    expr->field = binder_.Intern("_time");
    SPELK_ASSIGN_OR_RETURN(const std::string format, TimeFormatOf(times));
    for (const ast::SearchComparison* time : times) {
      const TimeTerm* term = FindTimeTerm(time->field.text);
      if (term == nullptr) continue;  // timeformat=
      SPELK_ASSIGN_OR_RETURN(const std::string text, ValueText(time->value));
      SPELK_ASSIGN_OR_RETURN((term->lower ? expr->earliest : expr->latest),
                             TimeBound(*term, text, format, time->value.span));
      const bool fits = time->op == CompareOp::kEqual ||
                        time->op == (term->lower ? CompareOp::kGreaterEqual : CompareOp::kLess);
      if (!fits) {
        return binder_.Error(ErrorCode::kBadArgument, time->field.span,
                             fmt::format("write {}=…", time->field.text));
      }
    }
    if (expr->earliest.empty() && expr->latest.empty()) return MakeBoolean(true);
    return expr;
  }

  Binder& binder_;
  const bool base_;
};

absl::StatusOr<ExprPtr> Binder::SearchTerms(const ast::SearchExpr& search, bool base,
                                            bool negated) {
  return SearchBinder(*this, base).Bind(search, negated);
}

absl::StatusOr<ExprPtr> Binder::FilterIn(const ast::ArgumentOption& option) {
  const ast::Argument& value = *option.value;
  if (const auto* search = std::get_if<ast::ArgumentSearch>(&value.value)) {
    return SearchTerms(search->terms, false);
  }
  const auto* eval = std::get_if<ast::ArgumentExpression>(&value.value);
  if (eval != nullptr && eval->is_eval) return Predicate(*eval->expression);
  SPELK_ASSIGN_OR_RETURN(const std::string text, OptionText(option));
  return SearchText(text, value.span);
}

absl::StatusOr<ExprPtr> Binder::SearchText(std::string_view text, Span span) {
  const Source source("<search>", std::string(text));
  Diagnostics diagnostics;
  const auto fail = [&](std::string_view fallback) {
    return Error(ErrorCode::kBadArgument, span,
                 diagnostics.all().empty() ? fallback : diagnostics.all().front().message);
  };
  const absl::StatusOr<ast::SearchExpr> terms =
      ParseSearchTerms(source, entries_, SyntaxLimits(), diagnostics);
  if (!terms.ok()) return fail(MessageOf(terms.status()));
  Binder binder(source, entries_, fields_, diagnostics, services_);
  binder.command_ = command_;
  absl::StatusOr<ExprPtr> bound = binder.SearchTerms(*terms, false);
  if (!bound.ok()) return fail(MessageOf(bound.status()));
  if (!SetSpans(bound->get(), span)) return fail("a subsearch cannot stand in this text");
  return bound;
}

}  // namespace spelk::plan
