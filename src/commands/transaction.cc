// transaction: groups events that belong together by their fields, their times, their first and
// last ones.
#include <fmt/format.h>

#include <cmath>

#include "commands/entry.h"
#include "commands/transaction_groups.h"
#include "commands/transaction_rows.h"
#include "commands/transaction_type.h"
#include "value/number.h"
#include "value/relative_time.h"

namespace spelk::commands {
namespace {

constexpr int64_t kMicrosOfSecond = 1'000'000;

struct TransactionNode final : plan::Node {
  static constexpr std::string_view kName = "transaction";
  std::vector<Field> by;
  plan::ExprPtr starts_with;        // Null: nothing marks the first event …
  plan::ExprPtr ends_with;          // … or the last.
  std::optional<int64_t> max_span;  // Microseconds.
  std::optional<int64_t> max_pause;
  std::optional<uint64_t> max_events;
  bool connected = true;
  bool unify_ends = true;
  bool keep_orphans = false;
  bool keep_evicted = false;
  uint64_t max_open = 0;
  uint64_t max_open_events = 0;
  bool open_by_limit = false;
  bool open_events_by_limit = false;
  bool all_lists = false;
  std::vector<std::string> lists;
  std::string null_text;
  bool raw_values = false;
  Field time;
  Field raw;
  std::vector<Field> made;  // What no event needs to have.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.reads = Conditions();
    flow.makes = made;
    return flow;
  }
  // What is read after it are values of the events, but for the fields that it makes.
  plan::FieldSet InputNeeds(const plan::FieldSet& needed) const override {
    plan::FieldSet needs = needed;
    for (const Field field : made) {
      const bool lines = field.name() == "linecount";
      if (needed.open() || (lines && needed.Has(field))) needs.Add(raw);
      needs.Remove(field);
    }
    needs.Add(Conditions());
    return needs;
  }
  plan::FieldSet Conditions() const {
    plan::FieldSet reads = plan::FieldSet::Of(by);
    reads.Add(time);
    if (starts_with != nullptr) plan::CollectFields(*starts_with, &reads);
    if (ends_with != nullptr) plan::CollectFields(*ends_with, &reads);
    return reads;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("by", by);
    visit.MayBeNull("startswith", starts_with);
    visit.MayBeNull("endswith", ends_with);
    visit("maxspan", max_span);
    visit("maxpause", max_pause);
    visit("maxevents", max_events);
    visit("connected", connected);
    visit("unifyends", unify_ends);
    visit("keeporphans", keep_orphans);
    visit("keepevicted", keep_evicted);
    visit("maxopentxn", max_open);
    visit("maxopenevents", max_open_events);
    visit.Unprinted("open_by_limit", open_by_limit);
    visit.Unprinted("open_events_by_limit", open_events_by_limit);
    visit("mvlist", all_lists);
    visit("lists", lists);
    visit("nullstr", null_text);
    visit("mvraw", raw_values);
    visit("time", time);
    visit("raw", raw);
    visit("made", made);
  }
};

// ---------------------------------------------------------------- running

struct TransactionState {
  std::unique_ptr<plan::Evaluator> starts_with;
  std::unique_ptr<plan::Evaluator> ends_with;
  std::unique_ptr<TransactionRows> rows;
  std::unique_ptr<TransactionGroups> groups;
  exec::Output* out = nullptr;  // Where transactions go that are closed now.
  std::optional<int64_t> last_time;
  bool warned = false;
};

class TransactionOperator final : public exec::Sequential<TransactionState> {
 public:
  TransactionOperator(const TransactionNode& node, const exec::RunContext& run)
      : by_(node.by),
        time_(node.time),
        keep_orphans_(node.keep_orphans),
        keep_evicted_(node.keep_evicted),
        open_by_limit_(node.open_by_limit),
        open_events_by_limit_(node.open_events_by_limit),
        run_(run) {
    if (node.starts_with != nullptr) starts_with_ = plan::Copy(*node.starts_with);
    if (node.ends_with != nullptr) ends_with_ = plan::Copy(*node.ends_with);
    rules_.fields = node.by.size();
    rules_.connected = node.connected;
    rules_.unify_ends = node.unify_ends;
    rules_.has_starts = starts_with_ != nullptr;
    rules_.has_ends = ends_with_ != nullptr;
    rules_.limits = {node.max_span, node.max_pause, node.max_events, node.max_open,
                     node.max_open_events};
    style_.all_lists = node.all_lists;
    style_.lists = node.lists;
    style_.null_text = node.null_text;
    style_.raw_values = node.raw_values;
  }

