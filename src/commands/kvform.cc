// kvform: fields out of events that are filled-in forms, by the forms of apps.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "commands/entry.h"
#include "exec/found_fields.h"
#include "io/fields/text_fields.h"
#include "plan/saved_searches.h"
#include "value/number.h"
#include "value/regex.h"

namespace spelk::commands {
namespace {

// What stands for [[name:field]] in forms.
struct FormPattern {
  std::string name;
  std::string regex;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("name", name);
    visit("regex", regex);
  }
};

struct KvFormNode final : plan::Node {
  static constexpr std::string_view kName = "kvform";
  Field text;
  std::string form;  // Without it the values of the field name forms.
  Field field;
  std::vector<FormPattern> patterns;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of({text});
    if (form.empty()) flow.reads.Add(field);
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("text", text);
    visit("form", form);
    visit("field", field);
    visit("patterns", patterns);
  }
};

// A form as a regular expression; the fields are its named groups.
class FormTemplate {
 public:
  static absl::StatusOr<std::unique_ptr<FormTemplate>> Make(
      std::string_view file, std::string_view text, const std::vector<FormPattern>& patterns) {
    auto form = std::make_unique<FormTemplate>();
    SPELK_ASSIGN_OR_RETURN(const std::string pattern, form->PatternOf(file, text, patterns));
    absl::StatusOr<Regex> regex = Regex::Compile(pattern);
    if (!regex.ok()) {
      return absl::FailedPreconditionError(
          fmt::format("kvform: the form '{}': {}", file, MessageOf(regex.status())));
    }
    form->regex_ = std::make_unique<Regex>(*std::move(regex));
    form->matcher_ = std::make_unique<RegexMatcher>(*form->regex_);
    return form;
  }

  MatchResult Match(std::string_view text) { return matcher_->Match(text); }
  // What the fields got, after a match.
  template <class Take>
  void EachField(std::string_view text, const Take& take) const {
    for (const Regex::Group& group : regex_->groups()) {
      const std::optional<std::string_view> found = matcher_->Group(text, group.index);
      const std::string_view name = group.name;
      size_t place = fields_.size();
      if (name.starts_with(kGroup)) {
        std::from_chars(name.data() + kGroup.size(), name.data() + name.size(), place);
      }
      // Patterns may have names of their own in them.
      const std::string& field = place < fields_.size() ? fields_[place] : group.name;
      if (found && !found->empty()) take(field, *found);
    }
  }

 private:
  static constexpr std::string_view kGroup = "spelk";  // Groups are numbered: fields have any name.

  // Blanks stand for any blanks, [[name:field]] for what the pattern of that name takes, and all
  // else for itself.
  absl::StatusOr<std::string> PatternOf(std::string_view file, std::string_view text,
                                        const std::vector<FormPattern>& patterns) {
    while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
    while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
    std::string pattern;
    for (size_t i = 0; i < text.size();) {
      if (IsBlank(text[i])) {
        while (i < text.size() && IsBlank(text[i])) ++i;
        pattern += "\\s+";
        continue;
      }
      const size_t end = text.substr(i).starts_with("[[") ? text.find("]]", i) : std::string::npos;
      if (end == std::string::npos) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const bool word = (byte & 0x80U) != 0 || byte == '_' || std::isalnum(byte) != 0;
        if (!word) pattern += '\\';
        pattern += text[i++];
        continue;
      }
      SPELK_RETURN_IF_ERROR(
          AddReference(file, text.substr(i + 2, end - i - 2), patterns, &pattern));
      i = end + 2;
    }
    return pattern;
  }

  static constexpr size_t kMostDepth = 8;

  absl::Status AddReference(std::string_view file, std::string_view reference,
                            const std::vector<FormPattern>& patterns, std::string* pattern) {
    const FormPattern* known = Find(reference, patterns);
    if (known == nullptr) {
      return absl::FailedPreconditionError(
          fmt::format("kvform: the form '{}' has [[{}]], and no stanza '{}' of transforms.conf has "
                      "a REGEX that can stand there",
                      file, reference, reference.substr(0, reference.find(':'))));
    }
    AddPattern(reference, known->regex, patterns, 0, pattern);
    return absl::OkStatus();
  }

  // A pattern may name others in the same way.
  // NOLINTNEXTLINE(misc-no-recursion): at most kMostDepth deep.
  void AddPattern(std::string_view reference, std::string_view regex,
                  const std::vector<FormPattern>& patterns, size_t depth, std::string* pattern) {
    const size_t colon = reference.find(':');
    if (colon == std::string_view::npos) {
      *pattern += "(?:";
    } else {
      *pattern += fmt::format("(?<{}{}>", kGroup, fields_.size());
      fields_.emplace_back(reference.substr(colon + 1));
    }
    for (size_t i = 0; i < regex.size();) {
      const size_t end =
          regex.substr(i).starts_with("[[") ? regex.find("]]", i) : std::string::npos;
      const std::string_view inner =
          end == std::string_view::npos ? std::string_view() : regex.substr(i + 2, end - i - 2);
      const FormPattern* known = inner.empty() ? nullptr : Find(inner, patterns);
      if (known == nullptr || depth == kMostDepth) {
        *pattern += regex[i++];
        continue;
      }
      AddPattern(inner, known->regex, patterns, depth + 1, pattern);
      i = end + 2;
    }
    *pattern += ')';
  }

  static const FormPattern* Find(std::string_view reference,
                                 const std::vector<FormPattern>& patterns) {
    const std::string_view name = reference.substr(0, reference.find(':'));
    const auto known = std::find_if(patterns.begin(), patterns.end(),
                                    [&](const FormPattern& each) { return each.name == name; });
    return known == patterns.end() ? nullptr : &*known;
  }

  static bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

  std::vector<std::string> fields_;
  std::unique_ptr<Regex> regex_;
  std::unique_ptr<RegexMatcher> matcher_;
};

