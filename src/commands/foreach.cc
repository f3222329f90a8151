// foreach: commands for each field of the result, or for each value of a field.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>

#include "base/status.h"
#include "commands/all_rows.h"
#include "exec/column_setter.h"
#include "exec/inner_searches.h"
#include "exec/row_sink.h"
#include "exec/serial_stages.h"
#include "exec/spool.h"
#include "io/json_value.h"
#include "plan/filled_text.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kForeachUsage = "usage: foreach <field>… [eval <<FIELD>>=…]";

// ---------------------------------------------------------------- for each field

constexpr size_t kSegments = 3;

struct ForeachNode final : plan::Node {
  static constexpr std::string_view kName = "foreach";
  std::vector<Field> names;  // Patterns are interned like names.
  std::string commands;      // As written, tokens and all.
  Span place;                // Where.
  std::string field_token;
  std::string match_token;
  std::vector<std::string> segment_tokens;

  // The commands may read and change any field.
  plan::Dataflow GetDataflow() const override {
    return {.keeps_order = true, .runs = Runs::kSink, .results = false};
  }
  plan::FieldSet InputNeeds(const plan::FieldSet& needed) const override {
    plan::FieldSet needs = needed;
    needs.Add(ReadsOf(names));
    needs.AddAll();
    return needs;
  }
  bool WellFormed(const plan::Registry&) const { return segment_tokens.size() == kSegments; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("names", names);
    visit("commands", commands);
    visit.Unprinted("place", place);
    visit("fieldstr", field_token);
    visit("matchstr", match_token);
    visit("matchseg", segment_tokens);
  }
};

// What the stars of a pattern took of a name, as far left as they can.
std::vector<std::string_view> Segments(std::string_view pattern, std::string_view name) {
  std::vector<std::string_view> segments;
  size_t at = 0;
  while (!pattern.empty()) {
    const size_t star = pattern.find('*');
    if (star == std::string_view::npos) break;
    at += star;
    pattern.remove_prefix(star + 1);
    const size_t next = pattern.find('*');
    const std::string_view literal = pattern.substr(0, next);
    const size_t end =
        next == std::string_view::npos ? name.size() - literal.size() : name.find(literal, at);
    segments.push_back(name.substr(at, end - at));
    at = end;
  }
  return segments;
}

class Foreach final : public exec::SpoolSink {
 public:
  Foreach(const ForeachNode& node, const exec::RunContext& run)
      : SpoolSink("foreach", run), node_(node) {}

  absl::Status Finish(exec::Spool spool, exec::Output& out) const override {
    const plan::FilledText text = CommandsFor(spool.FieldsInOrder(nullptr));
    if (text.text().empty()) return spool.Emit(out);
    absl::StatusOr<exec::InnerSearches::Body> body = exec::InnerSearchesOf(run()).BindFilled(text);
    if (!body.ok()) {
      return absl::InvalidArgumentError("foreach: the commands \"" + text.text() +
                                        "\" are wrong: " + std::string(MessageOf(body.status())));
    }
    SPELK_ASSIGN_OR_RETURN(const auto pipeline, exec::Pipeline::Build(*body->plan, *body->run));
    SPELK_ASSIGN_OR_RETURN(const auto serial, exec::SerialRun::Make(*pipeline, &out));
    SPELK_RETURN_IF_ERROR(spool.Emit(*serial));
    return serial->Finish();
  }

 private:
  // The commands for one field after the other: in the order of the patterns, then by name.
  plan::FilledText CommandsFor(std::vector<Field> fields) const {
    std::sort(fields.begin(), fields.end(), [](Field a, Field b) { return a.name() < b.name(); });
    std::vector<Field> done;
    plan::FilledText all;
    const auto add = [&](Field pattern, Field field) {
      if (std::find(done.begin(), done.end(), field) != done.end()) return;
      done.push_back(field);
      if (!all.text().empty()) all.Put(" | ", node_.place);
      AddCommands(pattern.name(), field.name(), &all);
    };
    for (const Field pattern : node_.names) {
      // A field that is named need not be there: the commands may make it.
      if (!plan::IsPattern(pattern.name())) {
        add(pattern, pattern);
        continue;
      }
      for (const Field field : fields) {
        if (plan::PatternTakes(pattern.name(), field)) add(pattern, field);
      }
    }
    return all;
  }

