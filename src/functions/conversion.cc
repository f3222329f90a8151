// Conversion functions: numbers, Booleans and texts into each other.
#include <fmt/format.h>

#include <cmath>
#include <optional>
#include <string>
#include <utility>

#include "base/status.h"
#include "functions/entry.h"
#include "functions/printf_format.h"
#include "value/ip_address.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

constexpr std::string_view kConversionPage = "Conversion functions";
constexpr double kMostBits = 0x1p53 - 1;  // The greatest number that bits are taken of.

// ---------------------------------------------------------------- to numbers

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z' ? lower - 'a' + 10 : 36;
}

// A whole number written in a base of 2 to 36; base 16 may begin with 0x.
std::optional<double> ParseInBase(std::string_view text, int base) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (base == 16 && text.size() > 2 && (text.starts_with("0x") || text.starts_with("0X"))) {
    text.remove_prefix(2);
  }
  if (text.empty()) return std::nullopt;
  double number = 0;
  for (const char c : text) {
    const int digit = DigitOf(c);
    if (digit >= base) return std::nullopt;
    number = number * base + digit;
  }
  return negative ? -number : number;
}

// 10 unless the second argument says otherwise; nothing if that is no base.
std::optional<int> BaseOf(std::span<const Value> values) {
  if (values.size() < 2) return 10;
  const std::optional<Number> base = NumberOf(values[1]);
  if (!base || base->value != std::floor(base->value)) return std::nullopt;
  if (base->value < 2 || base->value > 36) return std::nullopt;
  return static_cast<int>(base->value);
}

// What text is written as is kept: whole numbers in full, decimals with their digits.
Value NumberFrom(const Value& value, std::string_view text, int base) {
  if (base != 10) {
    const std::optional<double> number = ParseInBase(text, base);
    return number ? Value::Double(*number) : Value::Null();
  }
  int64_t integer = 0;
  if (ParseCanonicalInteger(text, &integer)) return Value::Integer(integer);
  const std::optional<Number> number = NumberOf(value);
  return number ? Value::Double(number->value, number->significant_digits) : Value::Null();
}

Value ToNumber(Call& call, std::span<const Value> values) {
  const std::optional<int> base = BaseOf(values);
  if (!base || values[0].is_bool()) return Value::Null();
  return NumberFrom(values[0], call.TextOf(values[0]), *base);
}

// Text of the query itself that is no number is a mistake (tonumber).
absl::StatusOr<std::unique_ptr<Prepared>> PrepareToNumber(std::span<const Value* const> constants) {
  const bool known = constants[0] != nullptr && constants[0]->is_text() &&
                     (constants.size() < 2 || constants[1] != nullptr);
  if (!known || constants[0]->text().empty()) return nullptr;
  const Value values[] = {*constants[0], constants.size() > 1 ? *constants[1] : Value()};
  const std::optional<int> base = BaseOf({values, constants.size()});
  if (!base) return absl::InvalidArgumentError("a base is a whole number from 2 to 36");
  if (NumberFrom(values[0], values[0].text(), *base).is_null()) {
    return absl::InvalidArgumentError(
        fmt::format("\"{}\" is no number in base {}", values[0].text(), *base));
  }
  return nullptr;
}

Value ToDouble(Call& call, std::span<const Value> values) {
  if (values[0].is_bool()) return Value::Double(values[0].boolean() ? 1 : 0);
  const std::optional<Number> number = NumberOf(ToNumber(call, values));
  return number ? Value::Double(number->value, number->significant_digits) : Value::Null();
}

Value ToInt(Call& call, std::span<const Value> values) {
  if (values[0].is_bool()) return Value::Integer(values[0].boolean() ? 1 : 0);
  const Value converted = ToNumber(call, values);
  if (converted.is_integer()) return converted;
  const std::optional<Number> number = NumberOf(converted);
  if (!number || !std::isfinite(number->value)) return Value::Null();
  return Value::Double(std::floor(number->value));
}

Value ToBool(Call& call, std::span<const Value> values) {
  const Value& value = values[0];
  if (value.is_bool()) return value;
  if (value.is_text()) {
    if (value.text() == "true" || value.text() == "True") return Value::Bool(true);
    if (value.text() == "false" || value.text() == "False") return Value::Bool(false);
  }
  const std::optional<Number> number =
      call.type(0) == Type::kString ? std::nullopt : NumberOf(value);
  return number && !std::isnan(number->value) ? Value::Bool(number->value != 0) : Value::Null();
}

