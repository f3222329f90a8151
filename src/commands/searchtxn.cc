// searchtxn: the transactions of a type that meet search terms.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>

#include "base/string_map.h"
#include "commands/all_rows.h"
#include "commands/transaction_type.h"
#include "plan/data_model.h"
#include "syntax/unescape.h"
#include "value/ascii.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

// ---------------------------------------------------------------- rows that values bind together

// Keeps the rows that have a mark and those that values of fields bind to them, directly or by
// other rows.
struct BoundRowsNode final : plan::Node {
  static constexpr std::string_view kName = "bound-rows";
  std::vector<Field> fields;
  Field mark;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kSink};
    flow.reads = plan::FieldSet::Of(fields);
    flow.reads.Add(mark);
    flow.writes.Clear();
    flow.results = false;
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("fields", fields);
    visit("mark", mark);
  }
};

class BoundRows final : public WholeSink {
 public:
  BoundRows(const BoundRowsNode& node, const exec::RunContext& run)
      : WholeSink("searchtxn", node, run), node_(node) {}

 private:
  absl::Status Make(AllRows& rows, const std::vector<Field>&, exec::Output& out) const override {
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * 2 * sizeof(size_t)));
    std::vector<size_t> parents(rows.size());
    std::iota(parents.begin(), parents.end(), size_t{0});
    for (const Field field : node_.fields) {
      SPELK_RETURN_IF_ERROR(BindSearchTxn(rows, field, parents));
    }
    std::vector<bool> marked(rows.size());
    for (size_t r = 0; r < rows.size(); ++r) {
      if (!rows.At(r, node_.mark).is_null()) marked[Root(r, parents)] = true;
    }
    std::vector<bool> kept(rows.size());
    for (size_t r = 0; r < rows.size(); ++r) kept[r] = marked[Root(r, parents)];
    return rows.Emit({}, &kept, out);
  }

  static absl::Status BindSearchTxn(AllRows& rows, Field field, std::vector<size_t>& parents) {
    StringMap<size_t> first;
    for (size_t r = 0; r < rows.size(); ++r) {
      const Value value = rows.At(r, field);
      if (value.is_null()) continue;
      for (const Value& each : value.each()) {
        char buffer[kNumberText];
        const std::string_view text = TextOf(each, buffer);
        const auto [known, is_new] = first.try_emplace(std::string(text), r);
        if (is_new) {
          constexpr size_t kFieldEntry = 64;
          SPELK_RETURN_IF_ERROR(rows.Reserve(text.size() + kFieldEntry));
        } else {
          parents[Root(r, parents)] = Root(known->second, parents);
        }
      }
    }
    return absl::OkStatus();
  }

  static size_t Root(size_t row, std::vector<size_t>& parents) {
    while (parents[row] != row) {
      parents[row] = parents[parents[row]];
      row = parents[row];
    }
    return row;
  }

  const BoundRowsNode& node_;
};

exec::OperatorPtr BuildSearchTxn(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<BoundRows>(plan::As<BoundRowsNode>(node), run);
}

// ---------------------------------------------------------------- binding

// The text after the command, word by word.
class SearchText {
 public:
  SearchText(std::string_view text, uint32_t begin) : text_(text), begin_(begin) { SkipBlanks(); }

  struct Word {
    std::string_view text;
    Span span;
  };
  // What stands up to the next blank.
  Word Peek() const {
    const size_t end = std::min(text_.find_first_of(kBlanks, at_), text_.size());
    return {text_.substr(at_, end - at_),
            {begin_ + static_cast<uint32_t>(at_), begin_ + static_cast<uint32_t>(end)}};
  }
  // A word, or what stands in quotes, without them.
  Word TakeName() {
    const size_t quote = text_.substr(at_).starts_with('"') ? text_.find('"', at_ + 1) : at_;
    if (quote == at_ || quote == std::string_view::npos) {
      const Word word = Peek();
      Skip(word.text.size());
      return word;
    }
    const Word name = {
        text_.substr(at_ + 1, quote - at_ - 1),
        {begin_ + static_cast<uint32_t>(at_), begin_ + static_cast<uint32_t>(quote) + 1}};
    Skip(quote + 1 - at_);
    return name;
  }
  void Skip(size_t count) {
    at_ += count;
    SkipBlanks();
  }
  std::string_view rest() const { return text_.substr(at_); }

