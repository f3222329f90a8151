// A report as JSON.
#include <string_view>

#include "io/row_writer.h"
#include "spelk/why.h"

namespace spelk {
namespace {

// Builds an object, member by member.
class Object {
 public:
  Object& Text(std::string_view name, std::string_view text) {
    Name(name);
    io::AppendJsonString(text, out_);
    return *this;
  }
  Object& Number(std::string_view name, uint64_t number) {
    return Raw(name, std::to_string(number));
  }
  Object& Flag(std::string_view name, bool flag) { return Raw(name, flag ? "true" : "false"); }
  Object& Raw(std::string_view name, std::string_view json) {
    Name(name);
    out_ += json;
    return *this;
  }
  std::string Take() { return std::move(out_) + "}"; }

 private:
  void Name(std::string_view name) {
    if (out_.size() > 1) out_ += ',';
    io::AppendJsonString(name, out_);
    out_ += ':';
  }
  std::string out_ = "{";
};

template <class Items, class Write>
std::string List(const Items& items, const Write& write) {
  std::string out = "[";
  for (const auto& item : items) {
    if (out.size() > 1) out += ',';
    out += write(item);
  }
  return out + "]";
}

std::string_view NameOf(WhyFinding::Kind kind) {
  switch (kind) {
    case WhyFinding::Kind::kMissing:
      return "missing";
    case WhyFinding::Kind::kRemoved:
      return "removed";
    case WhyFinding::Kind::kNoneFits:
      return "none fits";
    case WhyFinding::Kind::kFeed:
      return "feed";
    case WhyFinding::Kind::kText:
      return "text";
    case WhyFinding::Kind::kTimeRange:
      return "time range";
    case WhyFinding::Kind::kTogether:
      return "together";
    case WhyFinding::Kind::kSubsearch:
      return "subsearch";
    case WhyFinding::Kind::kClause:
      return "clause";
    case WhyFinding::Kind::kHint:
      return "hint";
  }
  return "";
}

std::string_view NameOf(WhyOperand::Truth truth) {
  switch (truth) {
    case WhyOperand::Truth::kTrue:
      return "true";
    case WhyOperand::Truth::kFalse:
      return "false";
    case WhyOperand::Truth::kNull:
      return "null";
    case WhyOperand::Truth::kNone:
      break;
  }
  return "";
}

std::string JsonOf(const WhyStage& stage) {
  Object object;
  object.Text("name", stage.name).Text("text", stage.text).Number("line", stage.line);
  object.Number("offset", stage.offset).Number("length", stage.length);
  object.Number("rows_in", stage.rows_in).Number("rows_out", stage.rows_out);
  if (!stage.row.empty()) object.Raw("row", stage.row);
  return object.Take();
}

std::string JsonOf(const WhyFinding& finding) {
  Object object;
  object.Text("kind", NameOf(finding.kind)).Text("text", finding.text);
  if (!finding.field.empty()) object.Text("field", finding.field);
  if (!finding.nearest.empty()) object.Text("nearest", finding.nearest);
  object.Number("rows", finding.rows);
  object.Number("offset", finding.offset).Number("length", finding.length);
  return object.Take();
}

std::string JsonOf(const WhyOperand& operand) {
  Object object;
  object.Number("depth", operand.depth).Text("text", operand.text);
  if (operand.truth != WhyOperand::Truth::kNone) object.Text("truth", NameOf(operand.truth));
  if (!operand.type.empty()) object.Text("type", operand.type).Text("value", operand.value);
  object.Flag("failed", operand.failed);
  object.Number("offset", operand.offset).Number("length", operand.length);
  return object.Take();
}

}  // namespace

std::string Why::Json() const {
  Object object;
  object.Number("events", events).Number("kept", kept).Number("rows", rows);
  object.Flag("sample", sample).Number("bytes", bytes);
  object.Raw("stages", List(stages, [](const WhyStage& stage) { return JsonOf(stage); }));
  if (dropped_by) object.Number("dropped_by", *dropped_by);
  object.Raw("findings", List(findings, [](const WhyFinding& each) { return JsonOf(each); }));
  object.Raw("expression", List(expression, [](const WhyOperand& each) { return JsonOf(each); }));
  return object.Take();
}

}  // namespace spelk
