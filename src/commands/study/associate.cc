// associate: fields that become more certain where another field has a certain value.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
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

constexpr std::string_view kAssociateColumns[] = {
    "Reference_Key",       "Reference_Value",     "Target_Key",  "Unconditional_Entropy",
    "Conditional_Entropy", "Entropy_Improvement", "Description", "Support"};

struct AssociateNode final : plan::Node {
  static constexpr std::string_view kName = "associate";
  std::vector<Field> names;
  uint64_t support = 100;
  double frequency = 0.1;
  double improvement = 0.5;
  std::vector<Field> columns;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false, .order = Order::kIgnores, .runs = Runs::kSink};
    flow.reads = ReadsOf(names);
    flow.columns = columns;
    return flow;
  }
  bool WellFormed(const plan::Registry&) const {
    return columns.size() == std::size(kAssociateColumns);
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("names", names);
    visit("supcnt", support);
    visit("supfreq", frequency);
    visit("improv", improvement);
    visit("columns", columns);
  }
};

constexpr uint32_t kNoValue = UINT32_MAX;

// The values of a field, numbered as they come.
struct CodedField {
  Field field;
  std::vector<uint32_t> codes;  // Row by row; kNoValue without a value.
  std::vector<std::string> values;
  std::vector<uint64_t> counts;  // Of each value.
  double entropy = 0;
};

// In bits.
double EntropyOf(const std::vector<uint64_t>& counts, uint64_t all) {
  double entropy = 0;
  for (const uint64_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(all);
    entropy -= share * std::log2(share);
  }
  return entropy == 0 ? 0 : entropy;  // No -0.
}

uint64_t SumOf(const std::vector<uint64_t>& counts) {
  uint64_t all = 0;
  for (const uint64_t count : counts) all += count;
  return all;
}

struct Association {
  const CodedField* reference;
  uint32_t value;
  const CodedField* target;
  double conditional;
  double improvement;
};

class Associate final : public WholeSink {
 public:
  Associate(const AssociateNode& node, const exec::RunContext& run)
      : WholeSink("associate", node, run), node_(node) {}

 private:
  absl::Status Make(AllRows& rows, const std::vector<Field>& fields,
                    exec::Output& out) const override {
    std::vector<CodedField> coded;
    for (const Field field : fields) {
      if (!TakesField(node_.names, field)) continue;
      SPELK_RETURN_IF_ERROR(Code(rows, field, &coded.emplace_back()));
    }
    std::sort(coded.begin(), coded.end(), [](const CodedField& a, const CodedField& b) {
      return a.field.name() < b.field.name();
    });
    std::vector<Association> found;
    for (const CodedField& reference : coded) {
      SPELK_RETURN_IF_ERROR(Find(rows, reference, coded, &found));
    }
    std::stable_sort(found.begin(), found.end(), [](const Association& a, const Association& b) {
      return a.improvement > b.improvement;
    });
    return Write(rows, found, out);
  }