// ---------------------------------------------------------------- tostring

enum class Style : uint8_t { kPlain, kBinary, kCommas, kDuration, kHex };

std::optional<Style> StyleOf(std::string_view name) {
  if (name == "binary") return Style::kBinary;
  if (name == "commas") return Style::kCommas;
  if (name == "duration") return Style::kDuration;
  if (name == "hex") return Style::kHex;
  return std::nullopt;
}

std::string InBase2(uint64_t number) { return fmt::format("{:b}", number); }

// Fractions beyond two decimals are rounded; none are added.
std::string WithCommas(const Value& value, double number) {
  char buffer[kNumberText];
  std::string_view text = TextOf(value, buffer);
  if (text.find_first_of("eE") != std::string_view::npos) text = FormatRounded(number, 2, buffer);
  const size_t point = std::min(text.find('.'), text.size());
  if (text.size() - point > 3) text = FormatRounded(number, 2, buffer);
  std::string out;
  if (text.starts_with('-') || text.starts_with('+')) {
    if (text.front() == '-') out += '-';
    text.remove_prefix(1);
  }
  const size_t whole = std::min(text.find('.'), text.size());
  for (size_t i = 0; i < whole; ++i) {
    if (i > 0 && (whole - i) % 3 == 0) out += ',';
    out += text[i];
  }
  out += text.substr(whole);
  return out;
}

// HH:MM:SS, with days in front from one day on, and microseconds after if there are any.
std::optional<std::string> AsDuration(double seconds) {
  if (!(std::fabs(seconds) < 1e12)) return std::nullopt;
  const auto micros = static_cast<int64_t>(std::llround(std::fabs(seconds) * 1e6));
  const int64_t whole = micros / 1'000'000;
  std::string text = seconds < 0 && micros > 0 ? "-" : "";
  if (whole >= 86'400) text += fmt::format("{}+", whole / 86'400);
  text += fmt::format("{:02}:{:02}:{:02}", whole / 3600 % 24, whole / 60 % 60, whole % 60);
  if (micros % 1'000'000 != 0) text += fmt::format(".{:06}", micros % 1'000'000);
  return text;
}

std::optional<std::string> Styled(Style style, const Value& value, double number) {
  switch (style) {
    case Style::kBinary:
      if (!(number >= 0 && number <= kMostBits)) return std::nullopt;
      return InBase2(static_cast<uint64_t>(number));
    case Style::kHex:
      if (!(std::fabs(number) <= kMostBits)) return std::nullopt;
      return fmt::format("{}0x{:X}", number < 0 ? "-" : "",
                         static_cast<uint64_t>(std::fabs(number)));
    case Style::kCommas:
      if (!std::isfinite(number)) return std::nullopt;
      return WithCommas(value, number);
    case Style::kDuration:
      return AsDuration(number);
    case Style::kPlain:
      break;
  }
  return std::nullopt;
}

Value ToString(Call& call, std::span<const Value> values) {
  const std::optional<Style> style = values.size() < 2     ? Style::kPlain
                                     : values[1].is_null() ? std::nullopt
                                                           : StyleOf(call.TextOf(values[1]));
  if (!style) return Value::Null();
  // Nulls become text, as Booleans do (eval, Usage); there is nothing to format, though.
  if (values[0].is_null()) {
    return *style == Style::kPlain ? Value::Text("Null") : Value::Null();
  }
  const std::optional<Number> number = NumberOf(values[0]);
  // Text that is no number passes unchanged.
  if (*style == Style::kPlain || !number) {
    return values[0].is_text() ? Value::Text(values[0].text())
                               : Value::Text(call.TextOf(values[0]));
  }
  const std::optional<std::string> text = Styled(*style, values[0], number->value);
  return text ? call.Text(*text) : Value::Null();
}

