// erex: extracts what is like examples, by a regular expression that it learns.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/all_rows.h"
#include "commands/study/learned_regex.h"
#include "value/multivalue.h"
#include "value/number.h"
#include "value/regex.h"

namespace spelk::commands {
namespace {

struct ErexNode final : plan::Node {
  static constexpr std::string_view kName = "erex";
  Field target;
  std::vector<std::string> examples;
  std::vector<std::string> counterexamples;
  Field from;
  uint64_t trainers = 100;

  plan::Dataflow GetDataflow() const override {
    // Which rows teach depends on their order.
    plan::Dataflow flow{.order = Order::kNeeds, .keeps_order = true, .runs = Runs::kSink};
    flow.results = false;
    flow.reads = plan::FieldSet::Of({from, target});
    flow.writes = plan::FieldSet::Of({target});
    flow.makes = {target};
    return flow;
  }
  bool WellFormed(const plan::Registry&) const { return !examples.empty(); }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("field", target);
    visit("examples", examples);
    visit("counterexamples", counterexamples);
    visit("fromfield", from);
    visit("maxtrainers", trainers);
  }
};

class Erex final : public WholeSink {
 public:
  Erex(const ErexNode& node, const exec::RunContext& run)
      : WholeSink("erex", node, run), node_(node) {}

 private:
  static constexpr std::string_view kGroup = "value";

  absl::Status Make(AllRows& rows, const std::vector<Field>&, exec::Output& out) const override {
    if (rows.size() == 0) return absl::OkStatus();
    SPELK_RETURN_IF_ERROR(rows.Reserve(rows.size() * 4 * sizeof(Value)));
    const std::vector<Value> texts = rows.ValuesOf(node_.from);
    SPELK_ASSIGN_OR_RETURN(const std::vector<Trainer> trainers, Find(texts, rows));
    if (trainers.empty()) {
      return absl::FailedPreconditionError(fmt::format(
          "erex: none of the examples is in the field '{}' of the events", node_.from.name()));
    }
    WarnOfMissing(texts);
    const bool plain = IsGroupName(node_.target.name());
    const std::string_view group = plain ? node_.target.name() : kGroup;
    NewColumn column{node_.target, {}};
    std::vector<std::string> others;
    // Each event that a counterexample was taken from is learned from the next time, so that no
    // expression comes again.
    while (true) {
      const absl::StatusOr<std::string> pattern =
          LearnRegex(trainers, others, node_.counterexamples, group);
      if (!pattern.ok()) {
        return absl::FailedPreconditionError(
            "erex: found no expression that takes the examples and no counterexample; give more "
            "examples, or write it with rex");
      }
      SPELK_RETURN_IF_ERROR(run().cancel->status());
      Arena arena(run().budget);
      column.values = rows.ValuesOf(node_.target);
      SPELK_ASSIGN_OR_RETURN(std::optional<std::string> wrong,
                             Extract(texts, *pattern, arena, &column.values));
      if (!wrong) {
        Tell(*pattern, trainers.size());
        return rows.Emit({&column, 1}, nullptr, out);
      }
      SPELK_RETURN_IF_ERROR(rows.Reserve(wrong->size()));
      others.push_back(*std::move(wrong));
    }
  }

  // The command that does the same.
  void Tell(std::string_view pattern, size_t trained) const {
    const std::string_view from = node_.from.name();
    std::string field;
    if (from != "_raw") {
      field = fmt::format("field={} ", IsGroupName(from) ? std::string(from) : Quoted(from));
    }
    std::string renamed;
    if (!IsGroupName(node_.target.name())) {
      renamed = fmt::format(" | rename {} AS {}", kGroup, Quoted(node_.target.name()));
    }
    run().warnings->Add(ErrorCode::kDiffers,
                        fmt::format("erex: Splunk may learn another expression; from {} this one "
                                    "was learned: rex {}{}{}",
                                    trained == 1 ? "1 event" : fmt::format("{} events", trained),
                                    field, Quoted(pattern), renamed));
  }

  // Two backslashes are one within quotes, before other characters one is itself.
  static std::string Quoted(std::string_view text) {
    std::string quoted = "\"";
    for (size_t i = 0; i < text.size(); ++i) {
      const bool pair = text[i] == '\\' && (i + 1 == text.size() || text[i + 1] == '\\' ||
                                            text[i + 1] == '"' || (i > 0 && text[i - 1] == '\\'));
      if (text[i] == '"' || pair) quoted += '\\';
      quoted += text[i];
    }
    return quoted += '"';
  }

