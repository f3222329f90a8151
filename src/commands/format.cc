// format: all rows as one text of search terms.
#include "commands/entry.h"
#include "exec/row_sink.h"
#include "exec/search_text.h"

namespace spelk::commands {
namespace {

constexpr size_t kPieces = 6;

struct FormatNode final : plan::Node {
  static constexpr std::string_view kName = "format";
  std::vector<std::string> pieces;  // None, or the six strings in the order written.
  std::string value_separator;
  std::string empty;
  uint64_t most_rows = 0;  // 0: all.
  Field output;

  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow{.passes = false, .runs = Runs::kSink};
    flow.columns.emplace({output});
    return flow;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("pieces", pieces);
    visit("value_separator", value_separator);
    visit("empty", empty);
    visit("most_rows", most_rows);
    visit("output", output);
  }
};

exec::SearchTextStyle StyleOf(const FormatNode& node) {
  exec::SearchTextStyle style;
  style.value_separator = node.value_separator;
  style.empty = node.empty;
  if (node.pieces.size() != kPieces) return style;
  std::string* const places[kPieces] = {&style.row_begin,       &style.field_begin,
                                        &style.field_separator, &style.field_end,
                                        &style.row_separator,   &style.row_end};
  for (size_t i = 0; i < kPieces; ++i) *places[i] = node.pieces[i];
  return style;
}

exec::SorterOptions OptionsOf(const FormatNode& node) {
  exec::SorterOptions options;
  options.what = "format";
  if (node.most_rows > 0) options.limit = node.most_rows;
  return options;
}

class FormatSink final : public exec::SorterSink {
 public:
  FormatSink(const FormatNode& node, const exec::RunContext& run)
      : SorterSink(OptionsOf(node), run), style_(StyleOf(node)), output_(node.output) {}

  absl::Status Finish(exec::Sorter rows, exec::Output& out) const override {
    exec::SearchText text(style_);
    Reservation reservation(run().budget);
    const auto add = [&](const Batch& batch, uint32_t row,
                         const exec::RowRank&) -> absl::StatusOr<exec::Demand> {
      text.Add(exec::TextRowOf(batch, row));
      // Strings grow by doubling; both halves exist while they do.
      if (const size_t bytes = 3 * text.size();
          bytes > reservation.bytes() && !reservation.Resize(2 * bytes)) {
        return run().budget->Exhausted("format", bytes);
      }
      return exec::Demand::kMore;
    };
    SPELK_RETURN_IF_ERROR(rows.ForEach(add));
    return exec::PushText(text.Finish(), output_, run(), "format", out);
  }

 private:
  const exec::SearchTextStyle style_;
  const Field output_;
};

absl::StatusOr<plan::NodePtr> BindFormat(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<FormatNode>(call.span);
  SPELK_ASSIGN_OR_RETURN(node->value_separator, binder.Text(call, "mvsep"));
  SPELK_ASSIGN_OR_RETURN(node->empty, binder.Text(call, "emptystr"));
  SPELK_ASSIGN_OR_RETURN(const int64_t most, binder.Integer(call, "maxresults"));
  node->most_rows = static_cast<uint64_t>(most);
  node->output = binder.Intern("search");
  for (const ast::Argument& argument : call.arguments) {
    if (std::holds_alternative<ast::ArgumentOption>(argument.value)) continue;
    const auto* piece = std::get_if<ast::Name>(&argument.value);
    if (piece == nullptr || argument.alias) {
      return binder.Error(ErrorCode::kBadArgument, argument.span, "expected a quoted string");
    }
    node->pieces.push_back(piece->text);
  }
  if (!node->pieces.empty() && node->pieces.size() != kPieces) {
    return binder.Error(ErrorCode::kBadArgument, call.span,
                        "all six row and column strings must be given, or none",
                        {"their order is row prefix, column prefix, column separator, column end, "
                         "row separator, row end"});
  }
  return node;
}

exec::OperatorPtr BuildFormat(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<FormatSink>(plan::As<FormatNode>(node), run);
}

constexpr Argument kFormatArguments[] = {
    {.name = "strings",
     .type = "six texts",
     .fallback = R"x("(" "(" "AND" ")" "OR" ")")x",
     .summary = "Row prefix, column prefix, column separator, column end, row separator, row end."},
    {.name = "mvsep",
     .type = "text",
     .fallback = "OR",
     .summary = "What stands between the values of a multivalue.",
     .is_option = true},
    {.name = "maxresults",
     .type = "int",
     .fallback = "0",
     .summary = "How many rows are written; 0 is all.",
     .is_option = true},
    {.name = "emptystr",
     .type = "text",
     .fallback = "NOT ( )",
     .summary = "The text where there are no rows or no fields.",
     .is_option = true}};
constexpr std::string_view kFormatNotes[] = {
    "a subsearch that ends in neither format nor return is formatted like this by itself",
    "fields come in name order; those that begin with _ are left out; a field named search or "
    "query gives its value alone",
    "quotes and backslashes in values are escaped, so that the text reads back as the same value"};
constexpr Example kFormatExamples[] = {
    {.title = "Rows are joined by OR, the fields of a row by AND",
     .input = R"({"user":"ana","host":"web-1"} {"user":"bo"})",
     .query = "table user host | format",
     .output = R"x({"search":"( ( host=\"web-1\" AND user=\"ana\" ) OR ( user=\"bo\" ) )"})x"},
    {.title = "A list for IN",
     .input = R"({"search":"ana"} {"search":"bo"})",
     .query = R"x(table search | format "(" "" "" "" "," ")")x",
     .output = R"x({"search":"( ana , bo )"})x"},
};

constexpr plan::NodeEntry kFormatNodes[] = {{&plan::TypeOf<FormatNode>, &BuildFormat}};

}  // namespace

extern constexpr CommandEntry kFormat = {
    .name = "format",
    .signature =
        "format [mvsep=<text>] [maxresults=<int>] [\"<row prefix>\" \"<column prefix>\" "
        "\"<column separator>\" \"<column end>\" \"<row separator>\" \"<row end>\"] "
        "[emptystr=<text>]",
    .summary = "Writes all rows as one text of search terms, into the field search.",
    .kind = CommandKind::kTransforming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kFormatArguments,
    .notes = kFormatNotes,
    .examples = kFormatExamples,
    .nodes = kFormatNodes,
    .bind = &BindFormat,
};

}  // namespace spelk::commands