  absl::Status Code(AllRows& rows, Field field, CodedField* coded) const {
    coded->field = field;
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * (sizeof(uint32_t) + sizeof(Value))));
    absl::flat_hash_map<std::string, uint32_t> known;
    for (const Value& value : rows.ValuesOf(field)) {
      if (value.is_null()) {
        coded->codes.push_back(kNoValue);
        continue;
      }
      std::string text = TextOf(value);
      const auto [place, added] = known.emplace(text, static_cast<uint32_t>(coded->values.size()));
      if (added) {
        constexpr size_t kNode = 128;
        SPELK_RETURN_IF_ERROR(rows.Reserve(kNode + 2 * text.size()));
        coded->values.push_back(std::move(text));
        coded->counts.push_back(0);
      }
      coded->codes.push_back(place->second);
      ++coded->counts[place->second];
    }
    coded->entropy = EntropyOf(coded->counts, SumOf(coded->counts));
    return absl::OkStatus();
  }

  // What the values of one field tell of all others.
  absl::Status Find(AllRows& rows, const CodedField& reference,
                    const std::vector<CodedField>& targets, std::vector<Association>* found) const {
    std::vector<uint32_t> values;  // Those that occur often enough, by text.
    for (uint32_t value = 0; value < reference.values.size(); ++value) {
      const uint64_t count = reference.counts[value];
      const double share = static_cast<double>(count) / static_cast<double>(rows.size());
      if (count >= node_.support && share >= node_.frequency) values.push_back(value);
    }
    std::sort(values.begin(), values.end(),
              [&](uint32_t a, uint32_t b) { return reference.values[a] < reference.values[b]; });
    for (const uint32_t value : values) {
      std::vector<uint32_t> of_value;
      for (uint32_t r = 0; r < reference.codes.size(); ++r) {
        if (reference.codes[r] == value) of_value.push_back(r);
      }
      for (const CodedField& target : targets) {
        if (&target == &reference) continue;
        absl::flat_hash_map<uint32_t, uint64_t> counted;
        for (const uint32_t r : of_value) {
          if (target.codes[r] != kNoValue) ++counted[target.codes[r]];
        }
        std::vector<uint64_t> counts;
        for (const auto& [code, count] : counted) counts.push_back(count);
        std::sort(counts.begin(), counts.end());  // Sums are rounded in one order.
        if (counts.empty()) continue;
        const double conditional = EntropyOf(counts, SumOf(counts));
        const double improvement = target.entropy - conditional;
        if (improvement < node_.improvement) continue;
        SPELK_RETURN_IF_ERROR(rows.Reserve(2 * sizeof(Association)));
        found->push_back({&reference, value, &target, conditional, improvement});
      }
      SPELK_RETURN_IF_ERROR(run().cancel->status());
    }
    return absl::OkStatus();
  }

  absl::Status Write(const AllRows& rows, const std::vector<Association>& found,
                     exec::Output& out) const {
    WideRows table(node_.columns, run(), "associate", out);
    for (const Association& each : found) {
      const std::string& value = each.reference->values[each.value];
      const double support = static_cast<double>(each.reference->counts[each.value]) /
                             static_cast<double>(rows.size());
      SPELK_RETURN_IF_ERROR(table.Begin());
      table.Set(0, Value::Text(each.reference->field.name()));
      table.Set(1, Value::Text(value));
      table.Set(2, Value::Text(each.target->field.name()));
      table.Set(3, NumberValue(each.target->entropy));
      table.Set(4, NumberValue(each.conditional));
      table.Set(5, NumberValue(each.improvement));
      table.Set(6, Value::Text(fmt::format(
                       "When the '{}' has the value '{}', the entropy of '{}' decreases from "
                       "{:.3f} to {:.3f}.",
                       each.reference->field.name(), value, each.target->field.name(),
                       each.target->entropy, each.conditional)));
      table.Set(7, NumberValue(support));
    }
    return table.Finish();
  }

  const AssociateNode& node_;
};

absl::StatusOr<plan::NodePtr> BindAssociate(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<AssociateNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const int64_t support, binder.Integer(call, "supcnt"));
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> frequency, binder.Decimal(call, "supfreq"));
  SPELK_ASSIGN_OR_RETURN(const std::optional<double> improvement, binder.Decimal(call, "improv"));
  node->support = static_cast<uint64_t>(support);
  node->frequency = frequency.value_or(0.1);
  node->improvement = improvement.value_or(0.5);
  SPELK_ASSIGN_OR_RETURN(node->names, binder.FieldNames(binder.Positional(call), true));
  for (const std::string_view column : kAssociateColumns)
    node->columns.push_back(binder.Intern(column));
  return node;
}

exec::OperatorPtr BuildAssociate(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Associate>(plan::As<AssociateNode>(node), run);
}

constexpr Argument kAssociateArguments[] = {
    {.name = "field",
     .type = "field or pattern…",
     .fallback = "*",
     .summary = "Which fields are compared with each other."},
    {.name = "supcnt",
     .type = "int",
     .fallback = "100",
     .summary = "How many rows must have the value of the reference at least.",
     .is_option = true},
    {.name = "supfreq",
     .type = "number",
     .fallback = "0.1",
     .summary = "And which share of all rows.",
     .is_option = true},
    {.name = "improv",
     .type = "number",
     .fallback = "0.5",
     .summary = "How much less the entropy of the target must be then, in bits.",
     .is_option = true}};
constexpr std::string_view kAssociateNotes[] = {
    "the entropy of a field is that of its values in the rows that have it",
    "the greatest improvement comes first, then by names; a multivalue is one value"};
constexpr Example kAssociateExamples[] = {
    {.title = "What a value tells of another field",
     .input = R"({"h":"a","k":"x"} {"h":"a","k":"x"} {"h":"b","k":"y"} {"h":"b","k":"z"})",
     .query = "associate supcnt=2 improv=1.5 h k | table Reference_Key Reference_Value Target_Key "
              "Unconditional_Entropy Conditional_Entropy Support",
     .output = R"({"Reference_Key":"h","Reference_Value":"a","Target_Key":"k",)"
               R"("Unconditional_Entropy":1.5,"Conditional_Entropy":0,"Support":0.5})"},
};

constexpr plan::NodeEntry kAssociateNodes[] = {{&plan::TypeOf<AssociateNode>, &BuildAssociate}};

}  // namespace

extern constexpr CommandEntry kAssociate = {
    .name = "associate",
    .signature = "associate [supcnt=<int>] [supfreq=<number>] [improv=<number>] [<field>…]",
    .summary = "Finds values that make other fields more certain.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kAssociateArguments,
    .notes = kAssociateNotes,
    .examples = kAssociateExamples,
    .nodes = kAssociateNodes,
    .bind = &BindAssociate,
};

}  // namespace spelk::commands