  // The commands, with what the tokens stand for.
  void AddCommands(std::string_view pattern, std::string_view name, plan::FilledText* all) const {
    std::vector<std::string_view> segments = Segments(pattern, name);
    std::string match;
    for (const std::string_view segment : segments) match += segment;
    segments.resize(kSegments);
    std::vector<std::pair<std::string_view, std::string_view>> tokens;
    for (size_t s = 0; s < kSegments; ++s) {
      tokens.emplace_back(node_.segment_tokens[s], segments[s]);
    }
    tokens.emplace_back(node_.match_token, match);
    tokens.emplace_back(node_.field_token, name);
    const std::string_view text = node_.commands;
    size_t done = 0;
    for (size_t at = 0; at < text.size();) {
      const auto token = std::find_if(tokens.begin(), tokens.end(), [&](const auto& each) {
        return !each.first.empty() && text.substr(at).starts_with(each.first);
      });
      if (token == tokens.end()) {
        ++at;
        continue;
      }
      const auto place = node_.place.begin + static_cast<uint32_t>(at);
      all->Copy(text.substr(done, at - done), node_.place.begin + static_cast<uint32_t>(done));
      all->PutValue(token->second, {place, place + static_cast<uint32_t>(token->first.size())});
      at += token->first.size();
      done = at;
    }
    all->Copy(text.substr(done), node_.place.begin + static_cast<uint32_t>(done));
  }

  const ForeachNode& node_;
};

// ---------------------------------------------------------------- for each value

enum class ItemsMode : uint8_t { kMultivalue, kJsonArray, kAny };
constexpr size_t EnumSize(ItemsMode) { return 3; }
std::string_view NameOf(ItemsMode mode) {
  constexpr std::string_view kNames[] = {"multivalue", "json_array", "auto_collections"};
  return kNames[static_cast<size_t>(mode)];
}

struct ForeachItemNode final : plan::Node {
  static constexpr std::string_view kName = "foreach-item";
  std::vector<Field> fields;  // None: all that hold a collection.
  ItemsMode mode = ItemsMode::kMultivalue;
  Field item;  // What <<ITEM>> and <<ITER>> stand for in the body.
  Field iteration;
  std::vector<Field> targets;  // What the body assigns.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of(fields);
    if (fields.empty()) flow.reads.AddAll();
    plan::ForEachNode(*body, [&](const plan::Node& node) {
      if (node.input != nullptr) flow.reads.Add(node.GetDataflow().reads);
    });
    flow.reads.Add(plan::FieldSet::Of(targets));
    flow.reads.Remove(item);
    flow.reads.Remove(iteration);
    flow.writes = plan::FieldSet::Of(targets);
    flow.makes = targets;
    return flow;
  }
  // What no row has any values for is not made.
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    const bool known = before && std::all_of(targets.begin(), targets.end(), [&](Field target) {
                         return std::find(before->begin(), before->end(), target) != before->end();
                       });
    return known ? before : std::nullopt;
  }
  bool WellFormed(const plan::Registry&) const { return body != nullptr; }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("fields", fields);
    visit("mode", mode);
    visit("item", item);
    visit("iteration", iteration);
    visit("targets", targets);
  }
};

struct ItemState {
  std::unique_ptr<const exec::Pipeline> pipeline;
  std::vector<exec::ColumnSetter> setters;  // Of the targets.
};

