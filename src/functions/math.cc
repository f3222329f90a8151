// Mathematical and statistical eval functions.
#include <algorithm>
#include <cmath>
#include <compare>
#include <limits>
#include <optional>

#include "functions/entry.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

constexpr std::string_view kMathPage = "Mathematical functions";
constexpr std::string_view kStatisticalPage = "Statistical eval functions";

template <double (*kFunction)(double)>
Value Apply(Call&, std::span<const Value> values) {
  const std::optional<Number> x = NumberOf(values[0]);
  return x ? Value::Double(kFunction(x->value)) : Value::Null();
}

double Ceiling(double x) { return std::ceil(x); }
double Floor(double x) { return std::floor(x); }
double Exp(double x) { return std::exp(x); }
double Ln(double x) { return std::log(x); }
double Sqrt(double x) { return std::sqrt(x); }

// The sign does not change how precise a number is.
Value Abs(Call&, std::span<const Value> values) {
  const std::optional<Number> x = NumberOf(values[0]);
  return x ? Value::Double(std::fabs(x->value), x->significant_digits) : Value::Null();
}

// Precise from now on.
Value Exact(Call&, std::span<const Value> values) {
  const std::optional<Number> x = NumberOf(values[0]);
  return x ? Value::Double(x->value) : Value::Null();
}

// Logarithms to the usual bases are exact where the quotient of two is not.
Value Log(Call&, std::span<const Value> values) {
  const std::optional<Number> x = NumberOf(values[0]);
  const std::optional<Number> base = values.size() > 1 ? NumberOf(values[1]) : Number{10, 0, 0};
  if (!x || !base || !(base->value > 0) || base->value == 1) return Value::Null();
  if (base->value == 10) return Value::Double(std::log10(x->value));
  if (base->value == 2) return Value::Double(std::log2(x->value));
  return Value::Double(std::log(x->value) / std::log(base->value));
}

// The documentation gives eleven digits.
Value Pi(Call&, std::span<const Value>) { return Value::Double(3.14159265359); }

Value Pow(Call&, std::span<const Value> values) {
  const std::optional<Number> x = NumberOf(values[0]);
  const std::optional<Number> y = NumberOf(values[1]);
  return x && y ? Value::Double(std::pow(x->value, y->value)) : Value::Null();
}

// ---------------------------------------------------------------- rounding

constexpr int kMostDecimals = 300;

// How many decimals to keep: of round()'s second argument, and of a computed number no more than
// its digits leave.
int DecimalsToKeep(const Value& value, double x, int wanted) {
  if (value.significant_digits() == 0 || x == 0) return wanted;
  return std::min(wanted, std::max(DecimalsFor(x, value.significant_digits()), 0));
}

// Halves go up, also below zero; rounded on the decimal text, as 2.555 is a little less in binary.
Value Round(Call& call, std::span<const Value> values) {
  const std::optional<Number> x = NumberOf(values[0]);
  const std::optional<Number> decimals = values.size() > 1 ? NumberOf(values[1]) : Number{};
  if (!x || !decimals || !(decimals->value >= 0)) return Value::Null();
  if (!std::isfinite(x->value)) return Value::Double(x->value);
  const int wanted =
      static_cast<int>(std::min(std::floor(decimals->value), static_cast<double>(kMostDecimals)));
  const int kept = DecimalsToKeep(values[0], x->value, wanted);
  char buffer[kNumberText];
  const Zeros zeros = kept == wanted ? Zeros::kKeep : Zeros::kDropIfIntegral;
  const std::string_view text = FormatRounded(x->value, kept, buffer, Half::kUp, zeros);
  if (wanted > 0) return Value::Text(call.arena().Copy(text), JsonType::kNumber);
  return Value::Double(ParseNumber(text)->value);
}

std::string CheckRound(std::span<const plan::ExprPtr> arguments) {
  const bool negative = arguments.size() > 1 && arguments[1]->kind == plan::ExprKind::kNegate &&
                        arguments[1]->arguments[0]->kind == plan::ExprKind::kLiteral;
  return negative ? "argument 2 must not be negative" : "";
}

