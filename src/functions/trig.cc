// Trigonometric and hyperbolic functions: radians, IEEE doubles.
#include <cmath>
#include <optional>

#include "functions/entry.h"
#include "value/number.h"

namespace spelk::functions {
namespace {

constexpr std::string_view kTrigPage = "Trig and Hyperbolic functions";

using Function = Value (*)(Call&, std::span<const Value>);

template <double (*kFunction)(double)>
Value ApplyTrig(Call&, std::span<const Value> values) {
  const std::optional<Number> x = NumberOf(values[0]);
  return x ? Value::Double(kFunction(x->value)) : Value::Null();
}

template <double (*kFunction)(double, double)>
Value ApplyTrig2(Call&, std::span<const Value> values) {
  const std::optional<Number> x = NumberOf(values[0]);
  const std::optional<Number> y = NumberOf(values[1]);
  return x && y ? Value::Double(kFunction(x->value, y->value)) : Value::Null();
}

constexpr Example kAcosExamples[] = {{.title = "Of one",
                                      .input = R"({"x":1})",
                                      .query = "eval r=acos(x)",
                                      .output = R"({"x":1,"r":0})"}};
constexpr Example kAcoshExamples[] = {{.title = "Of two",
                                       .input = R"({"x":2})",
                                       .query = "eval r=acosh(x)",
                                       .output = R"({"x":2,"r":1.3169578969248166})"}};
constexpr Example kAsinExamples[] = {{.title = "Of one",
                                      .input = R"({"x":1})",
                                      .query = "eval r=asin(x)",
                                      .output = R"({"x":1,"r":1.5707963267948966})"}};
constexpr Example kAsinhExamples[] = {{.title = "Of one",
                                       .input = R"({"x":1})",
                                       .query = "eval r=asinh(x)",
                                       .output = R"({"x":1,"r":0.881373587019543})"}};
constexpr Example kAtanExamples[] = {{.title = "Of one",
                                      .input = R"({"x":1})",
                                      .query = "eval r=atan(x)",
                                      .output = R"({"x":1,"r":0.7853981633974483})"}};
constexpr Example kAtan2Examples[] = {{.title = "The angle of a point",
                                       .input = R"({"x":2,"y":1})",
                                       .query = "eval r=atan2(y, x)",
                                       .output = R"({"x":2,"y":1,"r":0.4636476090008061})"}};
constexpr Example kAtanhExamples[] = {{.title = "Of a half",
                                       .input = R"({"x":0.5})",
                                       .query = "eval r=atanh(x)",
                                       .output = R"({"x":0.5,"r":0.5493061443340548})"}};
constexpr Example kCosExamples[] = {{.title = "Of zero",
                                     .input = R"({"x":0})",
                                     .query = "eval r=cos(x)",
                                     .output = R"({"x":0,"r":1})"}};
constexpr Example kCoshExamples[] = {{.title = "Of one",
                                      .input = R"({"x":1})",
                                      .query = "eval r=cosh(x)",
                                      .output = R"({"x":1,"r":1.5430806348152437})"}};
constexpr Example kHypotExamples[] = {{.title = "The long side of a right triangle",
                                       .input = R"({"x":3,"y":4})",
                                       .query = "eval r=hypot(x, y)",
                                       .output = R"({"x":3,"y":4,"r":5})"}};
constexpr Example kSinExamples[] = {{.title = "Of one",
                                     .input = R"({"x":1})",
                                     .query = "eval r=sin(x)",
                                     .output = R"({"x":1,"r":0.8414709848078965})"}};
constexpr Example kSinhExamples[] = {{.title = "Of one",
                                      .input = R"({"x":1})",
                                      .query = "eval r=sinh(x)",
                                      .output = R"({"x":1,"r":1.1752011936438014})"}};
constexpr Example kTanExamples[] = {{.title = "Of one",
                                     .input = R"({"x":1})",
                                     .query = "eval r=tan(x)",
                                     .output = R"({"x":1,"r":1.5574077246549023})"}};
constexpr Example kTanhExamples[] = {{.title = "Of one",
                                      .input = R"({"x":1})",
                                      .query = "eval r=tanh(x)",
                                      .output = R"({"x":1,"r":0.7615941559557649})"}};

constexpr FunctionEntry TrigFunction(std::string_view name, std::string_view signature,
                                     std::string_view summary, size_t arity, Function call,
                                     std::span<const Example> examples,
                                     std::span<const std::string_view> notes = {}) {
  return {.name = name,
          .signature = signature,
          .summary = summary,
          .page = kTrigPage,
          .arity = {arity, arity},
          .parameters = kNumbers,
          .result = Type::kNumber,
          .call = call,
          .examples = examples,
          .notes = notes};
}

constexpr FunctionEntry kTrigTable[] = {
    TrigFunction("acos", "acos(<number>)", "The arc cosine, in radians.", 1, &ApplyTrig<&std::acos>,
                 kAcosExamples, kDomainNotes),
    TrigFunction("acosh", "acosh(<number>)", "The inverse hyperbolic cosine.", 1,
                 &ApplyTrig<&std::acosh>, kAcoshExamples, kDomainNotes),
    TrigFunction("asin", "asin(<number>)", "The arc sine, in radians.", 1, &ApplyTrig<&std::asin>,
                 kAsinExamples, kDomainNotes),
    TrigFunction("asinh", "asinh(<number>)", "The inverse hyperbolic sine.", 1,
                 &ApplyTrig<&std::asinh>, kAsinhExamples),
    TrigFunction("atan", "atan(<number>)", "The arc tangent, in radians.", 1,
                 &ApplyTrig<&std::atan>, kAtanExamples),
    TrigFunction("atan2", "atan2(<y>, <x>)", "The angle of the point (x, y), in radians.", 2,
                 &ApplyTrig2<&std::atan2>, kAtan2Examples),
    TrigFunction("atanh", "atanh(<number>)", "The inverse hyperbolic tangent.", 1,
                 &ApplyTrig<&std::atanh>, kAtanhExamples, kDomainNotes),
    TrigFunction("cos", "cos(<number>)", "The cosine of an angle in radians.", 1,
                 &ApplyTrig<&std::cos>, kCosExamples),
    TrigFunction("cosh", "cosh(<number>)", "The hyperbolic cosine.", 1, &ApplyTrig<&std::cosh>,
                 kCoshExamples),
    TrigFunction("hypot", "hypot(<x>, <y>)", "The square root of the sum of both squares.", 2,
                 &ApplyTrig2<&std::hypot>, kHypotExamples),
    TrigFunction("sin", "sin(<number>)", "The sine of an angle in radians.", 1,
                 &ApplyTrig<&std::sin>, kSinExamples),
    TrigFunction("sinh", "sinh(<number>)", "The hyperbolic sine.", 1, &ApplyTrig<&std::sinh>,
                 kSinhExamples),
    TrigFunction("tan", "tan(<number>)", "The tangent of an angle in radians.", 1,
                 &ApplyTrig<&std::tan>, kTanExamples),
    TrigFunction("tanh", "tanh(<number>)", "The hyperbolic tangent.", 1, &ApplyTrig<&std::tanh>,
                 kTanhExamples),
};

}  // namespace

std::span<const FunctionEntry> TrigFunctions() { return kTrigTable; }

}  // namespace spelk::functions