// Runs the body once for the n-th values of all rows; rows that have fewer keep what they have.
class ForeachItem final : public exec::Streaming<ItemState> {
 public:
  ForeachItem(const ForeachItemNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<ItemState> NewState() const override {
    ItemState state;
    SPELK_ASSIGN_OR_RETURN(state.pipeline, exec::Pipeline::Build(*node_.body, run_));
    for (const Field field : node_.targets) state.setters.emplace_back(field);
    return state;
  }

  absl::Status Process(Batch batch, ItemState& state, exec::Output& out) const override {
    for (const Field field : node_.fields.empty() ? Others(batch) : node_.fields) {
      SPELK_ASSIGN_OR_RETURN(const std::vector<std::vector<Value>> items, Items(batch, field));
      size_t most = 0;
      for (const std::vector<Value>& each : items) most = std::max(most, each.size());
      for (size_t n = 0; n < most; ++n) {
        SPELK_RETURN_IF_ERROR(Iterate(items, n, state, &batch));
      }
    }
    return out.Push(std::move(batch));
  }

 private:
  class Keep final : public exec::Output {
   public:
    absl::Status Push(Batch batch) override {
      kept = std::move(batch);
      return absl::OkStatus();
    }
    Batch kept;
  };

  // What may hold collections where no field is named: all that the body does not assign, by name.
  std::vector<Field> Others(const Batch& batch) const {
    std::vector<Field> fields;
    for (const Field field : batch.schema()->fields()) {
      const bool assigned =
          std::find(node_.targets.begin(), node_.targets.end(), field) != node_.targets.end();
      if (!assigned && !field.hidden() && !field.internal()) fields.push_back(field);
    }
    std::sort(fields.begin(), fields.end(), [](Field a, Field b) { return a.name() < b.name(); });
    return fields;
  }

  absl::StatusOr<std::vector<std::vector<Value>>> Items(const Batch& batch, Field field) const {
    std::vector<std::vector<Value>> items(batch.size());
    const Column* column = batch.Find(field);
    if (column == nullptr) return items;
    for (size_t r = 0; r < batch.size(); ++r) {
      const Value value = column->At(batch.physical(r));
      if (value.is_null()) continue;
      const bool may_be_json = node_.mode != ItemsMode::kMultivalue && value.is_text();
      const io::JsonNode* array =
          may_be_json ? io::ParseJson(value.text(), batch.arena()) : nullptr;
      if (array != nullptr && array->kind == io::JsonKind::kArray) {
        for (const io::JsonNode* each = array->first; each != nullptr; each = each->next) {
          items[r].push_back(io::JsonToValue(*each, batch.arena()));
        }
      } else if (node_.mode != ItemsMode::kJsonArray &&
                 (!node_.fields.empty() || value.is_multi())) {
        for (const Value& each : value.each()) items[r].push_back(each);
      }
      SPELK_RETURN_IF_ERROR(batch.arena().status("foreach"));
    }
    return items;
  }

  absl::Status Iterate(const std::vector<std::vector<Value>>& items, size_t n, ItemState& state,
                       Batch* batch) const {
    Batch part = *batch;
    std::vector<uint32_t> rows;
    auto* values = batch->arena().AllocateArray<Value>(batch->physical_rows());
    SPELK_RETURN_IF_ERROR(batch->arena().status("foreach"));
    for (size_t r = 0; r < batch->size(); ++r) {
      if (items[r].size() <= n) continue;
      rows.push_back(static_cast<uint32_t>(batch->physical(r)));
      values[rows.back()] = items[r][n];
    }
    part.Select(rows);
    exec::ColumnSetter(node_.item).Set(Column::Values({values, part.physical_rows()}), &part);
    exec::ColumnSetter(node_.iteration)
        .Set(Column::Constant(Value::Integer(static_cast<int64_t>(n)), part.physical_rows()),
             &part);
    Keep keep;
    SPELK_ASSIGN_OR_RETURN(const auto body, exec::SerialRun::Make(*state.pipeline, &keep));
    SPELK_RETURN_IF_ERROR(body->Push(std::move(part)));
    SPELK_RETURN_IF_ERROR(body->Finish());
    for (exec::ColumnSetter& setter : state.setters) {
      const Column* made = keep.kept.Find(setter.field());
      if (made == nullptr) continue;
      Value* merged = exec::CopyColumn(*batch, setter.field());
      if (merged == nullptr) return batch->arena().status("foreach");
      for (const uint32_t row : rows) merged[row] = CopyValue(made->At(row), batch->arena());
      SPELK_RETURN_IF_ERROR(batch->arena().status("foreach"));
      setter.Set(Column::Values({merged, batch->physical_rows()}), batch);
    }
    return absl::OkStatus();
  }

  const ForeachItemNode& node_;
  const exec::RunContext& run_;
};

// ---------------------------------------------------------------- binding

// The text cut at the tokens, which are fields of their own there.
std::vector<plan::ExprPtr> PiecesOf(std::string_view text, const ForeachItemNode& node) {
  std::vector<plan::ExprPtr> pieces;
  while (!text.empty()) {
    size_t at = std::string_view::npos;
    Field first;
    for (const Field token : {node.item, node.iteration}) {
      const size_t found = token.name().empty() ? at : text.find(token.name());
      if (found >= at) continue;
      at = found;
      first = token;
    }
    if (at != 0) {
      pieces.push_back(plan::MakeLiteral(plan::Literal::Text(std::string(text.substr(0, at))),
                                         plan::Type::kString));
    }
    if (at == std::string_view::npos) break;
    pieces.push_back(plan::MakeField(first));
    text.remove_prefix(at + first.name().size());
  }
  return pieces;
}

// A token in a text stands for the value there.
void BindTokens(plan::ExprPtr& expr, const ForeachItemNode& node) {
  for (plan::ExprPtr& argument : expr->arguments) BindTokens(argument, node);
  if (expr->kind != plan::ExprKind::kLiteral) return;
  const Value value = expr->literal.value();
  if (!value.is_text()) return;
  std::vector<plan::ExprPtr> pieces = PiecesOf(value.text(), node);
  if (pieces.empty() || (pieces.size() == 1 && pieces[0]->kind == plan::ExprKind::kLiteral)) return;
  plan::ExprPtr made;
  if (pieces.size() == 1) {
    made = std::move(pieces[0]);
  } else {
    made = std::make_unique<plan::Expr>();
    made->kind = plan::ExprKind::kArithmetic;
    made->type = plan::Type::kString;
    made->operators.assign(pieces.size() - 1, ast::ArithmeticOp::kConcatenate);
    made->arguments = std::move(pieces);
  }
  expr = plan::MadeFrom(*expr, std::move(made));
}

constexpr std::string_view kFieldOptions[] = {"fieldstr", "matchstr", "matchseg1", "matchseg2",
                                              "matchseg3"};
constexpr std::string_view kItemOptions[] = {"itemstr", "iterstr"};

// An option for what the mode does not do would change nothing (Mode options).
absl::Status RefuseOptions(const ast::CommandCall& call, std::string_view mode,
                           std::span<const std::string_view> options, plan::Binder& binder) {
  for (const std::string_view name : options) {
    const ast::ArgumentOption* option = binder.FindOption(call, name);
    if (option == nullptr) continue;
    return binder.Error(ErrorCode::kBadOptionValue, option->name.span,
                        fmt::format("{} does not go with mode={}", name, mode));
  }
  return absl::OkStatus();
}

bool HoldsToken(std::string_view name, const ForeachItemNode& node) {
  return name.find(node.item.name()) != std::string_view::npos ||
         name.find(node.iteration.name()) != std::string_view::npos;
}

absl::StatusOr<plan::NodePtr> BindItems(const ast::CommandCall& call, std::string_view mode,
                                        const ast::ArgumentSubsearch& bracket,
                                        std::vector<Field> fields, plan::Binder& binder) {
  auto node = plan::Make<ForeachItemNode>(call.span);
  for (size_t m = 0; m < EnumSize(ItemsMode()); ++m) {
    if (NameOf(static_cast<ItemsMode>(m)) == mode) node->mode = static_cast<ItemsMode>(m);
  }
  SPELK_RETURN_IF_ERROR(RefuseOptions(call, mode, kFieldOptions, binder));
  if (fields.size() > 1 && node->mode != ItemsMode::kAny) {
    return binder.Error(ErrorCode::kBadArgument, call.name.span,
                        fmt::format("mode={} takes a single field", mode));
  }
  node->fields = std::move(fields);
  SPELK_ASSIGN_OR_RETURN(const std::string item, binder.Text(call, "itemstr"));
  SPELK_ASSIGN_OR_RETURN(const std::string iteration, binder.Text(call, "iterstr"));
  if (item.empty() || iteration.empty()) {
    return binder.Error(ErrorCode::kBadOptionValue, call.name.span,
                        "itemstr and iterstr are not to be empty");
  }
  node->item = binder.Intern(item);
  node->iteration = binder.Intern(iteration);
  const std::vector<ast::CommandCall>& commands = bracket.pipeline->commands;
  if (commands.size() != 1 || commands[0].name.text != "eval") {
    return binder.Error(ErrorCode::kBadArgument, bracket.pipeline->span,
                        "mode=" + std::string(mode) + " takes a single eval");
  }
  SPELK_ASSIGN_OR_RETURN(node->body, binder.Body(*bracket.pipeline));
  auto* extend = plan::TryAs<plan::ExtendNode>(node->body.get());
  for (plan::NamedExpr& each : extend->assignments) {
    if (!each.target || HoldsToken(each.target.name(), *node)) {
      return binder.Error(ErrorCode::kUnbuiltOption, bracket.pipeline->span,
                          "names made of fields are not built yet in this mode");
    }
    BindTokens(each.value, *node);
    node->targets.push_back(each.target);
  }
  return node;
}

// json_array(1, 2) in the place of a field: what it gives, for each row.
absl::StatusOr<plan::NodePtr> BindList(const ast::CommandCall& call, const ast::Argument& list,
                                       const ast::ArgumentSubsearch& bracket,
                                       plan::Binder& binder) {
  constexpr std::string_view kItems = "foreach items";
  plan::NodePtr rows = binder.TakeInput();
  if (rows == nullptr) rows = binder.NewScan(call.span);
  SPELK_ASSIGN_OR_RETURN(
      rows, binder.CommandsIn(fmt::format("| eval \"{}\"={}", kItems, binder.TextOf(list.span)),
                              list.span, "list", std::move(rows)));
  SPELK_ASSIGN_OR_RETURN(plan::NodePtr each,
                         BindItems(call, "json_array", bracket, {binder.Intern(kItems)}, binder));
  each->input = std::move(rows);
  return binder.CommandsIn(fmt::format("| fields - \"{}\"", kItems), call.span, "list",
                           std::move(each));
}

bool IsList(const ast::Argument& argument) {
  const auto* list = std::get_if<ast::ArgumentCall>(&argument.value);
  return list != nullptr && list->name.text == "json_array";
}

absl::StatusOr<plan::NodePtr> BindForeach(const ast::CommandCall& call, plan::Binder& binder) {
  const ast::ArgumentSubsearch* bracket = nullptr;
  std::vector<const ast::Argument*> names;
  for (const ast::Argument& argument : call.arguments) {
    if (std::holds_alternative<ast::ArgumentOption>(argument.value)) continue;
    if (const auto* found = std::get_if<ast::ArgumentSubsearch>(&argument.value)) {
      if (bracket != nullptr) {
        return binder.Error(ErrorCode::kBadArgument, argument.span, "it takes one template");
      }
      bracket = found;
      continue;
    }
    names.push_back(&argument);
  }
  SPELK_ASSIGN_OR_RETURN(const std::string mode, binder.Choice(call, "mode"));
  if (bracket == nullptr || (names.empty() && mode != "auto_collections")) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        bracket == nullptr ? "a template in brackets is missing"
                                           : "a field or a wildcard is missing",
                        {std::string(kForeachUsage)});
  }
  const bool no_mode = binder.FindOption(call, "mode") == nullptr;
  if (names.size() == 1 && IsList(*names[0]) && (no_mode || mode == "json_array")) {
    return BindList(call, *names[0], *bracket, binder);
  }
  SPELK_ASSIGN_OR_RETURN(std::vector<Field> fields, binder.FieldNames(names, true));
  if (mode != "multifield") {
    return BindItems(call, mode, *bracket, std::move(fields), binder);
  }
  SPELK_RETURN_IF_ERROR(RefuseOptions(call, mode, kItemOptions, binder));
  auto node = plan::Make<ForeachNode>(call.span);
  node->names = std::move(fields);
  node->place = TextInBrackets(*bracket);
  node->commands = std::string(binder.TextOf(node->place));
  SPELK_ASSIGN_OR_RETURN(node->field_token, binder.Text(call, "fieldstr"));
  SPELK_ASSIGN_OR_RETURN(node->match_token, binder.Text(call, "matchstr"));
  for (const std::string_view option : {"matchseg1", "matchseg2", "matchseg3"}) {
    SPELK_ASSIGN_OR_RETURN(std::string token, binder.Text(call, option));
    node->segment_tokens.push_back(std::move(token));
  }
  // The commands are bound when the fields are known; that they only stream is known now.
  SPELK_ASSIGN_OR_RETURN(const plan::NodePtr trial, binder.Body(*bracket->pipeline));
  for (const plan::Node* each : plan::ChainOf(*trial)) {
    if (each->input == nullptr || each->GetDataflow().runs == Runs::kStreaming) continue;
    return binder.Error(ErrorCode::kBadArgument, each->span,
                        "foreach subsearches might only contain purely streaming operations");
  }
  return node;
}

