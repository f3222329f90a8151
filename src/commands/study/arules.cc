// arules: which values of rows go with which others, as rules with how sure they are.
#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "commands/all_rows.h"
#include "commands/chart/wide_rows.h"
#include "value/number.h"
#include "value/number_value.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kARulesColumns[] = {"Given fields", "Implied fields", "Strength",
                                               "Given fields support", "Implied fields support"};

struct ArulesNode final : plan::Node {
  static constexpr std::string_view kName = "arules";
  std::vector<Field> names;
  uint64_t support = 3;
  double confidence = 0.5;
  std::vector<Field> columns;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false, .order = Order::kIgnores, .runs = Runs::kSink};
    flow.reads = plan::FieldSet::Of(names);
    flow.columns = columns;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const {
    return columns.size() == std::size(kARulesColumns);
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("names", names);
    visit("sup", support);
    visit("conf", confidence);
    visit("columns", columns);
  }
};

// A value of a field, and the rows that have it.
struct Item {
  std::string text;  // As it is shown, and in whose order items are numbered.
  std::vector<uint32_t> rows;
};

// Numbers of items, ascending.
using ItemSet = std::vector<uint32_t>;

struct AssociationRule {
  ItemSet given;
  uint32_t implied = 0;
  uint64_t both = 0;  // Rows that have all of them.
  uint64_t given_rows = 0;
};

double StrengthOf(const AssociationRule& rule) {
  return static_cast<double>(rule.both) / static_cast<double>(rule.given_rows);
}

class Arules final : public WholeSink {
 public:
  Arules(const ArulesNode& node, const exec::RunContext& run)
      : WholeSink("arules", node, run), node_(node) {}

 private:
  // Beyond that many values a rule says nothing that a shorter one does not say.
  static constexpr size_t kMostItems = 10;
  static constexpr size_t kSetBytes = 160;  // Of a set in a hash table, beside its numbers.

  absl::Status Make(AllRows& rows, const std::vector<Field>&, exec::Output& out) const override {
    run().warnings->Add(ErrorCode::kDiffers,
                        "arules: Splunk does not document how it writes the values of a rule, nor "
                        "the order of rules: `spelk help arules` tells how it is done here");
    SPELK_ASSIGN_OR_RETURN(const std::vector<Item> items, ItemsOf(rows));
    SPELK_ASSIGN_OR_RETURN(const std::vector<ItemSet> of_rows, RowsOf(items, rows));
    Supports supports;
    for (uint32_t i = 0; i < items.size(); ++i) {
      ItemSet set = {i};
      SPELK_RETURN_IF_ERROR(Extend(of_rows, items[i].rows, &set, rows, &supports));
    }
    SPELK_ASSIGN_OR_RETURN(std::vector<AssociationRule> rules, RulesOf(supports, rows));
    std::sort(rules.begin(), rules.end(), [](const AssociationRule& a, const AssociationRule& b) {
      const double left = StrengthOf(a);
      const double right = StrengthOf(b);
      if (left != right) return left > right;
      if (a.both != b.both) return a.both > b.both;
      return std::tie(a.given, a.implied) < std::tie(b.given, b.implied);
    });
    return Write(items, rules, out);
  }

