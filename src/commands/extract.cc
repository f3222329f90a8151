// extract (kv): fields out of the pairs of names and values in an event's text.
#include <fmt/format.h>

#include <algorithm>

#include "commands/entry.h"
#include "exec/found_fields.h"
#include "io/fields/key_values.h"

namespace spelk::commands {
namespace {

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

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of({input});
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
  }
};

struct NoState {};

class ExtractOperator final : public exec::Streaming<NoState> {
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
        run_(run) {}

  absl::StatusOr<NoState> NewState() const override { return NoState(); }

  absl::Status Process(Batch batch, NoState&, exec::Output& out) const override {
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

absl::StatusOr<plan::NodePtr> Bind(const ast::CommandCall& call, plan::Binder& binder) {
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
  const std::vector<const ast::Argument*> stanzas = binder.Positional(call);
  if (!stanzas.empty()) {
    return binder.Error(ErrorCode::kUnbuiltOption, stanzas[0]->span,
                        "stanzas of transforms.conf are not built yet",
                        {"a REPORT- setting of props.conf applies them to its sourcetype"});
  }
  if (!automatic && pairs.empty() && values.empty()) node->limit = 0;
  return node;
}

exec::OperatorPtr Build(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<ExtractOperator>(plan::As<ExtractNode>(node), run);
}

constexpr std::string_view kAliases[] = {"kv"};
constexpr Argument kArguments[] = {
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
constexpr std::string_view kNotes[] = {
    "it looks at _raw only: rename another field to that first",
    "a value in double quotes may hold delimiters; an empty value gives no field",
    "a field that is there already is kept; with mv_add its values come first",
    "a value that holds a kvdelim without quotes gives no field"};
constexpr Example kExamples[] = {
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

constexpr plan::NodeEntry kNodes[] = {{&plan::TypeOf<ExtractNode>, &Build}};

}  // namespace

extern constexpr CommandEntry kExtract = {
    .name = "extract",
    .aliases = kAliases,
    .signature =
        "extract [pairdelim=<characters>] [kvdelim=<characters>] [limit=<int>] "
        "[maxchars=<int>] [mv_add=<bool>] [clean_keys=<bool>] [auto=<bool>]",
    .summary = "Takes fields out of pairs of names and values in the text of an event.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kArguments,
    .notes = kNotes,
    .examples = kExamples,
    .nodes = kNodes,
    .bind = &Bind,
};

}  // namespace spelk::commands