// What the calculation leaves: the fewest digits of a product, the fewest decimals of a sum.
Value SigFig(Call& call, std::span<const Value> values) {
  const std::optional<Number> x = NumberOf(values[0]);
  if (!x) return Value::Null();
  const Value& value = values[0];
  const bool limited = value.significant_digits() != 0 || value.sum_decimals();
  if (!limited || !std::isfinite(x->value) || x->value == 0) return value;
  const int decimals = value.sum_decimals() ? *value.sum_decimals()
                                            : DecimalsFor(x->value, value.significant_digits());
  char buffer[kNumberText];
  const std::string_view text = FormatRounded(x->value, std::min(decimals, kMostDecimals), buffer);
  return Value::Text(call.arena().Copy(text), JsonType::kNumber);
}

// ---------------------------------------------------------------- of several values

// Calls take(number) for every number among the arguments; what is none is left out.
template <class Take>
void ForEachNumber(std::span<const Value> values, Take take) {
  for (const Value& value : values) {
    for (const Value& each : value.each()) {
      if (const std::optional<Number> number = NumberOf(each)) take(number->value);
    }
  }
}

Value Sum(Call&, std::span<const Value> values) {
  double sum = 0;
  size_t count = 0;
  ForEachNumber(values, [&](double number) {
    sum += number;
    ++count;
  });
  return count == 0 ? Value::Null() : Value::Double(sum);
}

Value Avg(Call&, std::span<const Value> values) {
  double sum = 0;
  size_t count = 0;
  ForEachNumber(values, [&](double number) {
    sum += number;
    ++count;
  });
  return count == 0 ? Value::Null() : Value::Double(sum / static_cast<double>(count));
}

// A value with what decides its place: any text is greater than any number, but the empty one gives
// way to numbers, as in the statistics max and min.
struct Candidate {
  Value value;
  std::optional<double> number;

  bool is_empty() const { return value.is_text() && value.text().empty(); }
};

std::weak_ordering CompareCandidates(const Candidate& a, const Candidate& b) {
  if (a.number && b.number) return std::weak_order(*a.number + 0.0, *b.number + 0.0);
  if (a.number || b.number) {
    return a.number ? std::weak_ordering::less : std::weak_ordering::greater;
  }
  char left[kNumberText];
  char right[kNumberText];
  return TextOf(a.value, left) <=> TextOf(b.value, right);
}

template <bool kGreatest>
bool Beats(const Candidate& a, const Candidate& b) {
  if (a.number && b.is_empty()) return true;
  if (a.is_empty() && b.number) return false;
  return kGreatest ? CompareCandidates(a, b) > 0 : CompareCandidates(a, b) < 0;
}

template <bool kGreatest>
Value Extreme(Call& call, std::span<const Value> values) {
  std::optional<Candidate> best;
  for (size_t i = 0; i < values.size(); ++i) {
    for (const Value& each : values[i].each()) {
      Candidate candidate{each, std::nullopt};
      const std::optional<Number> number =
          call.type(i) == Type::kString ? std::nullopt : NumberOf(each);
      if (number) candidate.number = number->value;
      if (!best || Beats<kGreatest>(candidate, *best)) best = candidate;
    }
  }
  return best ? best->value : Value::Null();
}

Type TypeOfExtreme(std::span<const plan::ExprPtr> arguments) {
  const bool numbers = std::all_of(arguments.begin(), arguments.end(), [](const auto& argument) {
    return argument->type == Type::kNumber;
  });
  return numbers ? Type::kNumber : Type::kAny;
}

// ---------------------------------------------------------------- the table

constexpr std::string_view kCeilingAliases[] = {"ceil"};

constexpr Example kAbsExamples[] = {{.title = "The size of a number",
                                     .input = R"({"n":-7})",
                                     .query = "eval r=abs(n)",
                                     .output = R"({"n":-7,"r":7})"}};
constexpr Example kAvgExamples[] = {{.title = "Fields that are absent do not count",
                                     .input = R"({"a":5.0,"b":"9"})",
                                     .query = "eval r=avg(a, b, c) | table r",
                                     .output = R"({"r":7})"}};
constexpr Example kCeilingExamples[] = {{.title = "The next integer above",
                                         .input = R"({"n":1.9} {"n":-1.9})",
                                         .query = "eval r=ceiling(n) | table r",
                                         .output = R"({"r":2} {"r":-1})"}};