  // What is asked for and stands nowhere is likely misspelled.
  void WarnOfMissing(const std::vector<Value>& texts) const {
    std::string missing;
    const std::pair<std::string_view, const std::vector<std::string>*> lists[] = {
        {"example", &node_.examples}, {"counterexample", &node_.counterexamples}};
    for (const auto& [what, list] : lists) {
      for (const std::string& wanted : *list) {
        const bool seen = std::any_of(texts.begin(), texts.end(), [&](const Value& value) {
          const auto each = value.each();
          return std::any_of(each.begin(), each.end(), [&](const Value& one) {
            return TextOf(one).find(wanted) != std::string::npos;
          });
        });
        if (seen) continue;
        if (!missing.empty()) missing += ", ";
        missing += fmt::format("the {} '{}'", what, wanted);
      }
    }
    if (missing.empty()) return;
    run().warnings->Add(
        ErrorCode::kNothingThere,
        fmt::format("erex: in the field '{}' of no event: {}", node_.from.name(), missing));
  }

  // Names of groups are shorter than those of fields may be.
  static bool IsGroupName(std::string_view name) {
    constexpr size_t kMostLength = 32;
    return !name.empty() && name.size() <= kMostLength && !(name[0] >= '0' && name[0] <= '9') &&
           std::all_of(name.begin(), name.end(), [](char c) {
             return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '_';
           });
  }

  // The first texts that hold an example as a word of its own, or in a word if there is none.
  absl::StatusOr<std::vector<Trainer>> Find(const std::vector<Value>& texts, AllRows& rows) const {
    std::vector<Trainer> trainers;
    for (const bool words : {true, false}) {
      for (const Value& value : texts) {
        for (const Value& each : value.each()) {
          if (trainers.size() >= node_.trainers) return trainers;
          std::string text = TextOf(each);
          const std::optional<Trainer> found = FindIn(text, words);
          if (!found) continue;
          SPELK_RETURN_IF_ERROR(rows.Reserve(sizeof(Trainer) + 2 * text.size()));
          trainers.push_back({std::move(text), found->begin, found->end});
        }
      }
      if (!trainers.empty()) break;
      SPELK_RETURN_IF_ERROR(run().cancel->status());
    }
    return trainers;
  }

  std::optional<Trainer> FindIn(std::string_view text, bool words) const {
    const auto is_word = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    };
    for (const std::string& example : node_.examples) {
      for (size_t at = text.find(example); at != std::string_view::npos;
           at = text.find(example, at + 1)) {
        const size_t end = at + example.size();
        const bool cuts = (at > 0 && is_word(text[at]) && is_word(text[at - 1])) ||
                          (end < text.size() && is_word(text[end - 1]) && is_word(text[end]));
        if (!cuts || !words) return Trainer{{}, at, end};
      }
    }
    return std::nullopt;
  }

  // The values that the expression takes; or a text of which it takes a counterexample.
  absl::StatusOr<std::optional<std::string>> Extract(const std::vector<Value>& texts,
                                                     const std::string& pattern, Arena& arena,
                                                     std::vector<Value>* values) const {
    SPELK_ASSIGN_OR_RETURN(const Regex regex, Regex::Compile(pattern));
    RegexMatcher matcher(regex);
    const size_t group = regex.groups()[0].index;
    std::vector<Value> found;
    const std::vector<std::string>& wrong = node_.counterexamples;
    for (size_t r = 0; r < texts.size(); ++r) {
      found.clear();
      for (const Value& each : texts[r].each()) {
        const std::string_view text = arena.Copy(TextOf(each));
        const MatchResult result = matcher.Match(text);
        if (result == MatchResult::kLimit) {
          run().evaluation.counters->regex_limits.fetch_add(1, std::memory_order_relaxed);
        }
        if (result != MatchResult::kYes) continue;
        const std::optional<std::string_view> taken = matcher.Group(text, group);
        if (!taken) continue;
        if (std::find(wrong.begin(), wrong.end(), *taken) != wrong.end()) {
          return std::optional(std::string(text));
        }
        found.push_back(Value::Text(*taken));
      }
      if (!found.empty()) (*values)[r] = MakeMulti(found, arena);
      SPELK_RETURN_IF_ERROR(arena.status("erex"));
    }
    return std::optional<std::string>();
  }

  const ErexNode& node_;
};

// The parts of a text with commas between; blanks around each are not of it.
void AddList(std::string_view text, std::vector<std::string>* list) {
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    std::string_view each = text.substr(begin, end - begin);
    while (!each.empty() && each.front() == ' ') each.remove_prefix(1);
    while (!each.empty() && each.back() == ' ') each.remove_suffix(1);
    if (!each.empty()) list->emplace_back(each);
    begin = end + 1;
  }
}

