// Comparison and conditional functions: if, case, coalesce, match, like, cidrmatch …
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/status.h"
#include "functions/entry.h"
#include "functions/regex_argument.h"
#include "plan/bind/binder.h"
#include "plan/eval/evaluator.h"
#include "value/compare.h"
#include "value/ip_address.h"
#include "value/number.h"
#include "value/wildcard.h"

namespace spelk::functions {
namespace {

using plan::Binder;
using plan::EvalContext;
using plan::EvalFactory;
using plan::EvalNode;
using plan::EvalNodePtr;
using plan::Expr;
using plan::ExprPtr;
using plan::Rows;

constexpr std::string_view kConditionalPage = "Comparison and Conditional functions";

// ---------------------------------------------------------------- what chooses a value

// The type that all of the values have, or kAny. What is always null says nothing.
Type CommonTypeOf(std::span<const ExprPtr> arguments, size_t first, size_t step) {
  Type common = Type::kNull;
  for (size_t i = first; i < arguments.size(); i += step) {
    const Type type = arguments[i]->type;
    if (type == Type::kNull || type == common) continue;
    if (common != Type::kNull) return Type::kAny;
    common = type;
  }
  return common;
}

absl::Status EvaluatingFailed(const EvalContext& context) {
  return context.arena().status("evaluating an expression");
}

// Takes the rows from `open` that are in `taken`; both are in the same order.
void Remove(const std::vector<uint32_t>& taken, std::vector<uint32_t>* open) {
  auto next = taken.begin();
  std::erase_if(*open, [&](uint32_t row) {
    if (next == taken.end() || *next != row) return false;
    ++next;
    return true;
  });
}

// Conditions and values in turn. Each value is computed only for the rows that it is chosen for.
class ChoiceNode final : public EvalNode {
 public:
  struct Branch {
    EvalNodePtr condition;
    EvalNodePtr value;
  };
  // A branch is taken where its condition is true; with `unless`, where it is anything else.
  ChoiceNode(std::vector<Branch> branches, EvalNodePtr otherwise, bool unless)
      : branches_(std::move(branches)), otherwise_(std::move(otherwise)), unless_(unless) {}

  absl::Status Evaluate(const EvalContext& context, Rows rows, Column* out) override {
    Value* values = context.NewValues();
    Truth* truth = context.NewTruths();
    if (values == nullptr || truth == nullptr) return EvaluatingFailed(context);
    std::vector<uint32_t> open(rows.begin(), rows.end());
    std::vector<uint32_t> taken;
    for (const Branch& branch : branches_) {
      if (open.empty()) break;
      SPELK_RETURN_IF_ERROR(branch.condition->Test(context, open, truth));
      taken.clear();
      for (const uint32_t row : open) {
        if ((truth[row] == Truth::kTrue) != unless_) taken.push_back(row);
      }
      SPELK_RETURN_IF_ERROR(Fill(*branch.value, context, taken, values));
      Remove(taken, &open);
    }
    if (otherwise_ != nullptr) {
      SPELK_RETURN_IF_ERROR(Fill(*otherwise_, context, open, values));
    } else {
      for (const uint32_t row : open) values[row] = Value::Null();
    }
    *out = Column::Values({values, context.physical_rows()});
    return absl::OkStatus();
  }

 private:
  static absl::Status Fill(EvalNode& node, const EvalContext& context, Rows rows, Value* values) {
    if (rows.empty()) return absl::OkStatus();
    Column column;
    SPELK_RETURN_IF_ERROR(node.Evaluate(context, rows, &column));
    for (const uint32_t row : rows) values[row] = column.At(row);
    return absl::OkStatus();
  }