constexpr Example kExactExamples[] = {
    {.title =
         "Products are limited to the significant digits of their operands unless they are exact",
     .input = R"({"n":8.25})",
     .query = "eval r=n*0.2, s=exact(n*0.2) | table r s",
     .output = R"({"r":2,"s":1.6500000000000001})"}};
constexpr Example kExpExamples[] = {{.title = "e to a power",
                                     .input = R"({"n":0})",
                                     .query = "eval r=exp(n)",
                                     .output = R"({"n":0,"r":1})"}};
constexpr Example kFloorExamples[] = {{.title = "The next integer below",
                                       .input = R"({"n":1.9} {"n":-1.1})",
                                       .query = "eval r=floor(n) | table r",
                                       .output = R"({"r":1} {"r":-2})"}};
constexpr Example kLnExamples[] = {{.title = "The natural logarithm",
                                    .input = R"({"n":1})",
                                    .query = "eval r=ln(n)",
                                    .output = R"({"n":1,"r":0})"}};
constexpr Example kLogExamples[] = {{.title = "To base 10, or another",
                                     .input = R"({"n":1000})",
                                     .query = "eval r=log(n), s=log(8, 2)",
                                     .output = R"({"n":1000,"r":3,"s":3})"}};
constexpr Example kMaxExamples[] = {{.title = "Text is greater than any number",
                                     .input = R"({"a":1,"b":"foo","c":9})",
                                     .query = "eval r=max(a, b, c), s=max(a, c) | table r s",
                                     .output = R"({"r":"foo","s":9})"}};
constexpr Example kMinExamples[] = {{.title = "Numbers come before text",
                                     .input = R"({"a":10,"b":"foo","c":9})",
                                     .query = "eval r=min(a, b, c) | table r",
                                     .output = R"({"r":9})"}};
constexpr Example kPiExamples[] = {{.title = "Eleven digits",
                                    .input = R"({"n":1})",
                                    .query = "eval r=pi()",
                                    .output = R"({"n":1,"r":3.14159265359})"}};
constexpr Example kPowExamples[] = {{.title = "A power",
                                     .input = R"({"n":2})",
                                     .query = "eval r=pow(n, 10)",
                                     .output = R"({"n":2,"r":1024})"}};
constexpr Example kRoundExamples[] = {
    {.title = "Halves go up",
     .input = R"({"n":2.5} {"n":-4.5} {"n":2.555})",
     .query = "eval r=round(n), s=round(n, 2) | table r s",
     .output = R"({"r":3,"s":2.50} {"r":-4,"s":-4.50} {"r":3,"s":2.56})"}};
constexpr Example kSigFigExamples[] = {
    {.title = "The significant digits of the least precise operand",
     .input = R"({"n":1111})",
     .query = "eval r=sigfig(1.00*n), s=sigfig(123.0+4.567) | table r s",
     .output = R"({"r":1110,"s":127.6})"}};
constexpr Example kSqrtExamples[] = {{.title = "The square root",
                                      .input = R"({"n":9})",
                                      .query = "eval r=sqrt(n)",
                                      .output = R"({"n":9,"r":3})"}};
constexpr Example kSumExamples[] = {{.title = "Fields that are absent or no number are left out",
                                     .input = R"({"a":1,"b":"x","c":3})",
                                     .query = "eval r=sum(a, b, c, d) | table r",
                                     .output = R"({"r":4})"}};

constexpr std::string_view kLogNotes[] = {
    "of zero or a negative number: -inf or nan; to a base that is not above zero, or 1: null"};
constexpr std::string_view kRoundNotes[] = {
    "halves go up, also below zero: -4.5 gives -4",
    "with a number of decimals, exactly those are written: round(5, 2) gives 5.00"};
constexpr std::string_view kManyNotes[] = {"the values of a multivalue count one by one"};

constexpr FunctionEntry OfOneNumber(std::string_view name, std::string_view signature,
                                    std::string_view summary,
                                    Value (*call)(Call&, std::span<const Value>),
                                    std::span<const Example> examples,
                                    std::span<const std::string_view> notes = {}) {
  return {.name = name,
          .signature = signature,
          .summary = summary,
          .page = kMathPage,
          .arity = {1, 1},
          .parameters = kNumbers,
          .result = Type::kNumber,
          .call = call,
          .examples = examples,
          .notes = notes};
}