  absl::StatusOr<TransactionState> NewState() const override {
    TransactionState state;
    if (starts_with_ != nullptr) {
      SPELK_ASSIGN_OR_RETURN(state.starts_with,
                             plan::Evaluator::Make(*starts_with_, run_.evaluation));
    }
    if (ends_with_ != nullptr) {
      SPELK_ASSIGN_OR_RETURN(state.ends_with, plan::Evaluator::Make(*ends_with_, run_.evaluation));
    }
    state.rows = std::make_unique<TransactionRows>(style_, run_);
    return state;
  }

  absl::StatusOr<exec::Demand> Process(Batch batch, TransactionState& state,
                                       exec::Output& out) const override {
    if (batch.empty()) return exec::Demand::kMore;
    Start(state, out);
    SPELK_ASSIGN_OR_RETURN(Batch own, batch.Own(run_.budget, "transaction"));
    const auto kept = std::make_shared<const Batch>(std::move(own));
    Column starts;
    Column ends;
    if (state.starts_with != nullptr) {
      SPELK_RETURN_IF_ERROR(state.starts_with->Evaluate(*kept, &starts));
    }
    if (state.ends_with != nullptr) {
      SPELK_RETURN_IF_ERROR(state.ends_with->Evaluate(*kept, &ends));
    }
    for (size_t r = 0; r < kept->size(); ++r) {
      TransactionEvent event = EventOf(kept, static_cast<uint32_t>(kept->physical(r)));
      event.starts = state.starts_with != nullptr && IsTrue(starts, event.row);
      event.ends = state.ends_with != nullptr && IsTrue(ends, event.row);
      CheckOrder(event, state);
      TransactionEvent orphan;
      if (keep_orphans_) orphan = {event.batch, event.row, event.time, {}, false, false};
      SPELK_ASSIGN_OR_RETURN(const bool belongs, state.groups->Add(std::move(event)));
      if (belongs || !keep_orphans_) continue;
      SPELK_RETURN_IF_ERROR(state.rows->AddOrphan(orphan, out));
    }
    return out.enough() ? exec::Demand::kEnough : exec::Demand::kMore;
  }

  absl::Status Finish(TransactionState& state, exec::Output& out) const override {
    Start(state, out);
    SPELK_RETURN_IF_ERROR(state.groups->Finish());
    if (const uint64_t count = state.groups->crowded_out(); count > 0) {
      run_.warnings->Add(
          ErrorCode::kTruncated,
          fmt::format("transaction: {} open transaction{} given up to make room ({})", count,
                      count == 1 ? " was" : "s were", GivenUpBy(*state.groups)));
    }
    return state.rows->Flush(out);
  }

 private:
  void Start(TransactionState& state, exec::Output& out) const {
    state.out = &out;
    if (state.groups != nullptr) return;
    // The state may move before this, not after.
    TransactionState* self = &state;
    const bool keep_evicted = keep_evicted_;
    state.groups = std::make_unique<TransactionGroups>(
        rules_, run_.budget, [self, keep_evicted](Transaction transaction) {
          if (transaction.evicted && !keep_evicted) return absl::OkStatus();
          return self->rows->Add(std::move(transaction), *self->out);
        });
  }

  // The options or limits that left too little room.
  std::string GivenUpBy(const TransactionGroups& groups) const {
    const auto name = [](bool by_limit, const plan::Limit& limit) {
      return by_limit ? "limit " + plan::NameOf(limit) : std::string(limit.name);
    };
    std::string by;
    if (groups.too_many()) by = name(open_by_limit_, plan::kTransactionsMaxOpenTxn);
    if (groups.too_many_events()) {
      by +=
          (by.empty() ? "" : ", ") + name(open_events_by_limit_, plan::kTransactionsMaxOpenEvents);
    }
    return by;
  }

  static bool IsTrue(const Column& truths, uint32_t row) {
    return plan::TruthOf(truths.At(row)) == Truth::kTrue;
  }

  TransactionEvent EventOf(const std::shared_ptr<const Batch>& batch, uint32_t row) const {
    TransactionEvent event;
    event.batch = batch;
    event.row = row;
    if (const Column* times = batch->Find(time_)) {
      if (const auto time = NumberOf(times->At(row))) {
        event.time = std::llround(time->value * static_cast<double>(kMicrosOfSecond));
      }
    }
    event.keys.resize(by_.size());
    for (size_t i = 0; i < by_.size(); ++i) {
      const Column* column = batch->Find(by_[i]);
      if (column == nullptr) continue;
      const Value value = column->At(row);
      for (const Value& each : value.each()) event.keys[i].push_back(TextOf(each));
    }
    return event;
  }