std::string CheckToString(std::span<const plan::ExprPtr> arguments) {
  if (arguments.size() < 2 || arguments[1]->kind != plan::ExprKind::kLiteral) return "";
  const Value format = arguments[1]->literal.value();
  const std::optional<Style> style = format.is_text() ? StyleOf(format.text()) : std::nullopt;
  if (!style) return "the format is one of \"binary\", \"commas\", \"duration\", \"hex\"";
  if (*style == Style::kBinary && arguments[0]->type == Type::kString) {
    return "\"binary\" takes a number";
  }
  return "";
}

// ---------------------------------------------------------------- printf, ipmask

// The format of the row before is kept: mostly it is constant.
struct FormatArgument final : Prepared {
  std::optional<std::string> text;
  std::optional<PrintfFormat> format;
};

absl::StatusOr<std::unique_ptr<Prepared>> PreparePrintf(std::span<const Value* const>) {
  return std::make_unique<FormatArgument>();
}

Value Printf(Call& call, std::span<const Value> values) {
  auto& known = call.prepared<FormatArgument>();
  const std::string_view text = call.TextOf(values[0]);
  if (known.text != text) {
    known.text = text;
    absl::StatusOr<PrintfFormat> parsed = PrintfFormat::Parse(text);
    known.format.reset();
    if (parsed.ok()) known.format = *std::move(parsed);
  }
  if (!known.format) return Value::Null();
  const std::optional<std::string> formatted = known.format->Format(call, values);
  return formatted ? call.Text(*formatted) : Value::Null();
}

std::string CheckPrintf(std::span<const plan::ExprPtr> arguments) {
  if (arguments[0]->kind != plan::ExprKind::kLiteral) return "";
  const Value text = arguments[0]->literal.value();
  if (!text.is_text()) return "";
  const absl::StatusOr<PrintfFormat> format = PrintfFormat::Parse(text.text());
  if (!format.ok()) return std::string(MessageOf(format.status()));
  if (format->arguments() + 1 <= arguments.size()) return "";
  return fmt::format("the format takes {} values", format->arguments());
}

Value IpMask(Call& call, std::span<const Value> values) {
  const std::optional<IpAddress> mask = ParseIpAddress(call.TextOf(values[0]));
  const std::optional<IpAddress> address = ParseIpAddress(call.TextOf(values[1]));
  if (!mask || !address || !mask->is_v4 || !address->is_v4) return Value::Null();
  const auto octet = [&](size_t i) { return mask->bytes[12 + i] & address->bytes[12 + i]; };
  return call.Text(fmt::format("{}.{}.{}.{}", octet(0), octet(1), octet(2), octet(3)));
}

// ---------------------------------------------------------------- the table

constexpr Type kTextAndNumber[] = {Type::kString, Type::kNumber};
constexpr Type kAnyAndNumber[] = {Type::kAny, Type::kNumber};
constexpr Type kTextAndAny[] = {Type::kString, Type::kAny};

constexpr Example kIpMaskExamples[] = {{.title = "The network of an address",
                                        .input = R"({"ip":"10.20.30.120"})",
                                        .query = R"(eval r=ipmask("255.255.255.0", ip))",
                                        .output = R"({"ip":"10.20.30.120","r":"10.20.30.0"})"}};
constexpr Example kPrintfExamples[] = {
    {.title = "Text, a number with leading zeros, two decimals",
     .input = R"({"name":"cart","n":7,"price":2.5})",
     .query = R"(eval r=printf("%s %03d %.2f", name, n, price) | table r)",
     .output = R"({"r":"cart 007 2.50"})"}};
constexpr Example kToBoolExamples[] = {
    {.title = "Text and numbers as Booleans",
     .input = R"({"b":"True"} {"b":0} {"b":"x"})",
     .query = R"(eval r=case(tobool(b), "yes", NOT tobool(b), "no") | table r)",
     .output = R"({"r":"yes"} {"r":"no"} {"r":"no"})"}};
constexpr Example kToDoubleExamples[] = {{.title = "What is no number gives null",
                                          .input = R"({"n":"1.5"} {"n":"x"})",
                                          .query = "eval r=todouble(n) | table r",
                                          .output = R"({"r":1.5} {})"}};
constexpr Example kToIntExamples[] = {{.title = "Rounds down",
                                       .input = R"({"n":3.99} {"n":-3.5} {"n":"x"})",
                                       .query = "eval r=toint(n) | table r",
                                       .output = R"({"r":3} {"r":-4} {})"}};