 private:
  void SkipBlanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), text_.size()); }

  std::string_view text_;
  const uint32_t begin_;
  size_t at_ = 0;
};

absl::Status BadValue(std::string_view name, std::string_view value, std::string_view takes,
                      Span span, plan::Binder& binder) {
  return binder.Error(ErrorCode::kBadOptionValue, span,
                      fmt::format("option {} does not take \"{}\"", name, value),
                      {fmt::format("it takes {}", takes)});
}

struct Options {
  bool disjunct = true;
  bool events_only = false;
};

// True for an option, which is right, before the terms.
absl::StatusOr<bool> ReadOption(const SearchText::Word& word, plan::Binder& binder,
                                Options* options) {
  const size_t equals = word.text.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = word.text.substr(0, equals);
  const std::string_view value = word.text.substr(equals + 1);
  if (EqualsIgnoringCase(name, "max_terms") || EqualsIgnoringCase(name, "maxterms")) {
    int64_t terms = 0;
    const auto [at, error] = std::from_chars(value.data(), value.data() + value.size(), terms);
    const bool number = error == std::errc() && at == value.data() + value.size();
    if (number && terms >= 1 && terms <= 1000) return true;
    return BadValue(name, value, "a whole number from 1 to 1000", word.span, binder);
  }
  const bool disjunct = EqualsIgnoringCase(name, "use_disjunct");
  if (!disjunct && !EqualsIgnoringCase(name, "eventsonly")) return false;
  const std::optional<bool> flag = plan::ParseFlag(value);
  if (!flag) return BadValue(name, value, "true or false", word.span, binder);
  (disjunct ? options->disjunct : options->events_only) = *flag;
  return true;
}

// if(terms, 1, null()): the terms together, or each of them alone.
absl::StatusOr<plan::ExprPtr> MarkOf(std::string_view terms, bool disjunct, Span span,
                                     plan::Binder& binder) {
  SPELK_ASSIGN_OR_RETURN(plan::ExprPtr found, binder.SearchText(terms, span));
  if (disjunct) {
    found = plan::MakeLogical(plan::ExprKind::kOr, plan::SplitAnd(std::move(found)));
  }
  auto choice = std::make_unique<plan::Expr>();
  choice->kind = plan::ExprKind::kCall;
  choice->type = plan::Type::kNumber;
  choice->span = span;
  choice->function = binder.entries().Function("if");
  choice->arguments.push_back(std::move(found));
  choice->arguments.push_back(
      plan::MakeLiteral(plan::Literal::Number("1"), plan::Type::kNumber, span));
  choice->arguments.push_back(plan::MakeLiteral(plan::Literal::Null(), plan::Type::kAny, span));
  return choice;
}

// The events of transactions of which one event meets the terms.
absl::StatusOr<plan::NodePtr> BindEvents(std::string_view search, std::string_view terms,
                                         const plan::Stanzas::Settings& settings, bool disjunct,
                                         const ast::CommandCall& call, std::string_view label,
                                         plan::Binder& binder) {
  constexpr std::string_view kMark = "searchtxn mark";
  SPELK_ASSIGN_OR_RETURN(plan::NodePtr rows, binder.SearchIn(fmt::format("search {}", search),
                                                             call.span, std::string(label)));
  auto marks = plan::Make<plan::ExtendNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(plan::ExprPtr mark, MarkOf(terms, disjunct, call.span, binder));
  marks->assignments.push_back({binder.Intern(kMark), {}, {}, std::move(mark)});
  marks->input = std::move(rows);
  auto bound = plan::Make<BoundRowsNode>(call.span);
  for (const std::string& field : FieldsOfType(settings)) {
    bound->fields.push_back(binder.Intern(field));
  }
  bound->mark = binder.Intern(kMark);
  bound->input = std::move(marks);
  return binder.CommandsIn(fmt::format("| fields - \"{}\"", kMark), call.span, label,
                           std::move(bound));
}

