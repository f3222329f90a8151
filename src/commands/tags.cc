// tags: the tags of the values of events.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/arena_builder.h"
#include "commands/entry.h"
#include "exec/column_setter.h"
#include "value/number.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kTagOf = "tag::";

struct TagsNode final : plan::Node {
  static constexpr std::string_view kName = "tags";
  std::vector<Field> fields;  // None: all.
  std::vector<Field> tags;    // tag::FIELD of each.
  Field output;               // Null: tags stay in tag::FIELD.
  bool with_name = false;
  bool with_value = false;
  std::vector<std::string> allowed;  // None: all.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.reads = plan::FieldSet::Of(tags),
                        .writes = plan::FieldSet(),
                        .order = Order::kKeeps,
                        .runs = Runs::kStreaming,
                        .results = false};
    if (tags.empty()) flow.reads.AddPattern("tag::*");
    if (with_value) {
      if (fields.empty()) flow.reads.AddAll();
      flow.reads.Add(plan::FieldSet::Of(fields));
    }
    if (output) {
      flow.reads.Add(output);
      flow.writes.Add(output);
      flow.makes = {output};
    } else if (tags.empty()) {
      flow.writes.AddPattern("tag::*");
    } else {
      flow.writes = plan::FieldSet::Of(tags);
      flow.makes = tags;
    }
    return flow;
  }
  bool WellFormed(const plan::Registry&) const { return tags.size() == fields.size(); }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("fields", fields);
    visit("tags", tags);
    visit.MayBeNull("outputfield", output);
    visit("inclname", with_name);
    visit("inclvalue", with_value);
    visit("allowed_tags", allowed);
  }
};

class Tags final : public exec::Streaming<exec::NoState> {
 public:
  Tags(const TagsNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }

  absl::Status Process(Batch batch, exec::NoState&, exec::Output& out) const override {
    const std::vector<size_t> columns = TagColumns(batch);
    if (node_.output) {
      SPELK_RETURN_IF_ERROR(Collect(columns, &batch));
    } else {
      SPELK_RETURN_IF_ERROR(Restrict(columns, &batch));
    }
    return out.Push(std::move(batch));
  }

 private:
  std::vector<size_t> TagColumns(const Batch& batch) const {
    std::vector<size_t> columns;
    const std::vector<Field>& fields = batch.schema()->fields();
    for (size_t c = 0; c < fields.size(); ++c) {
      const bool wanted =
          node_.tags.empty()
              ? !fields[c].hidden() && fields[c].name().starts_with(kTagOf)
              : std::find(node_.tags.begin(), node_.tags.end(), fields[c]) != node_.tags.end();
      if (wanted) columns.push_back(c);
    }
    std::sort(columns.begin(), columns.end(),
              [&](size_t a, size_t b) { return Place(fields[a]) < Place(fields[b]); });
    return columns;
  }

  // Named fields stand as they were named, all fields by name.
  std::pair<size_t, std::string_view> Place(Field tag) const {
    const auto found = std::find(node_.tags.begin(), node_.tags.end(), tag);
    return {static_cast<size_t>(found - node_.tags.begin()), tag.name()};
  }

  bool IsAllowed(const Value& tag) const {
    if (node_.allowed.empty()) return true;
    char buffer[kNumberText];
    const std::string_view text = TextOf(tag, buffer);
    return std::find(node_.allowed.begin(), node_.allowed.end(), text) != node_.allowed.end();
  }

  absl::Status Restrict(const std::vector<size_t>& columns, Batch* batch) const {
    // A field that no row has is null in all of them.
    for (const Field tag : node_.tags) {
      if (batch->Find(tag) != nullptr) continue;
      exec::ColumnSetter(tag).Set(Column::Null(batch->physical_rows()), batch);
    }
    if (node_.allowed.empty()) return absl::OkStatus();
    for (const size_t c : columns) {
      auto* values = batch->arena().AllocateArray<Value>(batch->physical_rows());
      SPELK_RETURN_IF_ERROR(batch->arena().status("tags"));
      std::fill(values, values + batch->physical_rows(), Value::Null());
      for (size_t r = 0; r < batch->size(); ++r) {
        ArenaBuilder<Value> kept(batch->arena());
        const Value all = batch->At(c, r);
        for (const Value& tag : all.each()) {
          if (IsAllowed(tag)) kept.Add(tag);
        }
        values[batch->physical(r)] = Value::Multi(kept.Finish());
      }
      batch->SetColumn(c, Column::Values({values, batch->physical_rows()}));
    }
    return batch->arena().status("tags");
  }

