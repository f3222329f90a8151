// lookup(): looks values up in a lookup table.
#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/arena_builder.h"
#include "base/status.h"
#include "base/string_map.h"
#include "functions/entry.h"
#include "io/json_value.h"
#include "plan/eval/evaluator.h"
#include "plan/lookup_probe.h"
#include "plan/services.h"
#include "plan/table.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

using io::JsonKind;
using io::JsonNode;
using plan::EvalContext;
using plan::EvalFactory;
using plan::EvalNode;
using plan::EvalNodePtr;
using plan::Expr;
using plan::ExprPtr;

// The texts of a JSON array; nothing if it is none.
std::optional<std::vector<std::string>> TextsOf(std::string_view json) {
  Arena arena;
  const JsonNode* array = io::ParseJson(json, arena);
  if (array == nullptr || array->kind != JsonKind::kArray) return std::nullopt;
  std::vector<std::string> texts;
  for (const JsonNode* each = array->first; each != nullptr; each = each->next) {
    if (each->is_container()) return std::nullopt;
    texts.emplace_back(each->text);
  }
  return texts;
}

// Belongs to one worker. The columns to compare with are known when a row names them.
class LookupNode final : public EvalNode {
 public:
  LookupNode(std::string table, std::vector<std::string> outputs, EvalNodePtr inputs)
      : table_(std::move(table)), outputs_(std::move(outputs)), inputs_(std::move(inputs)) {}

  absl::Status Evaluate(const EvalContext& context, plan::Rows rows, Column* out) override {
    Column inputs;
    SPELK_RETURN_IF_ERROR(inputs_->Evaluate(context, rows, &inputs));
    Value* values = context.NewValues();
    if (values == nullptr) return context.arena().status("the 'lookup' function");
    Arena scratch(context.arena().budget());
    for (const uint32_t row : rows) {
      values[row] = Value::Null();
      const Value given = inputs.At(row);
      if (!given.is_text()) continue;
      const JsonNode* object = io::ParseJson(given.text(), scratch);
      if (object != nullptr && object->kind == JsonKind::kObject) {
        SPELK_RETURN_IF_ERROR(LookUp(context, *object, scratch, &values[row]));
      }
      SPELK_RETURN_IF_ERROR(scratch.status("the 'lookup' function"));
      SPELK_RETURN_IF_ERROR(context.arena().status("the 'lookup' function"));
      scratch.Reset();
    }
    *out = Column::Values({values, context.physical_rows()});
    return absl::OkStatus();
  }

 private:
  absl::StatusOr<plan::LookupProbe*> ProbeFor(const EvalContext& context,
                                              const std::vector<std::string>& columns) {
    const std::string key = fmt::format("{}", fmt::join(columns, "\n"));
    if (const auto known = probes_.find(key); known != probes_.end()) return known->second.get();
    const plan::Services* services = context.environment().constants.services;
    if (services == nullptr || services->tables == nullptr) {
      return absl::InvalidArgumentError("the 'lookup' function works in searches only");
    }
    SPELK_ASSIGN_OR_RETURN(plan::LookupProbe probe,
                           plan::LookupProbe::Make(table_, columns, outputs_, *services->tables,
                                                   context.arena().budget()));
    auto& place = probes_[key];
    place = std::make_unique<plan::LookupProbe>(std::move(probe));
    return place.get();
  }

