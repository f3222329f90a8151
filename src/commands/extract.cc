// extract (kv): fields out of the pairs of names and values in an event's text, or what stanzas of
// transforms.conf take out of it.
#include <fmt/format.h>

#include <algorithm>

#include "commands/entry.h"
#include "exec/found_fields.h"
#include "exec/text_extraction.h"
#include "io/fields/key_values.h"
#include "knowledge/extractions.h"
#include "plan/saved_searches.h"

namespace spelk::commands {
namespace {

// A stanza of transforms.conf.
struct Transform {
  std::string name;
  std::vector<std::string> targets;  // Of the extraction's values.
  plan::Extraction extraction;

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("name", name);
    visit("targets", targets);
    visit("extraction", extraction);
  }
};

struct ExtractNode final : plan::Node {
  static constexpr std::string_view kName = "extract";
  Field input;
  std::string pair_delimiters;
  std::string value_delimiters;
  uint64_t limit = 0;
  uint64_t max_bytes = 0;
  bool limit_by_limit = false;  // Neither is given.
  bool bytes_by_limit = false;
  bool all_values = false;
  bool clean_keys = true;
  std::vector<Transform> transforms;  // They come before the pairs.

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of({input});
    for (const Transform& each : transforms) flow.reads.Add(each.extraction.source);
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("input", input);
    visit("pairdelim", pair_delimiters);
    visit("kvdelim", value_delimiters);
    visit("limit", limit);
    visit("maxchars", max_bytes);
    visit.Unprinted("limit_by_limit", limit_by_limit);
    visit.Unprinted("bytes_by_limit", bytes_by_limit);
    visit("mv_add", all_values);
    visit("clean_keys", clean_keys);
    visit("transforms", transforms);
  }
};

// The fields that a transform finds in the texts of one row.
class TransformFields final : public exec::TakesValues {
 public:
  TransformFields(const Transform& transform, Arena& arena)
      : transform_(transform), arena_(arena), fields_(arena) {}

  void Take(size_t target, std::string_view text) override {
    Add(transform_.targets[target], text);
  }
  void TakeColumn(std::string_view name, std::string_view text) override { Add(name, text); }
  void TakeNamed(std::string_view name, std::string_view text) override {
    if (!name.empty()) Add(arena_.Copy(name), text);
  }
  std::span<const io::TextField> Finish() { return fields_.Finish(); }

 private:
  void Add(std::string_view name, std::string_view text) {
    if (text.empty() && !transform_.extraction.keep_empty) return;
    if (transform_.extraction.add) {
      fields_.Add(name, Value::Text(text));
    } else {
      fields_.AddFirst(name, Value::Text(text));
    }
  }

  const Transform& transform_;
  Arena& arena_;
  io::TextFields fields_;
};

struct ExtractState {
  std::vector<exec::TextExtraction> transforms;
};

class ExtractOperator final : public exec::Streaming<ExtractState> {
 public:
  ExtractOperator(const ExtractNode& node, const exec::RunContext& run)
      : input_(node.input),
        options_{.pair_delimiters = node.pair_delimiters,
                 .value_delimiters = node.value_delimiters,
                 .limit = node.limit,
                 .max_bytes = node.max_bytes,
                 .all_values = node.all_values,
                 .clean_keys = node.clean_keys},
        limit_by_limit_(node.limit_by_limit),
        bytes_by_limit_(node.bytes_by_limit),
        transforms_(node.transforms),
        run_(run) {}

  absl::StatusOr<ExtractState> NewState() const override {
    ExtractState state;
    for (const Transform& each : transforms_) {
      SPELK_ASSIGN_OR_RETURN(exec::TextExtraction made,
                             exec::TextExtraction::Make(each.extraction, run_));
      state.transforms.push_back(std::move(made));
    }
    return state;
  }

  absl::Status Process(Batch batch, ExtractState& state, exec::Output& out) const override {
    for (size_t t = 0; t < transforms_.size(); ++t) {
      SPELK_RETURN_IF_ERROR(Apply(transforms_[t], state.transforms[t], &batch));
    }
    if (options_.limit == 0) return out.Push(std::move(batch));
    const Column* input = batch.Find(input_);
    if (input == nullptr || input->is_null_constant()) return out.Push(std::move(batch));
    const exec::Existing existing =
        options_.all_values ? exec::Existing::kJoined : exec::Existing::kKept;
    exec::FoundFields found(batch, run_, "extract");
    for (size_t r = 0; r < batch.size(); ++r) {
      const size_t row = batch.physical(r);
      const Value value = input->At(row);
      io::TextFields fields(batch.arena());
      for (const Value& each : value.each()) {
        if (each.is_text()) WarnOf(io::FindKeyValues(each.text(), options_, fields));
      }
      SPELK_RETURN_IF_ERROR(found.Put(row, fields.Finish(), existing));
    }
    Batch made = batch;
    found.MoveInto(&made);
    return out.Push(std::move(made));
  }

