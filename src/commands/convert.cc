// convert: values of fields into numbers, and times into text and back.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "commands/entry.h"
#include "exec/column_map.h"
#include "io/json_text.h"
#include "value/ascii.h"
#include "value/multivalue.h"
#include "value/number.h"
#include "value/number_value.h"
#include "value/time_format.h"

namespace spelk::commands {
namespace {

enum class Conversion : uint8_t {
  kAuto,
  kCtime,
  kDur2Sec,
  kMemK,
  kMkTime,
  kMsTime,
  kNone,
  kNum,
  kRmComma,
  kRmUnit,
};
constexpr size_t EnumSize(Conversion) { return 10; }

std::string_view NameOf(Conversion conversion) {
  constexpr std::string_view kNames[] = {"auto",   "ctime", "dur2sec", "memk",    "mktime",
                                         "mstime", "none",  "num",     "rmcomma", "rmunit"};
  return kNames[static_cast<size_t>(conversion)];
}

struct Step {
  Conversion conversion = Conversion::kAuto;
  Field field;   // Or a pattern.
  Field target;  // Null: the field itself.

  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("convert", conversion);
    visit("field", field);
    visit.MayBeNull("as", target);
  }
};

struct ConvertNode final : plan::Node {
  static constexpr std::string_view kName = "convert";
  std::string format;
  std::vector<Step> steps;

  bool has_patterns() const {
    return std::any_of(steps.begin(), steps.end(),
                       [](const Step& step) { return plan::IsPattern(step.field.name()); });
  }
  plan::Dataflow GetDataflow() const override {
    plan::Dataflow flow;
    flow.order = Order::kKeeps;
    flow.runs = Runs::kStreaming;
    flow.results = false;
    flow.reads = plan::FieldSet();
    plan::FieldSet made;
    for (const Step& step : steps) {
      if (step.conversion == Conversion::kNone || plan::IsPattern(step.field.name())) continue;
      if (!made.Has(step.field)) flow.reads.Add(step.field);
      made.Add(step.target ? step.target : step.field);
    }
    if (!has_patterns()) flow.writes = made;
    flow.makes = made.fields();
    return flow;
  }
  // A field that a pattern takes becomes what it is from itself alone, but where the event is
  // written out with all that changed, everything is needed.
  plan::FieldSet InputNeeds(const plan::FieldSet& needed) const override {
    plan::FieldSet needs = Node::InputNeeds(needed);
    if (has_patterns() && needed.Has(hidden::kLine)) needs.AddAll();
    return needs;
  }
  // A field that is not there is not made, unless it has a name of its own.
  std::optional<std::vector<Field>> OutputColumns(
      const std::optional<std::vector<Field>>& before) const override {
    std::optional<std::vector<Field>> after = before;
    for (const Step& step : steps) {
      if (!after || !step.target) continue;
      if (std::find(after->begin(), after->end(), step.target) == after->end()) {
        after->push_back(step.target);
      }
    }
    return after;
  }
  template <class Visitor>
  void Describe(Visitor& visit) {
    visit("timeformat", format);
    visit("steps", steps);
  }
};

// ---------------------------------------------------------------- conversions of one text

using Found = std::optional<double>;

// Digits with or without a fraction, without a sign.
Found ParseUnsigned(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789.";
  if (text.find_first_not_of(kDigits) != std::string_view::npos) return std::nullopt;
  const std::optional<Number> number = ParseNumber(text);
  return number ? Found(number->value) : std::nullopt;
}

Found ParseDigits(std::string_view text) {
  return text.find('.') == std::string_view::npos ? ParseUnsigned(text) : std::nullopt;
}

// HH:MM:SS, or D+HH:MM:SS.
Found ParseDuration(std::string_view text) {
  double days = 0;
  if (const size_t plus = text.find('+'); plus != std::string_view::npos) {
    const Found found = ParseDigits(text.substr(0, plus));
    if (!found) return found;
    days = *found;
    text.remove_prefix(plus + 1);
  }
  const size_t first = text.find(':');
  const size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const Found hours = ParseDigits(text.substr(0, first));
  const Found minutes = ParseDigits(text.substr(first + 1, second - first - 1));
  const Found seconds = ParseUnsigned(text.substr(second + 1));
  if (!hours || !minutes || !seconds) return std::nullopt;
  return days * 86400 + *hours * 3600 + *minutes * 60 + *seconds;
}

// SS.SSS, or MM:SS.SSS.
Found ParseMinutes(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return ParseUnsigned(text);
  const Found minutes = ParseDigits(text.substr(0, colon));
  const Found seconds = ParseUnsigned(text.substr(colon + 1));
  return minutes && seconds ? Found(*minutes * 60 + *seconds) : std::nullopt;
}

// Kilobytes: 3, 10m, 1.5g.
Found ParseMemory(std::string_view text) {
  double unit = 1;
  if (!text.empty()) {
    const char last = LowerAscii(text.back());
    if (last == 'm') unit = 1024;
    if (last == 'g') unit = 1024 * 1024;
    if (last == 'k' || last == 'm' || last == 'g') text.remove_suffix(1);
  }
  const Found number = ParseUnsigned(text);
  return number ? Found(*number * unit) : std::nullopt;
}

std::string WithoutCommas(std::string_view text) {
  std::string without(text);
  std::erase(without, ',');
  return without;
}

// The number that stands at the beginning.
std::string_view LeadingNumber(std::string_view text) {
  const auto digits = [&](size_t at) {
    const size_t end = text.find_first_not_of("0123456789", at);
    return std::min(end, text.size());
  };
  const size_t begin = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  size_t end = digits(begin);
  if (end < text.size() && text[end] == '.') end = digits(end + 1);
  while (end > begin && text[end - 1] == '.') --end;
  return ParseNumber(text.substr(0, end)) ? text.substr(0, end) : std::string_view();
}

// A number, a duration, minutes and seconds, or a number with commas.
Found ParseAny(std::string_view text) {
  if (const std::optional<Number> number = ParseNumber(text)) return number->value;
  if (const Found found = ParseDuration(text)) return found;
  if (const Found found = ParseMinutes(text)) return found;
  if (text.find(',') == std::string_view::npos) return std::nullopt;
  const std::optional<Number> number = ParseNumber(WithoutCommas(text));
  return number ? Found(number->value) : std::nullopt;
}

// ---------------------------------------------------------------- values

class Converter {
 public:
  Converter(const ConvertNode& node, const exec::RunContext& run)
      : format_(node.format), constants_(run.evaluation.constants) {}