  std::vector<Branch> branches_;
  EvalNodePtr otherwise_;
  const bool unless_;
};

std::vector<ChoiceNode::Branch> MakeBranches(const Expr& expr, EvalFactory& factory) {
  std::vector<ChoiceNode::Branch> branches;
  for (size_t i = 0; i + 1 < expr.arguments.size(); i += 2) {
    branches.push_back({factory.Make(*expr.arguments[i]), factory.Make(*expr.arguments[i + 1])});
  }
  return branches;
}

EvalNodePtr MakeIf(const Expr& expr, EvalFactory& factory) {
  return std::make_unique<ChoiceNode>(MakeBranches(expr, factory), factory.Make(*expr.arguments[2]),
                                      false);
}
EvalNodePtr MakeCase(const Expr& expr, EvalFactory& factory) {
  return std::make_unique<ChoiceNode>(MakeBranches(expr, factory), nullptr, false);
}
EvalNodePtr MakeValidate(const Expr& expr, EvalFactory& factory) {
  return std::make_unique<ChoiceNode>(MakeBranches(expr, factory), nullptr, true);
}

Type TypeOfIf(std::span<const ExprPtr> arguments) { return CommonTypeOf(arguments, 1, 1); }
Type TypeOfCase(std::span<const ExprPtr> arguments) { return CommonTypeOf(arguments, 1, 2); }
Type TypeOfCoalesce(std::span<const ExprPtr> arguments) { return CommonTypeOf(arguments, 0, 1); }
Type TypeOfFirst(std::span<const ExprPtr> arguments) { return arguments[0]->type; }

// The first value that is not null; what follows it is not computed.
class CoalesceNode final : public EvalNode {
 public:
  CoalesceNode(const Expr& expr, EvalFactory& factory)
      : operands_(factory.MakeAll(expr.arguments)) {}

  absl::Status Evaluate(const EvalContext& context, Rows rows, Column* out) override {
    Value* values = context.NewValues();
    if (values == nullptr) return EvaluatingFailed(context);
    for (const uint32_t row : rows) values[row] = Value::Null();
    std::vector<uint32_t> open(rows.begin(), rows.end());
    for (const EvalNodePtr& operand : operands_) {
      if (open.empty()) break;
      Column column;
      SPELK_RETURN_IF_ERROR(operand->Evaluate(context, open, &column));
      for (const uint32_t row : open) values[row] = column.At(row);
      std::erase_if(open, [&](uint32_t row) { return !values[row].is_null(); });
    }
    *out = Column::Values({values, context.physical_rows()});
    return absl::OkStatus();
  }