absl::StatusOr<plan::NodePtr> BindSearchTxn(const ast::CommandCall& call, plan::Binder& binder) {
  const uint32_t begin = call.name.span.end;
  SearchText text(binder.TextOf({begin, call.span.end}), begin);
  const SearchText::Word type = text.TakeName();
  if (type.text.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "the name of a transaction type is missing",
                        {"write | searchtxn TYPE TERMS"});
  }
  SPELK_ASSIGN_OR_RETURN(const plan::Stanzas::Settings settings,
                         FindTransactionType(type.text, type.span, binder));
  Options options;
  while (true) {
    const SearchText::Word word = text.Peek();
    SPELK_ASSIGN_OR_RETURN(const bool is_option, ReadOption(word, binder, &options));
    if (!is_option) break;
    text.Skip(word.text.size());
  }
  if (text.rest().empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "the terms to look for in the transactions are missing",
                        {"write | searchtxn TYPE TERMS; * takes all transactions"});
  }
  const std::string label = fmt::format("transaction type {}", type.text);
  std::string terms(SettingOf(settings, "search"));
  if (binder.services().models != nullptr) {
    absl::StatusOr<std::string> expanded = binder.services().models->ExpandMacros(terms);
    if (!expanded.ok()) {
      return binder.Error(ErrorCode::kUnknownMacro, type.span,
                          fmt::format("{}: {}", label, MessageOf(expanded.status())));
    }
    terms = *std::move(expanded);
  }
  if (terms.empty()) terms = "*";
  const std::string transactions =
      fmt::format("| transaction name={} | search {}", syntax::Quote(type.text), text.rest());
  if (options.disjunct && !options.events_only) {
    return binder.SearchIn(fmt::format("search {} {}", terms, transactions), call.span, label);
  }
  SPELK_ASSIGN_OR_RETURN(plan::NodePtr events, BindEvents(terms, text.rest(), settings,
                                                          options.disjunct, call, label, binder));
  if (options.events_only) return events;
  return binder.CommandsIn(transactions, call.span, label, std::move(events));
}

constexpr Argument kSearchTxnArguments[] = {
    {.name = "type",
     .type = "text",
     .fallback = "",
     .summary = "A stanza of the transactiontypes.conf of an app."},
    {.name = "terms",
     .type = "search terms",
     .fallback = "",
     .summary = "What the transactions must meet, as search has it."},
    {.name = "max_terms",
     .type = "int, 1 to 1000",
     .fallback = "1000",
     .summary = "How many values Splunk follows; all are followed here.",
     .is_option = true,
     .no_effect = true},
    {.name = "use_disjunct",
     .type = "bool",
     .fallback = "true",
     .summary = "The terms may be met by different events of a transaction; false: one event meets "
                "all of them.",
     .is_option = true},
    {.name = "eventsonly",
     .type = "bool",
     .fallback = "false",
     .summary = "The events of the transactions, without transaction.",
     .is_option = true}};
constexpr std::string_view kSearchTxnNotes[] = {
    "the same as `search SETTING | transaction name=TYPE | search TERMS` with the setting search "
    "of the stanza",
    "options stand between the type and the terms",
    "use_disjunct=f and eventsonly=t begin with the events that meet the terms and take those that "
    "values of the type's fields bind to them"};
constexpr plan::NodeEntry kSearchTxnNodes[] = {{&plan::TypeOf<BoundRowsNode>, &BuildSearchTxn}};
constexpr Example kSearchTxnExamples[] = {
    {.title = "Sessions of a user",
     .input = R"({"_time":3,"id":1,"act":"out"} {"_time":2,"id":2,"user":"bob"})"
              R"( {"_time":1,"id":1,"user":"ana"})",
     .query = "| searchtxn session user=ana | table id user act duration transactiontype",
     .output = R"({"id":1,"user":"ana","act":"out","duration":2,"transactiontype":"session"})"},
};

}  // namespace

extern constexpr CommandEntry kSearchTxn = {
    .name = "searchtxn",
    .signature =
        "| searchtxn <type> [max_terms=<int>] [use_disjunct=<bool>] [eventsonly=<bool>] "
        "<terms>",
    .summary = "Gives the transactions of a transaction type that meet search terms.",
    .kind = CommandKind::kGenerating,
    .shape = {Shape::kSearch, kNoClauses},
    .arguments = kSearchTxnArguments,
    .notes = kSearchTxnNotes,
    .differs = "All values are followed, not max_terms of them.",
    .examples = kSearchTxnExamples,
    .nodes = kSearchTxnNodes,
    .bind = &BindSearchTxn,
};

}  // namespace spelk::commands
