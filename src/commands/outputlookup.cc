// outputlookup: writes rows to a lookup table.
#include <fmt/format.h>

#include <utility>

#include "commands/output_table.h"
#include "plan/bind/lookups.h"

namespace spelk::commands {
namespace {

absl::Status RefuseForFiles(const ast::CommandCall& call, plan::Binder& binder) {
  for (const std::string_view name : {"key_field", "allow_updates"}) {
    if (const ast::ArgumentOption* option = binder.FindOption(call, name)) {
      return binder.Error(ErrorCode::kBadArgument, option->name.span,
                          fmt::format("{} is for collections of the KV store only", name));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<plan::NodePtr> BindOutputLookup(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  if (arguments.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span,
                        "the name of a lookup table is missing");
  }
  SPELK_ASSIGN_OR_RETURN(const ast::Name* name, plan::TableName(*arguments[0], binder));
  if (arguments.size() > 1) {
    return binder.Error(ErrorCode::kBadArgument, arguments[1]->span,
                        fmt::format("unexpected \"{}\"", binder.TextOf(arguments[1]->span)));
  }
  SPELK_ASSIGN_OR_RETURN(const plan::LookupPtr lookup,
                         plan::BindLookupIfAny(name->text, name->span, binder));
  const bool file = name->text.ends_with(".csv") || name->text.ends_with(".csv.gz");
  if (lookup == nullptr && !file) {
    return plan::BindLookup(name->text, name->span, binder).status();
  }
  SPELK_ASSIGN_OR_RETURN(
      std::unique_ptr<OutputTableNode> node,
      BindOutputTable(call, lookup != nullptr ? lookup->table : name->text, name->span, binder));
  node->lookup = name->text;
  node->collection = lookup != nullptr && lookup->collection;
  if (node->collection) {
    node->file = fmt::format("{}.csv", node->table);
    SPELK_ASSIGN_OR_RETURN(node->key_column, binder.Text(call, "key_field"));
    node->append = node->append || !node->key_column.empty();
    SPELK_ASSIGN_OR_RETURN(node->update, binder.Flag(call, "allow_updates"));
  } else {
    SPELK_RETURN_IF_ERROR(RefuseForFiles(call, binder));
  }
  SPELK_ASSIGN_OR_RETURN(const int64_t most, binder.Integer(call, "max"));
  node->most = static_cast<uint64_t>(most);
  SPELK_ASSIGN_OR_RETURN(const std::string format, binder.Choice(call, "output_format"));
  if (format == "splunk_mv_csv") node->text = TableText::kMultivalues;
  SPELK_RETURN_IF_ERROR(binder.Flag(call, "createinapp").status());
  SPELK_RETURN_IF_ERROR(binder.Choice(call, "create_context").status());
  return plan::NodePtr(std::move(node));
}

constexpr Argument kOutputLookupArguments[] = {
    kOutputAppend,
    kOutputCreateEmpty,
    kOutputOverride,
    {.name = "max",
     .type = "int",
     .fallback = "0",
     .summary = "How many rows are written; 0 is all.",
     .is_option = true},
    {.name = "key_field",
     .type = "field",
     .fallback = "",
     .summary = "Of a collection: the field with the key of a row. Rows of that key are replaced, "
                "all others stay.",
     .is_option = true},
    {.name = "allow_updates",
     .type = "bool",
     .fallback = "t",
     .summary = "Of a collection: whether rows with a key that there is are replaced.",
     .is_option = true},
    {.name = "createinapp",
     .type = "bool",
     .fallback = "t",
     .summary = "In which folder of Splunk a new file lies.",
     .is_option = true,
     .no_effect = true},
    {.name = "create_context",
     .type = "one of app|user|system",
     .fallback = "app",
     .summary = "Likewise.",
     .is_option = true,
     .no_effect = true},
    {.name = "output_format",
     .type = "one of splunk_sv_csv|splunk_mv_csv",
     .fallback = "splunk_sv_csv",
     .summary = "Whether a multivalue becomes one text with a line for each value, or stays one.",
     .is_option = true},
    {.name = "table",
     .type = "text",
     .fallback = "",
     .summary = "A stanza of transforms.conf, or a file NAME.csv or NAME.csv.gz."}};
constexpr std::string_view kOutputLookupNotes[] = {
    kOutputMemoryNote,
    "the rows are passed on, and a search of the same run that reads the table sees what was there "
    "before, unless it comes later in the list of searches",
    "rows appended to a file have its columns; others are left out",
    "rows of a collection without a key get one by counting",
};
constexpr Example kOutputLookupExamples[] = {
    {.title = "A table of what was seen, for later searches",
     .input = R"({"user":"ana"} {"user":"bo"} {"user":"ana"})",
     .query = "stats count BY user | outputlookup seen.csv",
     .output = R"({"user":"ana","count":2} {"user":"bo","count":1})"},
};

constexpr plan::NodeEntry kOutputLookupNodes[] = {
    {&plan::TypeOf<OutputTableNode>, &BuildOutputTable}};

}  // namespace

extern constexpr CommandEntry kOutputLookup = {
    .name = "outputlookup",
    .signature =
        "outputlookup [append=<bool>] [create_empty=<bool>] [override_if_empty=<bool>] "
        "[max=<int>] [key_field=<field>] [allow_updates=<bool>] [createinapp=<bool>] "
        "[create_context=<text>] [output_format=<text>] <table>",
    .summary = "Writes the rows to a lookup table and passes them on.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kOutputLookupArguments,
    .notes = kOutputLookupNotes,
    .differs = "Writes files inside --allow-write only; otherwise the table stays in memory.",
    .examples = kOutputLookupExamples,
    .nodes = kOutputLookupNodes,
    .bind = &BindOutputLookup,
};

}  // namespace spelk::commands