struct KvFormState {
  std::map<std::string, std::unique_ptr<FormTemplate>, std::less<>>
      forms;  // Null: there is no such file.
};

class KvForm final : public exec::Streaming<KvFormState> {
 public:
  KvForm(const KvFormNode& node, const exec::RunContext& run) : node_(node), run_(run) {}

  absl::StatusOr<KvFormState> NewState() const override { return KvFormState(); }

  absl::Status Process(Batch batch, KvFormState& state, exec::Output& out) const override {
    const Column* text = batch.Find(node_.text);
    const Column* names = node_.form.empty() ? batch.Find(node_.field) : nullptr;
    if (text == nullptr || (node_.form.empty() && names == nullptr)) {
      return out.Push(std::move(batch));
    }
    exec::FoundFields found(batch, run_, "kvform");
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      io::TextFields fields(batch.arena());
      if (names == nullptr) {
        SPELK_RETURN_IF_ERROR(Fill(node_.form, text->At(row), batch.arena(), state, &fields));
      } else {
        const Value forms = names->At(row);
        for (const Value& each : forms.each()) {
          SPELK_RETURN_IF_ERROR(Fill(TextOf(each), text->At(row), batch.arena(), state, &fields));
        }
      }
      SPELK_RETURN_IF_ERROR(found.Put(row, fields.Finish(), exec::Existing::kReplaced));
    }
    Batch made = batch;
    found.MoveInto(&made);
    return out.Push(std::move(made));
  }

 private:
  absl::Status Fill(std::string_view name, const Value& value, Arena& arena, KvFormState& state,
                    io::TextFields* fields) const {
    SPELK_ASSIGN_OR_RETURN(FormTemplate * form, FormOf(name, state));
    if (form == nullptr) return absl::OkStatus();
    for (const Value& each : value.each()) {
      const std::string_view text = arena.Copy(TextOf(each));
      const MatchResult result = form->Match(text);
      if (result == MatchResult::kLimit) {
        run_.evaluation.counters->regex_limits.fetch_add(1, std::memory_order_relaxed);
      }
      if (result != MatchResult::kYes) continue;
      form->EachField(text, [&](const std::string& field, std::string_view found) {
        fields->Add(arena.Copy(field), Value::Text(found));
      });
    }
    return arena.status("kvform");
  }

  absl::StatusOr<FormTemplate*> FormOf(std::string_view name, KvFormState& state) const {
    const auto known = state.forms.find(name);
    if (known != state.forms.end()) return known->second.get();
    constexpr size_t kMostBytes = size_t{1} << 20U;
    // The name of the file is taken as well.
    constexpr std::string_view kExtension = ".form";
    const bool whole = name.ends_with(kExtension);
    const std::string file = fmt::format("forms/{}{}", name, whole ? "" : kExtension);
    std::unique_ptr<FormTemplate> form;
    // The value of a field may be any text; what is no name of a file has no form.
    if (name.find('/') == std::string_view::npos && name != "..") {
      SPELK_ASSIGN_OR_RETURN(const std::optional<std::string> text,
                             run_.services.files->Read(file, kMostBytes));
      if (text) {
        SPELK_ASSIGN_OR_RETURN(form, FormTemplate::Make(file, *text, node_.patterns));
      }
    }
    if (form == nullptr && !node_.form.empty()) {
      return absl::NotFoundError(fmt::format(
          "kvform: no app has the form '{}': it would be the file {} of the app", name, file));
    }
    constexpr size_t kMostForms = 10'000;
    if (state.forms.size() >= kMostForms) state.forms.clear();
    return state.forms.emplace(std::string(name), std::move(form)).first->second.get();
  }

  const KvFormNode& node_;
  const exec::RunContext& run_;
};