  // What becomes of a value of a field itself, or of the one it gives to a field of another name:
  // there nothing stands for what cannot be converted.
  Value Convert(const Step& step, const Value& value, Arena& arena) const {
    const bool keeps = !step.target;
    if (step.conversion == Conversion::kAuto && value.is_multi()) {
      // All of the values or none.
      const bool all = std::all_of(value.each().begin(), value.each().end(), [&](const Value& v) {
        return !ConvertOne(step.conversion, v, arena).is_null();
      });
      if (!all) return keeps ? value : Value::Null();
    }
    return MapEach(value, arena, [&](const Value& each) {
      const Value converted = ConvertOne(step.conversion, each, arena);
      const bool stays = converted.is_null() && keeps && step.conversion != Conversion::kNum;
      return stays ? each : converted;
    });
  }

 private:
  // Null for what cannot be converted.
  Value ConvertOne(Conversion conversion, const Value& value, Arena& arena) const {
    char buffer[kNumberText];
    const std::string_view text = TextOf(value, buffer);
    const auto number = [](const Found& found) {
      return found && std::isfinite(*found) ? NumberValue(*found) : Value::Null();
    };
    switch (conversion) {
      case Conversion::kAuto:
      case Conversion::kNum:
        if (int64_t whole = 0; ParseCanonicalInteger(text, &whole)) return Value::Integer(whole);
        return number(ParseAny(text));
      case Conversion::kCtime:
        return TimeText(value, arena);
      case Conversion::kDur2Sec:
        return number(ParseDuration(text));
      case Conversion::kMemK:
        return number(ParseMemory(text));
      case Conversion::kMkTime:
        return number(ParseTime(text, format_, constants_.zone, constants_.now));
      case Conversion::kMsTime:
        return number(ParseMinutes(text));
      case Conversion::kRmComma:
        return NumberText(WithoutCommas(text), arena);
      case Conversion::kRmUnit: {
        const std::string_view leading = LeadingNumber(text);
        return leading.empty() ? Value::Null() : NumberText(leading, arena);
      }
      case Conversion::kNone:
        break;
    }
    return Value::Null();
  }