  // Those that enough rows have, by their texts.
  absl::StatusOr<std::vector<Item>> ItemsOf(AllRows& rows) const {
    std::vector<Item> items;
    for (const Field field : node_.names) {
      absl::flat_hash_map<std::string, std::vector<uint32_t>> places;
      SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * sizeof(Value)));
      const std::vector<Value> values = rows.ValuesOf(field);
      for (uint32_t r = 0; r < values.size(); ++r) {
        for (const Value& each : values[r].each()) {
          std::string text = TextOf(each);
          const size_t bytes = text.size();
          const auto [place, added] = places.try_emplace(std::move(text));
          SPELK_RETURN_IF_ERROR(
              rows.Reserve(2 * sizeof(uint32_t) + (added ? kSetBytes + 3 * bytes : 0)));
          std::vector<uint32_t>& of_value = place->second;
          if (of_value.empty() || of_value.back() != r) of_value.push_back(r);
        }
      }
      for (auto& [text, of_value] : places) {
        if (of_value.size() < node_.support) continue;
        items.push_back({ShownAs(field, text), std::move(of_value)});
      }
    }
    std::sort(items.begin(), items.end(),
              [](const Item& a, const Item& b) { return a.text < b.text; });
    return items;
  }

  // As a search for it: in quotes unless it is a plain word.
  static std::string ShownAs(Field field, std::string_view value) {
    const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte > ' ' && c != '"' && c != '\\' && c != ',' && c != '=' && c != '|';
    });
    std::string shown(field.name());
    shown += '=';
    if (plain) return shown.append(value);
    shown += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') shown += '\\';
      shown += c;
    }
    return shown += '"';
  }

  using Supports = absl::flat_hash_map<ItemSet, uint64_t>;

  // The items of each row, ascending.
  absl::StatusOr<std::vector<ItemSet>> RowsOf(const std::vector<Item>& items, AllRows& rows) const {
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * sizeof(ItemSet)));
    std::vector<ItemSet> of_rows(rows.size());
    for (uint32_t i = 0; i < items.size(); ++i) {
      SPELK_RETURN_IF_ERROR(rows.Reserve(2 * items[i].rows.size() * sizeof(uint32_t)));
      for (const uint32_t row : items[i].rows) of_rows[row].push_back(i);
    }
    return of_rows;
  }

  // Notes the set, which all of `of_set` have, and all larger ones that go on with later items:
  // those that stand in enough of these rows.
  // NOLINTNEXTLINE(misc-no-recursion): at most kMostItems deep.
  absl::Status Extend(const std::vector<ItemSet>& of_rows, const std::vector<uint32_t>& of_set,
                      ItemSet* set, AllRows& rows, Supports* supports) const {
    SPELK_RETURN_IF_ERROR(rows.Reserve(kSetBytes + 2 * set->size() * sizeof(uint32_t)));
    supports->emplace(*set, of_set.size());
    SPELK_RETURN_IF_ERROR(run().cancel->status());
    if (set->size() == kMostItems) return absl::OkStatus();
    size_t bytes = 0;
    absl::flat_hash_map<uint32_t, std::vector<uint32_t>> with;
    for (const uint32_t row : of_set) {
      const ItemSet& each = of_rows[row];
      for (auto item = std::upper_bound(each.begin(), each.end(), set->back()); item != each.end();
           ++item) {
        with[*item].push_back(row);
        bytes += 2 * sizeof(uint32_t);
      }
    }
    Reservation reservation(run().budget);
    bytes += with.size() * kSetBytes;
    if (!reservation.Resize(bytes)) return run().budget->Exhausted("arules", bytes);
    std::vector<uint32_t> later;
    for (const auto& [item, of_both] : with) {
      if (of_both.size() >= node_.support) later.push_back(item);
    }
    std::sort(later.begin(), later.end());
    for (const uint32_t item : later) {
      set->push_back(item);
      SPELK_RETURN_IF_ERROR(Extend(of_rows, with.at(item), set, rows, supports));
      set->pop_back();
    }
    return absl::OkStatus();
  }

  // Each set with each of its values as what the others imply.
  absl::StatusOr<std::vector<AssociationRule>> RulesOf(const Supports& supports,
                                                       AllRows& rows) const {
    std::vector<AssociationRule> rules;
    for (const auto& [set, count] : supports) {
      if (set.size() < 2) continue;
      for (size_t i = 0; i < set.size(); ++i) {
        AssociationRule rule{.given = set, .implied = set[i], .both = count};
        rule.given.erase(rule.given.begin() + static_cast<std::ptrdiff_t>(i));
        rule.given_rows = supports.at(rule.given);
        if (StrengthOf(rule) < node_.confidence) continue;
        SPELK_RETURN_IF_ERROR(
            rows.Reserve(2 * sizeof(AssociationRule) + 2 * rule.given.size() * sizeof(uint32_t)));
        rules.push_back(std::move(rule));
      }
    }
    return rules;
  }

  absl::Status Write(const std::vector<Item>& items, const std::vector<AssociationRule>& rules,
                     exec::Output& out) const {
    WideRows table(node_.columns, run(), "arules", out);
    for (const AssociationRule& rule : rules) {
      if (out.enough()) break;
      std::string given;
      for (const uint32_t item : rule.given) {
        if (!given.empty()) given += ' ';
        given += items[item].text;
      }
      SPELK_RETURN_IF_ERROR(table.Begin());
      table.Set(0, Value::Text(given));
      table.Set(1, Value::Text(items[rule.implied].text));
      table.Set(2, NumberValue(StrengthOf(rule)));
      table.Set(3, Value::Integer(static_cast<int64_t>(rule.given_rows)));
      table.Set(4, Value::Integer(static_cast<int64_t>(items[rule.implied].rows.size())));
    }
    return table.Finish();
  }

  const ArulesNode& node_;
};