exec::OperatorPtr BuildForeach(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Foreach>(plan::As<ForeachNode>(node), run);
}
exec::OperatorPtr BuildItem(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<ForeachItem>(plan::As<ForeachItemNode>(node), run);
}

constexpr Argument TokenOption(std::string_view name, std::string_view token,
                               std::string_view summary) {
  return {.name = name, .type = "text", .fallback = token, .summary = summary, .is_option = true};
}
constexpr Argument kForeachArguments[] = {
    {.name = "field",
     .type = "field…",
     .fallback = "",
     .summary =
         "Fields, also by wildcards; those that begin with _ only if the pattern does. In the "
         "modes for values one field, or none with auto_collections."},
    {.name = "template",
     .type = "[commands]",
     .fallback = "",
     .summary = "Streaming commands in brackets, run once for each field, in the order of names."},
    {.name = "mode",
     .type = "one of multifield|multivalue|json_array|auto_collections",
     .fallback = "multifield",
     .summary = "Whether the template, then a single eval, runs for each value of the field.",
     .is_option = true},
    TokenOption("fieldstr", "<<FIELD>>", "What stands for the name of the field."),
    TokenOption("matchstr", "<<MATCHSTR>>", "For what the stars took of it, put together."),
    TokenOption("matchseg1", "<<MATCHSEG1>>", "For what the first star took."),
    TokenOption("matchseg2", "<<MATCHSEG2>>", "For what the second star took."),
    TokenOption("matchseg3", "<<MATCHSEG3>>", "For what the third star took."),
    TokenOption("itemstr", "<<ITEM>>", "For the value, in the modes for values."),
    TokenOption("iterstr", "<<ITER>>", "For its number, counted from 0.")};