constexpr Example kToNumberExamples[] = {{.title = "A number in base 16; blanks make it none",
                                          .input = R"({"n":"0A4"} {"n":" 12 "})",
                                          .query = "eval r=tonumber(n, 16) | table r",
                                          .output = R"({"r":164} {})"}};
constexpr Example kToStringExamples[] = {
    {.title = "Formats",
     .input = R"({"n":12345.6789,"s":3661})",
     .query = R"(eval c=tostring(n, "commas"), d=tostring(s, "duration"), h=tostring(s, "hex") )"
              R"(| table c d h)",
     .output = R"({"c":"12,345.68","d":"01:01:01","h":"0xE4D"})"}};

constexpr std::string_view kPrintfNotes[] = {
    "%i is %d, %z is %s, %p is %X; %c takes a code point or the first character of a text",
    "a value that does not fit its conversion gives null; widths go up to 1000"};
constexpr std::string_view kToNumberNotes[] = {
    "a field that is no number, also one with blanks, gives null; a literal is an error"};
constexpr std::string_view kToStringNotes[] = {
    "text that is no number passes unchanged; null is the text Null, with a format it stays null",
    "\"commas\" rounds to two decimals, \"binary\" takes whole numbers up to 2^53-1"};

constexpr FunctionEntry kConversionTable[] = {
    {.name = "ipmask",
     .signature = "ipmask(\"<mask>\", <ip>)",
     .summary = "The bits of an IPv4 address that a mask leaves.",
     .page = kConversionPage,
     .arity = {2, 2},
     .parameters = kTexts,
     .result = Type::kString,
     .call = &IpMask,
     .examples = kIpMaskExamples},
    {.name = "printf",
     .signature = "printf(\"<format>\", <value>, …)",
     .summary = "Text out of a format and values, as in C.",
     .page = kConversionPage,
     .arity = {1, kMany},
     .parameters = kTextAndAny,
     .result = Type::kString,
     .call = &Printf,
     .prepare = &PreparePrintf,
     .check = &CheckPrintf,
     .examples = kPrintfExamples,
     .notes = kPrintfNotes},
    {.name = "tobool",
     .signature = "tobool(<value>)",
     .summary = "A Boolean out of true, false or a number.",
     .page = kConversionPage,
     .arity = {1, 1},
     .result = Type::kBoolean,
     .call = &ToBool,
     .examples = kToBoolExamples},
    {.name = "todouble",
     .signature = "todouble(<value>[, <base>])",
     .summary = "A number out of text; null if it is none.",
     .page = kConversionPage,
     .arity = {1, 2},
     .parameters = kAnyAndNumber,
     .result = Type::kNumber,
     .call = &ToDouble,
     .examples = kToDoubleExamples},
    {.name = "toint",
     .signature = "toint(<value>[, <base>])",
     .summary = "An integer out of text or a number, rounded down; null if it is none.",
     .page = kConversionPage,
     .arity = {1, 2},
     .parameters = kAnyAndNumber,
     .result = Type::kNumber,
     .call = &ToInt,
     .examples = kToIntExamples},
    {.name = "tonumber",
     .signature = "tonumber(<text>[, <base>])",
     .summary = "A number out of text, in base 10 or another from 2 to 36.",
     .page = kConversionPage,
     .arity = {1, 2},
     .parameters = kTextAndNumber,
     .result = Type::kNumber,
     .call = &ToNumber,
     .prepare = &PrepareToNumber,
     .examples = kToNumberExamples,
     .notes = kToNumberNotes},
    {.name = "tostring",
     .signature = "tostring(<value>[, \"binary\"|\"commas\"|\"duration\"|\"hex\"])",
     .summary = "A value as text, numbers in a format if one is given.",
     .page = kConversionPage,
     .arity = {1, 2},
     .parameters = kAnyAndText,
     .result = Type::kString,
     .nulls = Nulls::kSee,
     .multi = Multi::kEach,
     .call = &ToString,
     .check = &CheckToString,
     .examples = kToStringExamples,
     .notes = kToStringNotes},
};

}  // namespace

std::span<const FunctionEntry> ConversionFunctions() { return kConversionTable; }

}  // namespace spelk::functions