absl::StatusOr<plan::NodePtr> BindArules(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<ArulesNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const int64_t support, binder.Integer(call, "sup", 1));
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> confidence, binder.Decimal(call, "conf"));
  node->support = static_cast<uint64_t>(support);
  node->confidence = confidence.value_or(0.5);
  if (!(node->confidence >= 0 && node->confidence <= 1)) {
    const ast::ArgumentOption& option = *binder.FindOption(call, "conf");
    return binder.BadOption(option, binder.TextOf(option.value->span));
  }
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  SPELK_ASSIGN_OR_RETURN(node->names, binder.FieldNames(arguments));
  for (size_t i = 0; i < node->names.size(); ++i) {
    if (std::find(node->names.begin(), node->names.begin() + static_cast<std::ptrdiff_t>(i),
                  node->names[i]) == node->names.begin() + static_cast<std::ptrdiff_t>(i)) {
      continue;
    }
    return binder.Unexpected(*arguments[i], {"the field is named already"});
  }
  if (node->names.size() < 2) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "it needs at least two fields",
                        {"usage: arules [sup=<int>] [conf=<number>] <field> <field>…"});
  }
  for (const std::string_view column : kARulesColumns)
    node->columns.push_back(binder.Intern(column));
  return node;
}

exec::OperatorPtr BuildArules(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Arules>(plan::As<ArulesNode>(node), run);
}

constexpr Argument kArulesArguments[] = {
    {.name = "field",
     .type = "field…",
     .fallback = "",
     .summary = "Two fields or more, whose values are looked at."},
    {.name = "sup",
     .type = "a positive whole number",
     .fallback = "3",
     .summary = "How many rows must have all values of a rule at least.",
     .is_option = true},
    {.name = "conf",
     .type = "a number from 0 to 1",
     .fallback = "0.5",
     .summary = "How strong a rule must be at least.",
     .is_option = true}};
constexpr std::string_view kArulesNotes[] = {
    "the strength of a rule is the share of the rows with the given values that have the implied "
    "one, too (its confidence); the supports are numbers of rows",
    "a rule implies one value, and has at most ten in all; each value of a multivalue counts",
    "values are written field=value, several of them with blanks between; the strongest rule comes "
    "first, then that of most rows, then by the given values",
    "Splunk's page calls the command streaming; rules are known when all rows are, and so it is "
    "transforming here"};
constexpr Example kArulesExamples[] = {
    {.title = "What the command says of the user",
     .input =
         R"({"u":"ann","c":"ls"} {"u":"ann","c":"ls"} {"u":"bob","c":"ls"} {"u":"bob","c":"ps"})",
     .query = "arules sup=2 conf=0.6 u c",
     .output = R"({"Given fields":"u=ann","Implied fields":"c=ls","Strength":1,)"
               R"("Given fields support":2,"Implied fields support":3} )"
               R"({"Given fields":"c=ls","Implied fields":"u=ann","Strength":0.6666666666666666,)"
               R"("Given fields support":3,"Implied fields support":2})"},
};

constexpr plan::NodeEntry kArulesNodes[] = {{&plan::TypeOf<ArulesNode>, &BuildArules}};

}  // namespace

extern constexpr CommandEntry kArules = {
    .name = "arules",
    .signature = "arules [sup=<int>] [conf=<number>] <field> <field>…",
    .summary = "Finds values of fields that imply values of others.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kArulesArguments,
    .notes = kArulesNotes,
    .differs =
        "How Splunk writes the values of a rule, and the order of rules, are not documented; "
        "`spelk help arules` tells how it is done here.",
    .examples = kArulesExamples,
    .nodes = kArulesNodes,
    .bind = &BindArules,
};

}  // namespace spelk::commands