  absl::Status LookUp(const EvalContext& context, const JsonNode& object, Arena& scratch,
                      Value* result) {
    std::vector<std::string> columns;
    std::vector<Value> values;
    for (const JsonNode* member = object.first; member != nullptr; member = member->next) {
      columns.emplace_back(member->key);
      values.push_back(io::JsonToValue(*member, scratch));
    }
    if (columns.empty()) return absl::OkStatus();
    SPELK_ASSIGN_OR_RETURN(plan::LookupProbe* const probe, ProbeFor(context, columns));
    if (!probe->Find(values, std::nullopt)) return absl::OkStatus();
    SPELK_RETURN_IF_ERROR(probe->status());
    probe->Note();  // Functions cannot warn: the run does, by what stands there.
    JsonNode* made = io::NewJson(JsonKind::kObject, scratch);
    for (size_t o = 0; made != nullptr && o < outputs_.size(); ++o) {
      JsonNode* member = NodeOf(probe->Output(o, scratch), scratch);
      if (member == nullptr) continue;
      member->key = outputs_[o];
      io::AddChild(*made, member);
    }
    if (made == nullptr || made->first == nullptr) return absl::OkStatus();
    ArenaText text(context.arena());
    io::PrintJson(*made, text);
    *result = Value::Text(text.FinishText());
    return absl::OkStatus();
  }

  // A text, or an array of several; null for no value.
  static JsonNode* NodeOf(const Value& value, Arena& scratch) {
    if (value.is_null()) return nullptr;
    if (!value.is_multi()) return io::NewJsonText(JsonKind::kString, value.text(), scratch);
    JsonNode* array = io::NewJson(JsonKind::kArray, scratch);
    for (const Value& each : value.each()) {
      if (array != nullptr) {
        io::AddChild(*array, io::NewJsonText(JsonKind::kString, each.text(), scratch));
      }
    }
    return array;
  }

  const std::string table_;
  const std::vector<std::string> outputs_;
  EvalNodePtr inputs_;
  StringMap<std::unique_ptr<plan::LookupProbe>> probes_;  // By the columns.
};

std::string Check(std::span<const ExprPtr> arguments) {
  const Expr& table = *arguments[0];
  if (table.kind != plan::ExprKind::kLiteral || !table.literal.value().is_text()) {
    return "the name of the table must be a text in quotes";
  }
  return plan::IsConstant(*arguments[2]) ? ""
                                         : "the names of the outputs must not depend on the event";
}

EvalNodePtr Make(const Expr& call, EvalFactory& factory) {
  Arena arena;
  std::optional<std::vector<std::string>> outputs;
  const absl::StatusOr<Value> names =
      plan::EvaluateConstant(*call.arguments[2], factory.environment(), arena);
  if (names.ok() && names->is_text()) outputs = TextsOf(names->text());
  if (!outputs) {
    factory.Fail(absl::InvalidArgumentError(
        "lookup: the names of the outputs must be a JSON array of texts"));
    outputs.emplace();
  }
  const Value table = call.arguments[0]->literal.value();
  return std::make_unique<LookupNode>(std::string(table.is_text() ? table.text() : ""),
                                      *std::move(outputs), factory.Make(*call.arguments[1]));
}

constexpr Type kParameters[] = {Type::kString, Type::kString, Type::kString};
constexpr Example kLookupExamples[] = {
    {.title = "The name that belongs to a number",
     .input = R"({"id":"2"} {"id":"9"})",
     .lookup = "uid,name\n1,Ann\n2,Bob\n",
     .query = R"(eval found=lookup("users", json_object("uid",id), json_array("name")) )"
              R"(| table id found)",
     .output = R"({"id":"2","found":"{\"name\":\"Bob\"}"} {"id":"9"})"},
};
constexpr std::string_view kLookupNotes[] = {
    "the object's members are columns and the values to look up in them, the array's texts the "
    "columns to give; the result is the text of an object, in which several values are an array",
    "null where no row matches"};

constexpr FunctionEntry kLookupTable[] = {
    {.name = "lookup",
     .signature = "lookup(<table>, <json object>, <json array>)",
     .summary = "Gives columns of the rows of a lookup table that match, as a JSON object.",
     .page = "Comparison and Conditional functions",
     .arity = {3, 3},
     .parameters = kParameters,
     .result = Type::kString,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .make = &Make,
     .check = &Check,
     .looks_up = true,
     .examples = kLookupExamples,
     .notes = kLookupNotes},
};

}  // namespace

std::span<const FunctionEntry> LookupFunctions() { return kLookupTable; }

}  // namespace spelk::functions