  // Splunk needs the events in descending order of time, and so does every limit of time here.
  void CheckOrder(const TransactionEvent& event, TransactionState& state) const {
    if (!event.time) return;
    const bool wrong = state.last_time && *event.time > *state.last_time;
    state.last_time = event.time;
    if (!wrong || state.warned) return;
    state.warned = true;
    run_.warnings->Add(ErrorCode::kDiffers,
                       "transaction: the events do not come newest first; sort - _time before it");
  }

  const std::vector<Field> by_;
  const Field time_;
  const bool keep_orphans_;
  const bool keep_evicted_;
  const bool open_by_limit_;
  const bool open_events_by_limit_;
  const exec::RunContext& run_;
  plan::ExprPtr starts_with_;
  plan::ExprPtr ends_with_;
  TransactionRules rules_;
  TransactionStyle style_;
};

// ---------------------------------------------------------------- binding

// 30s, 5m, 12h, 1d, or seconds; a negative one is no limit.
absl::StatusOr<std::optional<int64_t>> BindTime(const ast::CommandCall& call, std::string_view name,
                                                plan::Binder& binder) {
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  if (option == nullptr) return std::optional<int64_t>();
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder.OptionText(*option));
  const size_t digits = std::min(text.find_first_not_of("-0123456789"), text.size());
  const std::optional<Number> number = ParseNumber(text.substr(0, digits));
  const std::string unit_text = text.substr(digits);
  const std::optional<TimeUnit> unit =
      unit_text.empty() ? TimeUnit::kSecond : ParseTimeUnit(unit_text);
  constexpr std::pair<TimeUnit, int64_t> kSeconds[] = {{TimeUnit::kSecond, 1},
                                                       {TimeUnit::kMinute, 60},
                                                       {TimeUnit::kHour, 3600},
                                                       {TimeUnit::kDay, 86400}};
  constexpr double kMost = 1e12;  // Seconds that microseconds hold.
  for (const auto& [each, seconds] : kSeconds) {
    if (!number || !unit || *unit != each) continue;
    const double total = number->value * static_cast<double>(seconds);
    if (total < 0) return std::optional<int64_t>();
    if (total < kMost) return std::optional<int64_t>(static_cast<int64_t>(total) * kMicrosOfSecond);
  }
  return binder.Error(ErrorCode::kBadOptionValue, option->value->span,
                      fmt::format("option {} does not take \"{}\"", name, text),
                      {"it takes a time such as 30s, 5m, 12h or 1d; -1 is no limit"});
}

absl::Status BindTransactionLists(const ast::CommandCall& call, plan::Binder& binder,
                                  TransactionNode* node) {
  const ast::ArgumentOption* option = binder.FindOption(call, "mvlist");
  if (option == nullptr) return absl::OkStatus();
  if (const auto* list = std::get_if<ast::ArgumentList>(&option->value->value)) {
    for (const ast::Name& item : list->items) node->lists.push_back(item.text);
    return absl::OkStatus();
  }
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder.OptionText(*option));
  if (const std::optional<bool> flag = plan::ParseFlag(text)) {
    node->all_lists = *flag;
    return absl::OkStatus();
  }
  constexpr std::string_view kBetween = " \t\r\n,";
  for (size_t at = text.find_first_not_of(kBetween); at != std::string::npos;) {
    const size_t end = std::min(text.find_first_of(kBetween, at), text.size());
    node->lists.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kBetween, end);
  }
  if (!node->lists.empty()) return absl::OkStatus();
  return binder.Error(ErrorCode::kBadOptionValue, option->value->span,
                      "option mvlist does not take \"\"", {"it takes true, false or fields"});
}

absl::Status BindFilter(const ast::CommandCall& call, std::string_view name, plan::Binder& binder,
                        plan::ExprPtr* filter) {
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  if (option == nullptr) return absl::OkStatus();
  SPELK_ASSIGN_OR_RETURN(*filter, binder.FilterIn(*option));
  return absl::OkStatus();
}