  Value TimeText(const Value& value, Arena& arena) const {
    const std::optional<Number> seconds = NumberOf(value);
    if (!seconds) return Value::Null();
    const auto text = FormatTime(seconds->value, format_, constants_.zone);
    return text ? Value::Text(arena.Copy(*text)) : Value::Null();
  }

  // The digits stay as they are.
  static Value NumberText(std::string_view text, Arena& arena) {
    int64_t integer = 0;
    if (ParseCanonicalInteger(text, &integer)) return Value::Integer(integer);
    return Value::Text(arena.Copy(text),
                       io::IsJsonNumber(text) ? JsonType::kNumber : JsonType::kString);
  }

  const std::string format_;
  const plan::RunConstants& constants_;
};

class Convert final : public exec::Streaming<exec::NoState> {
 public:
  Convert(const ConvertNode& node, const exec::RunContext& run)
      : steps_(node.steps), converter_(node, run) {
    for (const Step& step : steps_) {
      if (step.conversion == Conversion::kNone) left_out_.push_back(step.field);
    }
  }

  absl::StatusOr<exec::NoState> NewState() const override { return exec::NoState(); }

  absl::Status Process(Batch batch, exec::NoState&, exec::Output& out) const override {
    for (const Step& step : steps_) {
      if (step.conversion == Conversion::kNone) continue;
      for (const Field field : FieldsOf(step, *batch.schema())) {
        exec::ColumnSetter setter(step.target ? step.target : field);
        const auto convert = [&](const Value& value) {
          return converter_.Convert(step, value, batch.arena());
        };
        SPELK_RETURN_IF_ERROR(exec::MapColumn(field, setter, "convert", convert, &batch));
      }
    }
    return out.Push(std::move(batch));
  }

 private:
  // none() takes fields away from patterns, not from names.
  std::vector<Field> FieldsOf(const Step& step, const Schema& schema) const {
    const bool pattern = plan::IsPattern(step.field.name());
    if (!pattern && step.target) return {step.field};
    std::vector<Field> fields;
    for (const Field field : schema.fields()) {
      const auto takes = [field](Field name) { return plan::PatternTakes(name.name(), field); };
      if (field.hidden() || !takes(step.field)) continue;
      if (pattern && std::any_of(left_out_.begin(), left_out_.end(), takes)) continue;
      fields.push_back(field);
    }
    return fields;
  }