 private:
  // A later transform may read what an earlier one gave.
  absl::Status Apply(const Transform& transform, exec::TextExtraction& text, Batch* batch) const {
    const Column* source = batch->Find(transform.extraction.source);
    if (source == nullptr || source->is_null_constant()) return absl::OkStatus();
    const bool joins = options_.all_values || transform.extraction.add;
    exec::FoundFields found(*batch, run_, "extract");
    for (size_t r = 0; r < batch->size(); ++r) {
      const size_t row = batch->physical(r);
      const Value value = source->At(row);
      TransformFields fields(transform, batch->arena());
      for (const Value& each : value.each()) text.Run(each, batch->arena(), fields);
      SPELK_RETURN_IF_ERROR(
          found.Put(row, fields.Finish(), joins ? exec::Existing::kJoined : exec::Existing::kKept));
    }
    Batch made = *batch;
    found.MoveInto(&made);
    *batch = std::move(made);
    return absl::OkStatus();
  }

  void WarnOf(const io::KeyValueCuts& cuts) const {
    if (cuts.pairs && limit_by_limit_) {
      run_.warnings->Add(
          ErrorCode::kTruncated,
          fmt::format("extract: took the first {} pairs of a text and left out more{}",
                      options_.limit, plan::CutBy(plan::kKvLimit)));
    }
    if (cuts.text && bytes_by_limit_) {
      run_.warnings->Add(ErrorCode::kTruncated,
                         fmt::format("extract: read the first {} bytes of a text{}",
                                     options_.max_bytes, plan::CutBy(plan::kKvMaxChars)));
    }
  }

  const Field input_;
  const io::KeyValueOptions options_;
  const bool limit_by_limit_;
  const bool bytes_by_limit_;
  const std::vector<Transform>& transforms_;
  const exec::RunContext& run_;
};

// The characters of a set: \n, \t and \r stand for one.
std::string Delimiters(std::string_view text) {
  std::string set;
  for (size_t i = 0; i < text.size(); ++i) {
    const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
    const char meant = next == 'n' ? '\n' : next == 't' ? '\t' : next == 'r' ? '\r' : '\0';
    set += meant == '\0' ? text[i] : meant;
    if (meant != '\0') ++i;
  }
  return set;
}

absl::StatusOr<Transform> BindTransform(const ast::Argument& argument, plan::Binder& binder) {
  constexpr plan::StanzaFile kFile = plan::StanzaFile::kTransforms;
  const auto* word = std::get_if<ast::Name>(&argument.value);
  if (word == nullptr || argument.alias) return binder.Unexpected(argument);
  const plan::SavedSearches* saved = binder.services().saved_searches;
  const plan::Stanzas* stanzas = saved == nullptr ? nullptr : &saved->stanzas();
  const auto settings = stanzas == nullptr ? std::nullopt : stanzas->FindStanza(kFile, word->text);
  if (!settings) {
    const std::vector<std::string> names =
        stanzas == nullptr ? std::vector<std::string>() : stanzas->StanzaNames(kFile);
    std::vector<std::string> notes =
        plan::DidYouMean(plan::NearestNames(word->text, {names.begin(), names.end()}));
    notes.emplace_back("stanzas come from the transforms.conf of --app");
    return binder.Error(plan::kUnknownStanza, argument.span,
                        fmt::format("there is no stanza '{}' of transforms.conf", word->text),
                        std::move(notes));
  }
  knowledge::Conf conf;
  conf.AddStanza(word->text, *settings, "transforms.conf", 0);
  const absl::StatusOr<std::optional<knowledge::NamedExtraction>> parsed =
      knowledge::ParseTransform(*conf.Find(word->text));
  if (!parsed.ok()) {
    const bool unbuilt = absl::IsUnimplemented(parsed.status());
    return binder.Error(
        unbuilt ? ErrorCode::kUnbuiltOption : ErrorCode::kBadArgument, argument.span,
        fmt::format("the stanza '{}' of transforms.conf: {}{}", word->text,
                    MessageOf(parsed.status()), unbuilt ? " is not built yet" : ""));
  }
  if (!*parsed) {
    return binder.Error(
        ErrorCode::kBadArgument, argument.span,
        fmt::format("the stanza '{}' of transforms.conf extracts nothing", word->text),
        {"it needs the setting REGEX or DELIMS; lookups are for the command lookup"});
  }
  Transform transform = {word->text, (*parsed)->targets, (*parsed)->extraction};
  transform.extraction.source = binder.Intern((*parsed)->source);
  return transform;
}