constexpr std::string_view kForeachNotes[] = {
    "a name with blanks or signs needs single quotes round the token: '<<FIELD>>'",
    "the modes for values take one field, whose name is taken as it is, wildcards included; "
    "auto_collections without one goes through all fields that hold several values or a JSON array",
    "json_array(1, 2) may stand for the field, without a mode"};
constexpr Example kForeachExamples[] = {
    {.title = "Each field that ends in _kb, in bytes",
     .input = R"({"in_kb":2,"out_kb":3})",
     .query = "foreach *_kb [eval <<MATCHSTR>>=<<FIELD>>*1024] | table in out",
     .output = R"({"in":2048,"out":3072})"},
    {.title = "The sum of the values of a field",
     .input = R"({"n":"1,2,4"})",
     .query = "makemv delim=\",\" n | eval sum=0 | foreach mode=multivalue n [eval "
              "sum=sum+<<ITEM>>] | table sum",
     .output = R"({"sum":7})"}};
constexpr plan::NodeEntry kForeachNodes[] = {{&plan::TypeOf<ForeachNode>, &BuildForeach},
                                             {&plan::TypeOf<ForeachItemNode>, &BuildItem}};

}  // namespace

extern constexpr CommandEntry kForeach = {
    .name = "foreach",
    .signature =
        "foreach <field>… [mode=(multifield | multivalue | json_array | "
        "auto_collections)] [fieldstr=<text>] [matchstr=<text>] [matchseg1=<text>] "
        "[matchseg2=<text>] [matchseg3=<text>] [itemstr=<text>] [iterstr=<text>] "
        "[<template>]",
    .summary = "Runs commands for each field of the result, or for each value of a field.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .subpipelines = true,
    .arguments = kForeachArguments,
    .notes = kForeachNotes,
    .examples = kForeachExamples,
    .nodes = kForeachNodes,
    .bind = &BindForeach,
};

}  // namespace spelk::commands