  absl::Status Collect(const std::vector<size_t>& columns, Batch* batch) const {
    Value* values = exec::CopyColumn(*batch, node_.output);
    SPELK_RETURN_IF_ERROR(batch->arena().status("tags"));
    for (size_t r = 0; r < batch->size(); ++r) {
      std::vector<std::string> texts;
      for (const size_t c : columns) {
        const Field tag = batch->schema()->fields()[c];
        const std::string_view field = tag.name().substr(kTagOf.size());
        const Value all = batch->At(c, r);
        for (const Value& each : all.each()) {
          if (!IsAllowed(each)) continue;
          std::string text = node_.with_name ? fmt::format("{}::", field) : std::string();
          if (node_.with_value) text += fmt::format("{}::", ValueOf(*batch, field, r));
          texts.push_back(text + TextOf(each));
        }
      }
      if (texts.empty()) continue;
      auto* list = batch->arena().AllocateArray<Value>(texts.size());
      SPELK_RETURN_IF_ERROR(batch->arena().status("tags"));
      for (size_t i = 0; i < texts.size(); ++i) {
        list[i] = Value::Text(batch->arena().Copy(texts[i]));
      }
      values[batch->physical(r)] = Value::Multi({list, texts.size()});
    }
    exec::ColumnSetter(node_.output).Set(Column::Values({values, batch->physical_rows()}), batch);
    return batch->arena().status("tags");
  }

  std::string ValueOf(const Batch& batch, std::string_view name, size_t row) const {
    const Field field = run_.fields->Find(name);
    const Column* column = field ? batch.Find(field) : nullptr;
    return column == nullptr ? "" : TextOf(column->At(batch.physical(row)));
  }

  const TagsNode& node_;
  const exec::RunContext& run_;
};

std::vector<std::string> SplitNames(std::string_view text) {
  std::vector<std::string> names;
  std::string name;
  for (const char c : text) {
    if (c != ',' && c != ' ') {
      name += c;
    } else if (!name.empty()) {
      names.push_back(std::exchange(name, {}));
    }
  }
  if (!name.empty()) names.push_back(std::move(name));
  return names;
}

absl::StatusOr<plan::NodePtr> BindTags(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  auto node = plan::Make<TagsNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->fields, binder.FieldNames(binder.Positional(call)));
  for (const Field field : node->fields) {
    node->tags.push_back(binder.Intern(fmt::format("{}{}", kTagOf, field.name())));
  }
  SPELK_ASSIGN_OR_RETURN(const std::string output, binder.Text(call, "outputfield"));
  SPELK_ASSIGN_OR_RETURN(const std::string allowed, binder.Text(call, "allowed_tags"));
  SPELK_ASSIGN_OR_RETURN(node->with_name, binder.Flag(call, "inclname"));
  SPELK_ASSIGN_OR_RETURN(node->with_value, binder.Flag(call, "inclvalue"));
  if (!output.empty()) node->output = binder.Intern(output);
  if (output.empty()) node->with_name = node->with_value = false;
  node->allowed = SplitNames(allowed);
  return node;
}

exec::OperatorPtr BuildTags(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Tags>(plan::As<TagsNode>(node), run);
}

constexpr Argument kTagsArguments[] = {
    {.name = "field",
     .type = "field…",
     .fallback = "",
     .summary = "Whose tags are shown; without any those of all fields."},
    {.name = "outputfield",
     .type = "field",
     .fallback = "",
     .summary = "Gets the tags of all of them; without it each has tag::FIELD.",
     .is_option = true},
    {.name = "inclname",
     .type = "bool",
     .fallback = "false",
     .summary = "With outputfield: whether the name of the field stands before a tag.",
     .is_option = true},
    {.name = "inclvalue",
     .type = "bool",
     .fallback = "false",
     .summary = "With outputfield: whether its value does.",
     .is_option = true},
    {.name = "allowed_tags",
     .type = "text, with commas between",
     .fallback = "",
     .summary = "Only these tags are shown.",
     .is_option = true}};
constexpr std::string_view kTagsNotes[] = {
    "tags come from the tags.conf of --app; they are those of the event as it was read"};
constexpr Example kTagsExamples[] = {
    {.title = "Tags that events have of their own",
     .input = R"({"a":1,"tag::host":"web"})",
     .query = "tags outputfield=t inclname=t host | table a t",
     .output = R"({"a":1,"t":"host::web"})"},
};

constexpr plan::NodeEntry kTagsNodes[] = {{&plan::TypeOf<TagsNode>, &BuildTags}};

}  // namespace

extern constexpr CommandEntry kTags = {
    .name = "tags",
    .signature =
        "tags [outputfield=<field>] [inclname=<bool>] [inclvalue=<bool>] "
        "[allowed_tags=<text>] [<field>…]",
    .summary = "Shows the tags of the values of fields.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kTagsArguments,
    .notes = kTagsNotes,
    .examples = kTagsExamples,
    .nodes = kTagsNodes,
    .bind = &BindTags,
};

}  // namespace spelk::commands