absl::Status BindLimits(const ast::CommandCall& call, plan::Binder& binder, TransactionNode* node) {
  SPELK_ASSIGN_OR_RETURN(node->max_span, BindTime(call, "maxspan", binder));
  SPELK_ASSIGN_OR_RETURN(node->max_pause, BindTime(call, "maxpause", binder));
  SPELK_ASSIGN_OR_RETURN(const int64_t events, binder.Integer(call, "maxevents", INT64_MIN));
  if (events == 0) {
    return binder.Error(ErrorCode::kBadOptionValue,
                        binder.FindOption(call, "maxevents")->value->span,
                        "option maxevents does not take \"0\"",
                        {"it takes a whole number, 1 or more; a negative one is no limit"});
  }
  if (events > 0) node->max_events = static_cast<uint64_t>(events);
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Most open,
                         binder.MostBy(call, "maxopentxn", plan::kTransactionsMaxOpenTxn, 1));
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Most open_events,
                         binder.MostBy(call, "maxopenevents", plan::kTransactionsMaxOpenEvents, 1));
  node->max_open = open.count;
  node->max_open_events = open_events.count;
  node->open_by_limit = open.by_limit;
  node->open_events_by_limit = open_events.by_limit;
  return absl::OkStatus();
}

absl::StatusOr<plan::NodePtr> BindTransaction(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<TransactionNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(node->by, binder.FieldNames(binder.Positional(call)));
  SPELK_RETURN_IF_ERROR(BindFilter(call, "startswith", binder, &node->starts_with));
  SPELK_RETURN_IF_ERROR(BindFilter(call, "endswith", binder, &node->ends_with));
  SPELK_RETURN_IF_ERROR(BindLimits(call, binder, node.get()));
  SPELK_ASSIGN_OR_RETURN(node->connected, binder.Flag(call, "connected"));
  node->unify_ends = node->connected;
  if (binder.FindOption(call, "unifyends") != nullptr) {
    SPELK_ASSIGN_OR_RETURN(node->unify_ends, binder.Flag(call, "unifyends"));
  }
  SPELK_ASSIGN_OR_RETURN(node->keep_orphans, binder.Flag(call, "keeporphans"));
  SPELK_ASSIGN_OR_RETURN(node->keep_evicted, binder.Flag(call, "keepevicted"));
  SPELK_RETURN_IF_ERROR(BindTransactionLists(call, binder, node.get()));
  SPELK_ASSIGN_OR_RETURN(node->null_text, binder.Text(call, "nullstr"));
  SPELK_ASSIGN_OR_RETURN(node->raw_values, binder.Flag(call, "mvraw"));
  // Now the options that stand in the search itself are known to be right.
  if (const ast::ArgumentOption* name = binder.FindOption(call, "name")) {
    return BindTransactionType(call, *name, binder);
  }
  node->time = binder.Intern("_time");
  node->raw = binder.Intern("_raw");
  for (const std::string_view name :
       {"closed_txn", "duration", "eventcount", "field_match_sum", "linecount"}) {
    node->made.push_back(binder.Intern(name));
  }
  if (node->keep_orphans) node->made.push_back(binder.Intern("_txn_orphan"));
  // Newest first by the time of their earliest events, which closing them does not give.
  auto sort = plan::Make<plan::SortNode>(call.span);
  sort->keys.push_back({node->time, plan::SortBy::kNumber, true});
  sort->input = std::move(node);
  return sort;
}

exec::OperatorPtr BuildTransaction(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<TransactionOperator>(plan::As<TransactionNode>(node), run);
}

constexpr plan::NodeEntry kTransactionNodes[] = {
    {&plan::TypeOf<TransactionNode>, &BuildTransaction}};