  const std::vector<Step> steps_;
  const Converter converter_;
  std::vector<Field> left_out_;
};

// ---------------------------------------------------------------- binding

absl::StatusOr<Step> BindStep(const ast::Argument& argument, plan::Binder& binder) {
  const auto* call = std::get_if<ast::ArgumentCall>(&argument.value);
  if (call == nullptr) {
    return binder.Unexpected(argument, {"it takes functions of fields: ctime(_time), auto(*)"});
  }
  Step step;
  size_t found = 0;
  const size_t count = EnumSize(step.conversion);
  while (found < count &&
         !EqualsIgnoringCase(NameOf(static_cast<Conversion>(found)), call->name.text)) {
    ++found;
  }
  if (found == count) {
    return binder.Error(ErrorCode::kBadArgument, call->name.span,
                        fmt::format("there is no conversion '{}'", call->name.text),
                        {"its functions are auto, ctime, dur2sec, memk, mktime, mstime, none, num, "
                         "rmcomma, rmunit"});
  }
  step.conversion = static_cast<Conversion>(found);
  if (call->arguments.size() != 1 || call->arguments[0].alias) {
    return binder.Error(ErrorCode::kBadArgument, argument.span,
                        fmt::format("{}() takes one field", call->name.text),
                        {"several fields take a function each, or a pattern: auto(src_*)"});
  }
  SPELK_ASSIGN_OR_RETURN(step.field, binder.FieldName(call->arguments[0], true));
  if (!argument.alias) return step;
  if (step.conversion == Conversion::kNone) {
    return binder.Error(ErrorCode::kBadArgument, argument.alias->span, "none() makes no field");
  }
  if (plan::IsPattern(step.field.name()) || plan::IsPattern(argument.alias->text)) {
    return binder.Error(ErrorCode::kBadArgument, argument.alias->span,
                        "AS names one field, for a function of one field");
  }
  step.target = binder.Intern(argument.alias->text);
  return step;
}

absl::StatusOr<plan::NodePtr> BindConvert(const ast::CommandCall& call, plan::Binder& binder) {
  auto node = plan::Make<ConvertNode>(call.span);
  SPELK_RETURN_IF_ERROR(binder.NoSigns(call));
  SPELK_ASSIGN_OR_RETURN(node->format, binder.Text(call, "timeformat"));
  for (const ast::Argument* argument : binder.Positional(call)) {
    SPELK_ASSIGN_OR_RETURN(Step step, BindStep(*argument, binder));
    node->steps.push_back(step);
  }
  if (!node->steps.empty()) return node;
  return binder.Error(ErrorCode::kMissingArgument, call.name.span, "no conversion is given",
                      {"usage: convert [timeformat=<format>] <function>(<field>) [AS <field>]…"});
}

exec::OperatorPtr BuildConvert(const plan::Node& node, const exec::RunContext& run) {
  return std::make_unique<Convert>(plan::As<ConvertNode>(node), run);
}

constexpr Argument kConvertArguments[] = {
    {.name = "timeformat",
     .type = "text",
     .fallback = "%m/%d/%Y %H:%M:%S",
     .summary = "How ctime() writes and mktime() reads times.",
     .is_option = true},
    {.name = "auto(field)",
     .type = "field or pattern",
     .fallback = "",
     .summary = "A number where the value is a number, a duration, minutes and seconds, or a "
                "number with commas; other values stay, and so do multivalues of which one value "
                "would."},
    {.name = "num(field)",
     .type = "field or pattern",
     .fallback = "",
     .summary = "The same, but other values go."},
    {.name = "ctime(field)",
     .type = "field or pattern",
     .fallback = "",
     .summary = "Seconds since 1970 as text."},
    {.name = "mktime(field)",
     .type = "field or pattern",
     .fallback = "",
     .summary = "The reverse."},
    {.name = "dur2sec(field)",
     .type = "field or pattern",
     .fallback = "",
     .summary = "[D+]HH:MM:SS in seconds."},
    {.name = "mstime(field)",
     .type = "field or pattern",
     .fallback = "",
     .summary = "[MM:]SS.SSS in seconds."},
    {.name = "memk(field)",
     .type = "field or pattern",
     .fallback = "",
     .summary = "A number with k, m, g or nothing after it in kilobytes."},
    {.name = "rmcomma(field)",
     .type = "field or pattern",
     .fallback = "",
     .summary = "The value without its commas."},
    {.name = "rmunit(field)",
     .type = "field or pattern",
     .fallback = "",
     .summary = "The number at the beginning, without what follows."},
    {.name = "none(field)",
     .type = "field or pattern",
     .fallback = "",
     .summary = "Fields that the patterns do not take."},
    {.name = "AS",
     .type = "field",
     .fallback = "",
     .summary = "Keeps the field and gives the result a name of its own."}};
constexpr std::string_view kConvertNotes[] = {
    "what a function cannot convert stays as it is; a field named by AS then has no value",
    "of a multivalue each value is converted", "functions are applied from left to right"};
constexpr Example kConvertExamples[] = {
    {.title = "A time as text",
     .input = R"({"t":1700002800})",
     .query = "convert timeformat=\"%Y-%m-%dT%H:%M:%S\" ctime(t) AS when | table t when",
     .output = R"({"t":1700002800,"when":"2023-11-14T23:00:00"})"},
    {.title = "A duration in seconds, and a size in kilobytes",
     .input = R"({"delay":"00:10:15","virt":"10m"})",
     .query = "convert dur2sec(delay) memk(virt) | table delay virt",
     .output = R"({"delay":615,"virt":10240})"},
    {.title = "All numbers but one field's",
     .input = R"({"a":"1,000","b":"x","src_ip":"7"})",
     .query = "convert auto(*) none(src_ip) | table a b src_ip",
     .output = R"({"a":1000,"b":"x","src_ip":"7"})"},
};

constexpr plan::NodeEntry kConvertNodes[] = {{&plan::TypeOf<ConvertNode>, &BuildConvert}};

}  // namespace

extern constexpr CommandEntry kConvert = {
    .name = "convert",
    .signature = "convert [timeformat=<format>] <function>(<field>) [AS <field>]…",
    .summary = "Turns values of fields into numbers, and times into text and back.",
    .kind = CommandKind::kDistributableStreaming,
    .shape = {Shape::kArguments, kNoClauses},
    .arguments = kConvertArguments,
    .notes = kConvertNotes,
    .examples = kConvertExamples,
    .nodes = kConvertNodes,
    .bind = &BindConvert,
};

}  // namespace spelk::commands