// examples="a, b" or examples=a,b.
absl::StatusOr<std::vector<std::string>> ListOf(const ast::CommandCall& call, std::string_view name,
                                                plan::Binder& binder) {
  std::vector<std::string> texts;
  const ast::ArgumentOption* option = binder.FindOption(call, name);
  if (option == nullptr) return texts;
  if (const auto* list = std::get_if<ast::ArgumentList>(&option->value->value)) {
    for (const ast::Name& item : list->items) AddList(item.text, &texts);
    return texts;
  }
  SPELK_ASSIGN_OR_RETURN(const std::string text, binder.OptionText(*option));
  AddList(text, &texts);
  return texts;
}

absl::StatusOr<plan::NodePtr> BindErex(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<ErexNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->target, binder.OneField(call));
  SPELK_ASSIGN_OR_RETURN(node->examples, ListOf(call, "examples", binder));
  SPELK_ASSIGN_OR_RETURN(node->counterexamples, ListOf(call, "counterexamples", binder));
  SPELK_ASSIGN_OR_RETURN(const std::string from, binder.Text(call, "fromfield"));
  SPELK_ASSIGN_OR_RETURN(const int64_t trainers, binder.Integer(call, "maxtrainers", 1, 1000));
  node->from = binder.Intern(from);
  node->trainers = static_cast<uint64_t>(trainers);
  if (node->examples.empty()) {
    return binder.Error(ErrorCode::kMissingArgument, call.name.span, "the examples are missing",
                        {"usage: erex <field> examples=\"<text>, <text>…\""});
  }
  return node;
}

exec::OperatorPtr BuildErex(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Erex>(plan::As<ErexNode>(node), run);
}

constexpr Argument kErexArguments[] = {
    {.name = "field", .type = "field", .fallback = "", .summary = "Gets what is extracted."},
    {.name = "examples",
     .type = "text",
     .fallback = "",
     .summary = "Texts that are to be extracted where they stand, with commas between.",
     .is_option = true,
     .value = ValueShape::kFields},
    {.name = "counterexamples",
     .type = "text",
     .fallback = "",
     .summary = "Texts that are not, likewise.",
     .is_option = true,
     .value = ValueShape::kFields},
    {.name = "fromfield",
     .type = "field",
     .fallback = "_raw",
     .summary = "Where they stand.",
     .is_option = true},
    {.name = "maxtrainers",
     .type = "int, 1 to 1000",
     .fallback = "100",
     .summary = "From how many texts with an example it learns.",
     .is_option = true}};
constexpr std::string_view kErexNotes[] = {
    "a warning tells the learned expression as a rex command, which is what Splunk shows among the "
    "messages of the job; Splunk may learn another one",
    "it is learned from what stands before and after the examples and from the kinds of their "
    "characters: digits, letters, others; where it would take a counterexample from any event, "
    "from how many of them there are, too; the first match of a text is taken, of a multivalue "
    "that "
    "of each value",
    "a warning names the examples and counterexamples that no event holds",
    "if no event holds an example, or no expression takes the examples alone, the search fails"};
constexpr Example kErexExamples[] = {
    {.title = "Ports like the two given",
     .input = R"({"m":"ann from port 3351 ok"} {"m":"bob from port 3768 ok"} )"
              R"({"m":"cyd from port 22 no"} {"m":"7 errors"})",
     .query = "erex port fromfield=m examples=\"3351, 3768\" | table m port",
     .output = R"({"m":"ann from port 3351 ok","port":"3351"} )"
               R"({"m":"bob from port 3768 ok","port":"3768"} )"
               R"({"m":"cyd from port 22 no","port":"22"} {"m":"7 errors"})"},
};

constexpr plan::NodeEntry kErexNodes[] = {{&plan::TypeOf<ErexNode>, &BuildErex}};

}  // namespace

extern constexpr CommandEntry kErex = {
    .name = "erex",
    .signature =
        "erex <field> examples=<texts> [counterexamples=<texts>] [fromfield=<field>] "
        "[maxtrainers=<int>]",
    .summary = "Extracts what is like examples, by a regular expression that it learns.",
    .kind = CommandKind::kDatasetProcessing,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kErexArguments,
    .notes = kErexNotes,
    .differs =
        "Splunk does not publish how it makes an expression out of examples; a warning tells "
        "the one that is used.",
    .examples = kErexExamples,
    .nodes = kErexNodes,
    .bind = &BindErex,
};

}  // namespace spelk::commands