// Those that forms have without any stanza, then the stanzas that are one expression.
std::vector<FormPattern> PatternsOf(const plan::Binder& binder) {
  std::vector<FormPattern> patterns;
  const plan::SavedSearches* saved = binder.services().saved_searches;
  if (saved != nullptr) {
    const plan::Stanzas& stanzas = saved->stanzas();
    for (const std::string& name : stanzas.StanzaNames(plan::StanzaFile::kTransforms)) {
      const auto settings = stanzas.FindStanza(plan::StanzaFile::kTransforms, name);
      if (!settings) continue;
      for (const auto& [key, value] : *settings) {
        if (key == "REGEX" && Regex::Compile(value).ok()) patterns.push_back({name, value});
      }
    }
  }
  patterns.push_back({"string", "[^\\r\\n]+"});
  patterns.push_back({"int", "[-+]?\\d+"});
  patterns.push_back({"float", "[-+]?(?:\\d+\\.?\\d*|\\.\\d+)"});
  return patterns;
}

absl::StatusOr<plan::NodePtr> BindKvForm(const ast::CommandCall& call, plan::Binder& binder) {
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  auto node = plan::Make<KvFormNode>(call.span);
  node->text = binder.Intern("_raw");
  SPELK_ASSIGN_OR_RETURN(node->form, binder.Text(call, "form"));
  SPELK_ASSIGN_OR_RETURN(const std::string field, binder.Text(call, "field"));
  node->field = binder.Intern(field);
  node->patterns = PatternsOf(binder);
  return node;
}

exec::OperatorPtr BuildKvForm(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<KvForm>(plan::As<KvFormNode>(node), run);
}

constexpr Argument kKvFormArguments[] = {
    {.name = "form",
     .type = "text",
     .fallback = "",
     .summary =
         "The form of all events: NAME or NAME.form for forms/NAME.form in the folder of an app.",
     .is_option = true},
    {.name = "field",
     .type = "field",
     .fallback = "sourcetype",
     .summary = "Whose value names the form of each event, without form=.",
     .is_option = true}};
constexpr std::string_view kKvFormNotes[] = {
    "a form is the text of such an event with [[pattern:field]] where the values stand: "
    "Name: [[string:name]] Age: [[int:age]]; blanks stand for any blanks and line ends",
    "patterns are stanzas of the transforms.conf of apps with their REGEX; without such a stanza "
    "string is the rest of a line, int and float are numbers",
    "an event that holds the form gets its fields, in the place of what they had; others stay as "
    "they are, and so do those whose field names no form"};
constexpr Example kKvFormExamples[] = {
    {.title = "Events without a form stay as they are",
     .input = R"({"_raw":"Name: Ann Age: 7","kind":"person"})",
     .query = "kvform field=kind | table kind name",
     .output = R"({"kind":"person"})"},
};

constexpr plan::NodeEntry kKvFormNodes[] = {{&plan::TypeOf<KvFormNode>, &BuildKvForm}};

}  // namespace

extern constexpr CommandEntry kKvForm = {
    .name = "kvform",
    .signature = "kvform [form=<text>] [field=<field>]",
    .summary = "Extracts the fields of filled-in forms.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kKvFormArguments,
    .notes = kKvFormNotes,
    .examples = kKvFormExamples,
    .nodes = kKvFormNodes,
    .bind = &BindKvForm,
};

}  // namespace spelk::commands
