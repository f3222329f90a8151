// rename: gives fields other names.
#include <fmt/format.h>

#include <algorithm>

#include "commands/entry.h"

namespace spelk::commands {
namespace {

constexpr std::string_view kRenameUsage = "usage: rename [old_name AS/TO/-> new_name]+";

// `old AS new` is one argument with an alias; `old TO new` and `old -> new` are three.
struct RenamedPair {
  const ast::Argument* from = nullptr;
  ast::Name to;
};

bool IsTo(const ast::Argument& argument) {
  const auto* word = std::get_if<ast::Name>(&argument.value);
  if (word == nullptr || word->quoted) return false;
  return word->text == "->" || word->text == "TO" || word->text == "to" || word->text == "To";
}

absl::StatusOr<std::vector<RenamedPair>> PairsOf(const ast::CommandCall& call,
                                                 plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  const std::vector<const ast::Argument*> arguments = binder.Positional(call);
  std::vector<RenamedPair> pairs;
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i]->alias) {
      pairs.push_back({arguments[i], *arguments[i]->alias});
      continue;
    }
    const auto* to =
        i + 2 < arguments.size() ? std::get_if<ast::Name>(&arguments[i + 2]->value) : nullptr;
    if (to == nullptr || !IsTo(*arguments[i + 1])) {
      return binder.Error(
          ErrorCode::kBadArgument, arguments[i]->span,
          fmt::format("no AS and new name follow {}", InQuotes(binder.TextOf(arguments[i]->span))),
          {std::string(kRenameUsage), "a name with blanks stands in double quotes"});
    }
    pairs.push_back({arguments[i], *to});
    i += 2;
  }
  if (pairs.empty()) return binder.Error(ErrorCode::kMissingArgument, call.name.span, kRenameUsage);
  return pairs;
}

absl::StatusOr<plan::NodePtr> BindRename(const ast::CommandCall& call, plan::Binder& binder) {
  auto rename = plan::Make<plan::RenameNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(const std::vector<RenamedPair> pairs, PairsOf(call, binder));
  for (const RenamedPair& pair : pairs) {
    SPELK_ASSIGN_OR_RETURN(const Field from, binder.FieldName(*pair.from, true));
    const std::string old_name(from.name());
    const auto stars = [](const std::string& name) {
      return std::count(name.begin(), name.end(), '*');
    };
    if (stars(old_name) != stars(pair.to.text)) {
      return binder.Error(
          ErrorCode::kBadArgument, pair.to.span,
          "the wildcards of '" + old_name + "' and '" + pair.to.text + "' do not match");
    }
    if (pair.to.text.empty()) {
      return binder.Error(ErrorCode::kBadArgument, pair.to.span, "a field name is empty");
    }
    const bool pattern = stars(old_name) > 0;
    rename->pairs.push_back({old_name, pair.to.text});
    rename->from.push_back(pattern ? Field() : from);
    rename->to.push_back(pattern ? Field() : binder.Intern(pair.to.text));
  }
  return rename;
}

constexpr Argument kRenameArguments[] = {{.name = "old AS new",
                                          .type = "fields",
                                          .fallback = "",
                                          .summary = "Pairs; both may hold as many `*`."}};
constexpr Example kRenameExamples[] = {
    {.title = "A name with a blank needs quotes",
     .input = R"({"src":"10.0.0.1"})",
     .query = "rename src AS \"source address\"",
     .output = R"({"source address":"10.0.0.1"})"},
    {.title = "What the star takes is carried over",
     .input = R"({"Processes.user":"ana","Processes.dest":"ws1"})",
     .query = "rename Processes.* AS * | table user dest",
     .output = R"({"user":"ana","dest":"ws1"})"},
};

}  // namespace

extern constexpr CommandEntry kRename = {
    .name = "rename",
    .signature = "rename <field> AS <field> [, <field> AS <field>]…",
    .summary = "Gives fields other names.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kRenameArguments,
    .examples = kRenameExamples,
    .bind = &BindRename,
};

}  // namespace spelk::commands