constexpr Argument kTransactionArguments[] = {
    {.name = "field",
     .type = "field…",
     .fallback = "",
     .summary =
         "What belongs together has equal values of these, or is linked by others that have."},
    {.name = "name",
     .type = "text",
     .fallback = "",
     .summary = "A stanza of transactiontypes.conf, whose settings hold where no option overrules "
                "them; rows get transactiontype.",
     .is_option = true},
    {.name = "maxspan",
     .type = "int[s|m|h|d]",
     .fallback = "-1",
     .summary = "The most time from the first event to the last; -1 is no limit.",
     .is_option = true},
    {.name = "maxpause",
     .type = "int[s|m|h|d]",
     .fallback = "-1",
     .summary = "The most time between two events that follow each other; -1 is no limit.",
     .is_option = true},
    {.name = "maxevents",
     .type = "int",
     .fallback = "1000",
     .summary = "The most events of a transaction; a negative number is no limit.",
     .is_option = true},
    {.name = "startswith",
     .type = "\"terms\"|(terms)|eval(expression)",
     .fallback = "",
     .summary = "What the first event of a transaction meets.",
     .is_option = true,
     .value = ValueShape::kSearch},
    {.name = "endswith",
     .type = "\"terms\"|(terms)|eval(expression)",
     .fallback = "",
     .summary = "What the last event of a transaction meets.",
     .is_option = true,
     .value = ValueShape::kSearch},
    {.name = "connected",
     .type = "bool",
     .fallback = "t",
     .summary = "An event whose fields a transaction does not know yet opens another one.",
     .is_option = true},
    {.name = "unifyends",
     .type = "bool",
     .fallback = "as connected",
     .summary = "The first and the last event must share a field with the transaction, too.",
     .is_option = true},
    {.name = "keeporphans",
     .type = "bool",
     .fallback = "f",
     .summary = "Keeps events that have none of the fields, with _txn_orphan=1.",
     .is_option = true},
    {.name = "keepevicted",
     .type = "bool",
     .fallback = "f",
     .summary =
         "Keeps transactions that lack their first or last event, or were given up for room.",
     .is_option = true},
    {.name = "maxopentxn",
     .type = "int, 1 or more",
     .fallback = "5000",
     .summary = "The most transactions that are open; the one used longest ago is given up.",
     .is_option = true},
    {.name = "maxopenevents",
     .type = "int, 1 or more",
     .fallback = "100000",
     .summary = "The most events in open transactions; likewise.",
     .is_option = true},
    {.name = "mvlist",
     .type = "bool|field,…",
     .fallback = "f",
     .summary =
         "Fields are lists of the values of all events in order of time, not sets of values.",
     .is_option = true,
     .value = ValueShape::kFields},
    {.name = "mvraw",
     .type = "bool",
     .fallback = "f",
     .summary = "_raw is a multivalue, not one text of lines.",
     .is_option = true},
    {.name = "nullstr",
     .type = "text",
     .fallback = "NULL",
     .summary = "Stands in lists for an event without the field.",
     .is_option = true},
    {.name = "delim",
     .type = "text",
     .fallback = " ",
     .summary = "What Splunk shows between values; values stay values here.",
     .is_option = true,
     .no_effect = true},
};

constexpr std::string_view kTransactionNotes[] = {
    "Adds duration in seconds, eventcount, linecount, field_match_sum, and closed_txn: 1 if "
    "maxspan, "
    "maxpause, maxevents or startswith ended the transaction.",
    "_time and the date_* fields are those of the earliest event; transactions come newest first "
    "by it.",
    "Events at a distance of exactly maxspan or maxpause still belong together.",
    "An event that could join several transactions joins the one with which it shares most fields, "
    "of "
    "these the one that was opened last. Splunk does not document it."};

constexpr Example kTransactionExamples[] = {
    {.title = "Events of a session",
     .input = R"({"_time": 130, "id": 1} {"_time": 120, "id": 2} {"_time": 100, "id": 1})",
     .query = "transaction id | table id eventcount duration",
     .output = R"({"id": 2, "eventcount": 1, "duration": 0}
                  {"id": 1, "eventcount": 2, "duration": 30})"},
    {.title = "From the first event to the last",
     .input = R"({"_time": 130, "id": 1, "act": "out"} {"_time": 120, "id": 2, "act": "in"}
                 {"_time": 100, "id": 1, "act": "in"})",
     .query = "transaction id startswith=(act=in) endswith=eval(act=\"out\") | table id duration",
     .output = R"({"id": 1, "duration": 30})"},
};

}  // namespace

extern constexpr CommandEntry kTransaction = {
    .name = "transaction",
    .signature =
        "transaction [<field>…] [name=<type>] [maxspan=<time>] [maxpause=<time>] [maxevents=<int>] "
        "[startswith=<filter>] [endswith=<filter>] [connected=<bool>] [unifyends=<bool>] "
        "[keeporphans=<bool>] [keepevicted=<bool>] [maxopentxn=<int>] [maxopenevents=<int>] "
        "[mvlist=<bool>|<fields>] [mvraw=<bool>] [nullstr=<text>] [delim=<text>]",
    .summary = "Groups events into transactions by fields, time, and first and last events.",
    .kind = CommandKind::kCentralizedStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kTransactionArguments,
    .notes = kTransactionNotes,
    .examples = kTransactionExamples,
    .nodes = kTransactionNodes,
    .bind = &BindTransaction,
};

}  // namespace spelk::commands
