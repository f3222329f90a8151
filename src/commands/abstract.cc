// abstract: events whose text has few lines stay as they are; how Splunk chooses lines of longer
// ones is not published.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "commands/entry.h"

namespace spelk::commands {
namespace {

struct AbstractNode final : plan::Node {
  static constexpr std::string_view kName = "abstract";
  uint64_t max_lines = 0;
  Field raw;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.order = Order::kKeeps, .runs = Runs::kStreaming, .results = false};
    flow.reads = plan::FieldSet::Of({raw});
    flow.writes.Clear();
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("maxlines", max_lines);
    visit("raw", raw);
  }
};

class Abstract final : public exec::Streaming<exec::NoState> {
 public:
  explicit Abstract(const AbstractNode& node) : max_lines_(node.max_lines), raw_(node.raw) {}

  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }

  absl::Status Process(Batch batch, exec::NoState&, exec::Output& out) const override {
    const Column* texts = batch.Find(raw_);
    for (size_t r = 0; texts != nullptr && r < batch.size(); ++r) {
      const Value text = texts->At(batch.physical(r));
      if (text.is_text() && LinesOf(text.text()) > max_lines_) {
        return absl::FailedPreconditionError(
            fmt::format("abstract: the text of an event has more than {} lines, of which Splunk "
                        "chooses in a way that is not published; maxlines=500 lets longer texts "
                        "through as they are",
                        max_lines_));
      }
    }
    return out.Push(std::move(batch));
  }

 private:
  // An end of line at the end begins no other.
  static uint64_t LinesOf(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    return 1 + static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
  }

  const uint64_t max_lines_;
  const Field raw_;
};

absl::StatusOr<plan::NodePtr> BindAbstract(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<AbstractNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoArguments(call));
  constexpr int64_t kMostTerms = 1000;
  constexpr int64_t kMostLines = 500;
  SPELK_RETURN_IF_ERROR(binder.Integer(call, "maxterms", 1, kMostTerms).status());
  SPELK_ASSIGN_OR_RETURN(const int64_t lines, binder.Integer(call, "maxlines", 1, kMostLines));
  node->max_lines = static_cast<uint64_t>(lines);
  node->raw = binder.Intern("_raw");
  return node;
}

exec::OperatorPtr BuildAbstract(const plan::Node& node, const exec::RunContext&) {
  return std::make_unique<Abstract>(plan::As<AbstractNode>(node));
}

constexpr std::string_view kAbstractAliases[] = {"excerpt"};
constexpr Argument kAbstractArguments[] = {
    {.name = "maxterms",
     .type = "int, 1 to 1000",
     .fallback = "1000",
     .summary = "How many terms of the search Splunk looks for in lines.",
     .is_option = true,
     .no_effect = true},
    {.name = "maxlines",
     .type = "int, 1 to 500",
     .fallback = "10",
     .summary = "Texts with so many lines, or fewer, stay as they are; a longer one is an error.",
     .is_option = true}};
constexpr std::string_view kAbstractNotes[] = {
    "which lines of a longer text Splunk takes is not published: rex or substr() take the part "
    "that matters"};
constexpr Example kAbstractExamples[] = {{.title = "Short texts stay as they are",
                                          .input = R"({"_raw":"login failed"})",
                                          .query = "abstract maxlines=5 | table _raw",
                                          .output = R"({"_raw":"login failed"})"}};

constexpr plan::NodeEntry kAbstractNodes[] = {{&plan::TypeOf<AbstractNode>, &BuildAbstract}};

}  // namespace

extern constexpr CommandEntry kAbstract = {
    .name = "abstract",
    .aliases = kAbstractAliases,
    .signature = "abstract [maxterms=<int>] [maxlines=<int>]",
    .summary =
        "Shortens the texts of events; those of few lines stay as they are, others are an "
        "error.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kAbstractArguments,
    .notes = kAbstractNotes,
    .differs =
        "Texts of more lines than maxlines are an error: how Splunk chooses lines is not "
        "published.",
    .examples = kAbstractExamples,
    .nodes = kAbstractNodes,
    .bind = &BindAbstract,
};

}  // namespace spelk::commands