constexpr FunctionEntry kMathTable[] = {
    OfOneNumber("abs", "abs(<number>)", "The size of a number.", &Abs, kAbsExamples),
    {.name = "avg",
     .signature = "avg(<number>, …)",
     .summary = "The mean of the numbers among the arguments.",
     .page = kStatisticalPage,
     .arity = {1, kMany},
     .parameters = kNumbers,
     .result = Type::kNumber,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &Avg,
     .examples = kAvgExamples,
     .notes = kManyNotes},
    {.name = "ceiling",
     .aliases = kCeilingAliases,
     .signature = "ceiling(<number>)",
     .summary = "Rounds up to an integer.",
     .page = kMathPage,
     .arity = {1, 1},
     .parameters = kNumbers,
     .result = Type::kNumber,
     .call = &Apply<&Ceiling>,
     .examples = kCeilingExamples},
    OfOneNumber(
        "exact", "exact(<expression>)",
        "The number in full, not limited to the significant digits of what it was computed from.",
        &Exact, kExactExamples),
    OfOneNumber("exp", "exp(<number>)", "e to the power of the number.", &Apply<&Exp>,
                kExpExamples),
    OfOneNumber("floor", "floor(<number>)", "Rounds down to an integer.", &Apply<&Floor>,
                kFloorExamples),
    OfOneNumber("ln", "ln(<number>)", "The natural logarithm.", &Apply<&Ln>, kLnExamples,
                kDomainNotes),
    {.name = "log",
     .signature = "log(<number>[, <base>])",
     .summary = "The logarithm, to base 10 unless another is given.",
     .page = kMathPage,
     .arity = {1, 2},
     .parameters = kNumbers,
     .result = Type::kNumber,
     .call = &Log,
     .examples = kLogExamples,
     .notes = kLogNotes},
    {.name = "max",
     .signature = "max(<value>, …)",
     .summary = "The greatest of the arguments; any text is greater than any number.",
     .page = kStatisticalPage,
     .arity = {1, kMany},
     .result_of = &TypeOfExtreme,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &Extreme<true>,
     .examples = kMaxExamples,
     .notes = kManyNotes},
    {.name = "min",
     .signature = "min(<value>, …)",
     .summary = "The least of the arguments; any number is less than any text.",
     .page = kStatisticalPage,
     .arity = {1, kMany},
     .result_of = &TypeOfExtreme,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &Extreme<false>,
     .examples = kMinExamples,
     .notes = kManyNotes},
    {.name = "pi",
     .signature = "pi()",
     .summary = "The number pi, with eleven digits.",
     .page = kMathPage,
     .result = Type::kNumber,
     .call = &Pi,
     .examples = kPiExamples},
    {.name = "pow",
     .signature = "pow(<number>, <exponent>)",
     .summary = "A number to a power.",
     .page = kMathPage,
     .arity = {2, 2},
     .parameters = kNumbers,
     .result = Type::kNumber,
     .call = &Pow,
     .examples = kPowExamples,
     .notes = kDomainNotes},
    {.name = "round",
     .signature = "round(<number>[, <decimals>])",
     .summary = "Rounds to an integer, or to so many decimals.",
     .page = kMathPage,
     .arity = {1, 2},
     .parameters = kNumbers,
     .result = Type::kNumber,
     .call = &Round,
     .check = &CheckRound,
     .examples = kRoundExamples,
     .notes = kRoundNotes},
    OfOneNumber("sigfig", "sigfig(<expression>)",
                "Rounds to the significant digits of the calculation.", &SigFig, kSigFigExamples),
    OfOneNumber("sqrt", "sqrt(<number>)", "The square root.", &Apply<&Sqrt>, kSqrtExamples,
                kDomainNotes),
    {.name = "sum",
     .signature = "sum(<number>, …)",
     .summary = "The sum of the numbers among the arguments.",
     .page = kStatisticalPage,
     .arity = {1, kMany},
     .parameters = kNumbers,
     .result = Type::kNumber,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &Sum,
     .examples = kSumExamples,
     .notes = kManyNotes},
};

}  // namespace

std::span<const FunctionEntry> MathFunctions() { return kMathTable; }

}  // namespace spelk::functions