absl::StatusOr<plan::NodePtr> BindExtract(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<ExtractNode>(call.span);
  node->input = binder.Intern("_raw");
  SPELK_ASSIGN_OR_RETURN(const std::string pairs, binder.Text(call, "pairdelim"));
  SPELK_ASSIGN_OR_RETURN(const std::string values, binder.Text(call, "kvdelim"));
  node->pair_delimiters = Delimiters(pairs);
  node->value_delimiters = Delimiters(values);
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Most limit,
                         binder.MostBy(call, "limit", plan::kKvLimit));
  SPELK_ASSIGN_OR_RETURN(const plan::Binder::Most max_bytes,
                         binder.MostBy(call, "maxchars", plan::kKvMaxChars));
  node->limit = limit.count;
  node->max_bytes = max_bytes.count;
  node->limit_by_limit = limit.by_limit;
  node->bytes_by_limit = max_bytes.by_limit;
  SPELK_ASSIGN_OR_RETURN(node->all_values, binder.Flag(call, "mv_add"));
  SPELK_ASSIGN_OR_RETURN(node->clean_keys, binder.Flag(call, "clean_keys"));
  for (const std::string_view name : {"segment", "reload"}) {
    SPELK_RETURN_IF_ERROR(binder.Flag(call, name).status());
  }
  SPELK_ASSIGN_OR_RETURN(const bool automatic, binder.Flag(call, "auto"));
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  for (const ast::Argument* stanza : binder.Positional(call)) {
    SPELK_ASSIGN_OR_RETURN(Transform transform, BindTransform(*stanza, binder));
    node->transforms.push_back(std::move(transform));
  }
  if (!automatic && pairs.empty() && values.empty()) node->limit = 0;
  return node;
}

exec::OperatorPtr BuildExtract(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<ExtractOperator>(plan::As<ExtractNode>(node), run);
}

constexpr std::string_view kExtractAliases[] = {"kv"};
constexpr Argument kExtractArguments[] = {
    {.name = "stanza",
     .type = "text…",
     .fallback = "",
     .summary = "Stanzas of the transforms.conf of apps, applied before pairs are looked for."},
    {.name = "pairdelim",
     .type = "characters",
     .fallback = "",
     .summary = "Any of these stands between pairs; by default blanks, line ends and , ; & |.",
     .is_option = true},
    {.name = "kvdelim",
     .type = "characters",
     .fallback = "",
     .summary = "Any of these stands between a name and its value; by default =.",
     .is_option = true},
    {.name = "limit",
     .type = "int",
     .fallback = "50",
     .summary = "How many pairs of an event are taken.",
     .is_option = true},
    {.name = "maxchars",
     .type = "int",
     .fallback = "10240",
     .summary = "How much of the text is looked at, in bytes.",
     .is_option = true},
    {.name = "mv_add",
     .type = "bool",
     .fallback = "false",
     .summary = "All values of a name that is repeated are kept, not only the first.",
     .is_option = true},
    {.name = "clean_keys",
     .type = "bool",
     .fallback = "true",
     .summary = "Characters of a name that are no letters or digits become _.",
     .is_option = true},
    {.name = "auto",
     .type = "bool",
     .fallback = "true",
     .summary = "False: no pairs are looked for unless delimiters are given.",
     .is_option = true},
    {.name = "segment",
     .type = "bool",
     .fallback = "false",
     .summary = "For display in Splunk.",
     .is_option = true,
     .no_effect = true},
    {.name = "reload",
     .type = "bool",
     .fallback = "false",
     .summary = "Knowledge is read for each run.",
     .is_option = true,
     .no_effect = true}};
constexpr std::string_view kExtractNotes[] = {
    "it looks at _raw only: rename another field to that first; a stanza may name another one by "
    "SOURCE_KEY",
    "auto=false leaves the pairs out, so that only stanzas give fields",
    "a value in double quotes may hold delimiters; an empty value gives no field",
    "a field that is there already is kept; with mv_add its values come first",
    "a value that holds a kvdelim without quotes gives no field"};
constexpr Example kExtractExamples[] = {
    {.title = "Pairs anywhere in the text",
     .input = R"({"_raw":"login user=ana, src=\"10.0.0.7\" from-host=web"})",
     .query = "extract | table user src from_host",
     .output = R"({"user":"ana","src":"10.0.0.7","from_host":"web"})"},
    {.title = "Delimiters",
     .input = R"({"_raw":"a:1;b:two words"})",
     .query = R"(extract pairdelim=";" kvdelim=":" | table a b)",
     .output = R"({"a":"1","b":"two words"})"},
    {.title = "All values of a name",
     .input = R"({"_raw":"t=x t=y"})",
     .query = "kv mv_add=true | table t",
     .output = R"({"t":["x","y"]})"},
};

constexpr plan::NodeEntry kExtractNodes[] = {{&plan::TypeOf<ExtractNode>, &BuildExtract}};

}  // namespace

extern constexpr CommandEntry kExtract = {
    .name = "extract",
    .aliases = kExtractAliases,
    .signature =
        "extract [<stanza>…] [pairdelim=<characters>] [kvdelim=<characters>] [limit=<int>] "
        "[maxchars=<int>] [mv_add=<bool>] [clean_keys=<bool>] [auto=<bool>]",
    .summary = "Takes fields out of pairs of names and values in the text of an event.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kExtractArguments,
    .notes = kExtractNotes,
    .examples = kExtractExamples,
    .nodes = kExtractNodes,
    .bind = &BindExtract,
};

}  // namespace spelk::commands