 private:
  std::vector<EvalNodePtr> operands_;
};

EvalNodePtr MakeCoalesce(const Expr& expr, EvalFactory& factory) {
  return std::make_unique<CoalesceNode>(expr, factory);
}

Value NullIf(Call&, std::span<const Value> values) {
  const Truth equal = CompareForEval(CompareOp::kEqual, values[0], values[1]);
  return equal == Truth::kTrue ? Value::Null() : values[0];
}

// case() and validate(): conditions and values in turn.
std::string CheckConditions(std::span<const ExprPtr> arguments) {
  if (arguments.size() % 2 != 0) return "conditions and values come in pairs";
  for (size_t i = 0; i < arguments.size(); i += 2) {
    if (!plan::MayBeBoolean(*arguments[i])) {
      return "argument " + std::to_string(i + 1) + " must be a Boolean";
    }
  }
  return "";
}

// ---------------------------------------------------------------- what is another expression

absl::StatusOr<ExprPtr> BindConstant(const ast::Expr& expr, plan::Literal literal, Type type) {
  return plan::MakeLiteral(std::move(literal), type, expr.span);
}
absl::StatusOr<ExprPtr> BindTrue(const ast::Expr& expr, const ast::FunctionCall&, Binder&) {
  return BindConstant(expr, plan::Literal::Bool(true), Type::kBoolean);
}
absl::StatusOr<ExprPtr> BindFalse(const ast::Expr& expr, const ast::FunctionCall&, Binder&) {
  return BindConstant(expr, plan::Literal::Bool(false), Type::kBoolean);
}
absl::StatusOr<ExprPtr> BindNull(const ast::Expr& expr, const ast::FunctionCall&, Binder&) {
  return BindConstant(expr, plan::Literal::Null(), Type::kNull);
}

absl::StatusOr<ExprPtr> BindIn(const ast::Expr& expr, const ast::FunctionCall& call,
                               Binder& binder) {
  return binder.Membership(*call.arguments[0], std::span(call.arguments).subspan(1), expr.span);
}

absl::StatusOr<ExprPtr> BindSearchMatch(const ast::Expr& expr, const ast::FunctionCall& call,
                                        Binder& binder) {
  const auto* text = std::get_if<ast::StringLiteral>(&call.arguments[0]->node);
  if (text == nullptr) {
    return binder.Error(ErrorCode::kArgumentCount, expr.span,
                        "the arguments to the 'searchmatch' function are invalid",
                        {"it takes one quoted search string"});
  }
  return binder.SearchText(text->text, call.arguments[0]->span);
}

// ---------------------------------------------------------------- what tests a text

absl::StatusOr<std::unique_ptr<Prepared>> PrepareMatch(std::span<const Value* const> constants) {
  return RegexArgument::Make(constants[1]);
}

Value Match(Call& call, std::span<const Value> values) {
  RegexMatcher* matcher = call.prepared<RegexArgument>().Find(call.TextOf(values[1]));
  if (matcher == nullptr) return Value::Null();
  return Value::Bool(HasMatch(*matcher, call.TextOf(values[0]), call));
}

// The pattern of the row before is kept: mostly it is constant.
struct LikeArgument final : Prepared {
  std::optional<std::string> text;
  LikePattern pattern;
};

absl::StatusOr<std::unique_ptr<Prepared>> PrepareLike(std::span<const Value* const>) {
  return std::make_unique<LikeArgument>();
}

Value Like(Call& call, std::span<const Value> values) {
  auto& known = call.prepared<LikeArgument>();
  const std::string_view text = call.TextOf(values[1]);
  if (known.text != text) {
    known.text = text;
    known.pattern = LikePattern(text);
  }
  return Value::Bool(known.pattern.Matches(call.TextOf(values[0])));
}

struct CidrArgument final : Prepared {
  std::optional<std::string> text;
  std::optional<CidrBlock> block;
};

absl::StatusOr<std::unique_ptr<Prepared>> PrepareCidr(std::span<const Value* const>) {
  return std::make_unique<CidrArgument>();
}

bool InBlock(CidrArgument& known, std::string_view cidr, std::string_view address) {
  if (known.text != cidr) {
    known.text = cidr;
    known.block = ParseCidr(cidr);
  }
  if (!known.block) return false;
  const std::optional<IpAddress> parsed = ParseIpAddress(address);
  return parsed && known.block->Contains(*parsed);
}

Value CidrMatch(Call& call, std::span<const Value> values) {
  auto& known = call.prepared<CidrArgument>();
  for (const Value& cidr : values[0].each()) {
    for (const Value& address : values[1].each()) {
      if (InBlock(known, call.TextOf(cidr), call.TextOf(address))) return Value::Bool(true);
    }
  }
  return Value::Bool(false);
}

// ---------------------------------------------------------------- the table

constexpr Type kIfTypes[] = {Type::kBoolean, Type::kAny};

constexpr Example kCaseExamples[] = {
    {.title = "The first condition that is true decides",
     .input = R"({"status":200} {"status":404} {"status":500})",
     .query = R"(eval text=case(status=200, "fine", status<500, "wrong", true(), "broken"))",
     .output = R"({"status":200,"text":"fine"} {"status":404,"text":"wrong"} )"
               R"({"status":500,"text":"broken"})"}};
constexpr Example kCidrExamples[] = {
    {.title = "Addresses of a private network",
     .input = R"({"ip":"10.1.2.3"} {"ip":"192.0.2.1"} {"ip":"fd00::1"})",
     .query = R"(where cidrmatch("10.0.0.0/8", ip))",
     .output = R"({"ip":"10.1.2.3"})"}};
constexpr Example kCoalesceExamples[] = {
    {.title = "The first field that is there; the empty string is a value",
     .input = R"({"a":"x","b":"y"} {"b":"y"} {"a":"","b":"y"})",
     .query = "eval c=coalesce(a, b) | table c",
     .output = R"({"c":"x"} {"c":"y"} {"c":""})"}};
constexpr Example kFalseExamples[] = {{.title = "Never true",
                                       .input = R"({"a":1})",
                                       .query = R"(eval r=if(false(), "yes", "no"))",
                                       .output = R"({"a":1,"r":"no"})"}};
constexpr Example kIfExamples[] = {
    {.title = "A comparison with a missing field is not true",
     .input = R"({"n":5} {"n":50} {})",
     .query = R"(eval size=if(n>9, "large", "small") | table size)",
     .output = R"({"size":"small"} {"size":"large"} {"size":"small"})"}};
constexpr Example kInExamples[] = {{.title = "Exact values, no wildcards",
                                    .input = R"({"code":401} {"code":200} {"code":"4*"})",
                                    .query = R"(where in(code, "401", "403"))",
                                    .output = R"({"code":401})"}};
constexpr Example kLikeExamples[] = {
    {.title = "% is any run of characters, _ is one",
     .input = R"({"host":"web-1"} {"host":"web-12"} {"host":"WEB-1"})",
     .query = R"(where like(host, "web-_"))",
     .output = R"({"host":"web-1"})"}};
constexpr Example kMatchExamples[] = {
    {.title = "The expression may match anywhere in the text",
     .input = R"({"path":"C:\\Temp\\a.exe"} {"path":"C:\\Temp\\a.txt"})",
     .query = R"(where match(path, "(?i)\.EXE$"))",
     .output = R"({"path":"C:\\Temp\\a.exe"})"}};
constexpr Example kNullExamples[] = {{.title = "Removes a field",
                                      .input = R"({"a":1,"b":2})",
                                      .query = "eval b=null()",
                                      .output = R"({"a":1})"}};
constexpr Example kNullIfExamples[] = {{.title = "Null where both are equal",
                                        .input = R"({"a":"x","b":"y"} {"a":"x","b":"x"})",
                                        .query = "eval c=nullif(a, b) | table a c",
                                        .output = R"({"a":"x","c":"x"} {"a":"x"})"}};
constexpr Example kSearchMatchExamples[] = {
    {.title = "Search terms as a condition",
     .input = R"({"user":"Ana"} {"user":"bo"})",
     .query = R"(eval r=if(searchmatch("user=a*"), "yes", "no"))",
     .output = R"({"user":"Ana","r":"yes"} {"user":"bo","r":"no"})"}};
constexpr Example kTrueExamples[] = {{.title = "The default of case()",
                                      .input = R"({"n":5})",
                                      .query = R"(eval r=case(n>9, "large", true(), "small"))",
                                      .output = R"({"n":5,"r":"small"})"}};
constexpr Example kValidateExamples[] = {
    {.title = "The first condition that is not true decides",
     .input = R"({"port":"x"} {"port":70000} {"port":80})",
     .query = R"(eval r=validate(isint(port), "no number", port<65536, "too large") | table r)",
     .output = R"({"r":"no number"} {"r":"too large"} {})"}};

constexpr std::string_view kAnyValueNotes[] = {"of a multivalue, any value may meet the condition"};
constexpr std::string_view kValidateNotes[] = {
    "a condition that is null counts as one that is not met"};
constexpr std::string_view kSearchMatchNotes[] = {
    "the search string is read when the search is compiled, so it must be a literal"};
constexpr std::string_view kCidrNotes[] = {
    "bits beyond the prefix are ignored; what is no address or no block never matches",
    "of a multivalue, any value may meet the condition"};

constexpr FunctionEntry kConditionalTable[] = {
    {.name = "case",
     .signature = "case(<condition>, <value>, …)",
     .summary = "The value behind the first condition that is true, else null.",
     .page = kConditionalPage,
     .arity = {2, kMany},
     .result_of = &TypeOfCase,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .make = &MakeCase,
     .check = &CheckConditions,
     .examples = kCaseExamples},
    {.name = "cidrmatch",
     .signature = "cidrmatch(<cidr>, <ip>)",
     .summary = "True if the address lies in the block, IPv4 or IPv6.",
     .page = kConditionalPage,
     .arity = {2, 2},
     .parameters = kTexts,
     .result = Type::kBoolean,
     .multi = Multi::kWhole,
     .call = &CidrMatch,
     .prepare = &PrepareCidr,
     .examples = kCidrExamples,
     .notes = kCidrNotes},
    {.name = "coalesce",
     .signature = "coalesce(<value>, …)",
     .summary = "The first value that is not null.",
     .page = kConditionalPage,
     .arity = {1, kMany},
     .result_of = &TypeOfCoalesce,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .make = &MakeCoalesce,
     .examples = kCoalesceExamples},
    {.name = "false",
     .signature = "false()",
     .summary = "False.",
     .page = kConditionalPage,
     .result = Type::kBoolean,
     .bind = &BindFalse,
     .examples = kFalseExamples},
    {.name = "if",
     .signature = "if(<predicate>, <true value>, <false value>)",
     .summary = "The second argument where the first is true, else the third.",
     .page = kConditionalPage,
     .arity = {3, 3},
     .parameters = kIfTypes,
     .result_of = &TypeOfIf,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .make = &MakeIf,
     .examples = kIfExamples},
    {.name = "in",
     .signature = "in(<value>, <candidate>, …)",
     .summary = "True if the value equals one of the others.",
     .page = kConditionalPage,
     .arity = {2, kMany},
     .result = Type::kBoolean,
     .bind = &BindIn,
     .examples = kInExamples,
     .notes = kAnyValueNotes},
    {.name = "like",
     .signature = "like(<text>, <pattern>)",
     .summary = "True if the whole text fits the pattern: % is any run of characters, _ is one.",
     .page = kConditionalPage,
     .arity = {2, 2},
     .parameters = kTexts,
     .result = Type::kBoolean,
     .multi = Multi::kAny,
     .call = &Like,
     .prepare = &PrepareLike,
     .examples = kLikeExamples,
     .notes = kAnyValueNotes},
    {.name = "match",
     .signature = "match(<text>, <regex>)",
     .summary = "True if the regular expression matches somewhere in the text.",
     .page = kConditionalPage,
     .arity = {2, 2},
     .parameters = kTexts,
     .result = Type::kBoolean,
     .multi = Multi::kAny,
     .call = &Match,
     .prepare = &PrepareMatch,
     .examples = kMatchExamples,
     .notes = kAnyValueNotes},
    {.name = "null",
     .signature = "null()",
     .summary = "Null: no value.",
     .page = kConditionalPage,
     .result = Type::kNull,
     .bind = &BindNull,
     .examples = kNullExamples},
    {.name = "nullif",
     .signature = "nullif(<value>, <other>)",
     .summary = "Null if both are equal, else the first.",
     .page = kConditionalPage,
     .arity = {2, 2},
     .result_of = &TypeOfFirst,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .call = &NullIf,
     .examples = kNullIfExamples},
    {.name = "searchmatch",
     .signature = "searchmatch(\"<search string>\")",
     .summary = "True if the event matches the search terms.",
     .page = kConditionalPage,
     .arity = {1, 1},
     .result = Type::kBoolean,
     .bind = &BindSearchMatch,
     .examples = kSearchMatchExamples,
     .notes = kSearchMatchNotes},
    {.name = "true",
     .signature = "true()",
     .summary = "True.",
     .page = kConditionalPage,
     .result = Type::kBoolean,
     .bind = &BindTrue,
     .examples = kTrueExamples},
    {.name = "validate",
     .signature = "validate(<condition>, <value>, …)",
     .summary = "The value behind the first condition that is not true, else null.",
     .page = kConditionalPage,
     .arity = {2, kMany},
     .result_of = &TypeOfCase,
     .nulls = Nulls::kSee,
     .multi = Multi::kWhole,
     .make = &MakeValidate,
     .check = &CheckConditions,
     .examples = kValidateExamples,
     .notes = kValidateNotes},
};

}  // namespace

std::span<const FunctionEntry> ConditionalFunctions() { return kConditionalTable; }

}  // namespace spelk::functions
