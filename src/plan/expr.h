// Bound expressions: what eval, where and search evaluate. Data only: printed, saved, loaded.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/span.h"
#include "plan/field_set.h"
#include "plan/types.h"
#include "syntax/ast.h"
#include "value/compare.h"
#include "value/field.h"
#include "value/value.h"

namespace spelk::plan {

struct FunctionEntry;
class Node;
struct Expr;
using ExprPtr = std::unique_ptr<Expr>;

enum class ExprKind : uint8_t {
  kLiteral,     // A constant.
  kField,       // The value of a field.
  kCall,        // function(arguments)
  kArithmetic,  // arguments[0] op[0] arguments[1] op[1] …, left to right
  kNegate,      // -x
  kCompare,     // x op y
  kIn,          // arguments[0] IN (the others)
  kAnd,
  kOr,
  kXor,
  kNot,
  // Of the search command; two-valued, never null.
  kMatch,        // field op pattern
  kMatchAny,     // field = any of patterns
  kTupleIn,      // any row: all its fields match their patterns (what a subsearch gives)
  kTerm,         // text in _raw
  kTimeRange,    // _time within [earliest, latest)
  kSubsearch,    // stands for the result of a plan that runs first
  kSubstituted,  // search terms around subsearches: texts[0] arguments[0] texts[1] …
};

// A constant that owns its text.
class Literal {
 public:
  Literal() = default;
  static Literal Null() { return {}; }
  static Literal Bool(bool value);
  static Literal Text(std::string text);
  // A number as written: canonical integers become integers, anything else keeps its text, on which
  // significant digits are counted.
  static Literal Number(std::string text);
  // A copy of a value that is not a multivalue.
  static Literal Of(const Value& value);

  Value value() const;

 private:
  ValueKind kind_ = ValueKind::kNull;
  JsonType json_type_ = JsonType::kString;
  int64_t integer_ = 0;
  double double_ = 0;
  uint8_t significant_digits_ = 0;
  std::string text_;
};

// What an unset metadata field of a base search answers: see design.md, "index=".
enum class Unset : uint8_t { kNoMatch, kFalse, kTrue };

// One pattern of the search command, already unescaped.
struct Pattern {
  std::string text;
  bool exact_case = false;

  friend bool operator==(const Pattern&, const Pattern&) = default;
};

struct Expr {
  ExprKind kind = ExprKind::kLiteral;
  Type type = Type::kAny;
  uint32_t id = 0;    // Unique within a plan; copies keep it. 0 until NumberPlan.
  uint32_t from = 0;  // Of an expression that the optimizer made: the one it came from.
  Span span;
  Literal literal;                          // kLiteral
  Field field;                              // kField, kMatch, kMatchAny, kTerm
  const FunctionEntry* function = nullptr;  // kCall
  std::vector<ExprPtr> arguments;
  std::vector<ast::ArithmeticOp> operators;  // kArithmetic
  CompareOp op = CompareOp::kEqual;          // kCompare, kMatch
  std::vector<Pattern> patterns;             // kMatch (one), kMatchAny
  Unset unset = Unset::kNoMatch;             // kMatch, kMatchAny
  // kMatch, kMatchAny on a hidden field that holds several names of one thing: `!=` is true only if
  // none of them matches.
  bool all_names = false;
  ast::TermKind term = ast::TermKind::kWord;   // kTerm; the text is patterns[0]
  std::vector<Field> row_fields;               // kTupleIn
  std::vector<std::vector<std::string>> rows;  // kTupleIn; one text for each field
  std::string earliest;                        // kTimeRange: as written; empty is open
  std::string latest;
  // kSubsearch: its rows are search terms; otherwise its text is that of an expression, which must
  // be true or false if the type says so.
  bool as_terms = false;
  bool negated_scope = false;      // kSubsearch, kSubstituted: stands under an odd number of NOTs
  bool base_scope = false;         // kSubsearch, kSubstituted: stands in a base search
  std::vector<std::string> texts;  // kSubstituted: one more than arguments
  std::shared_ptr<Node> plan;      // kSubsearch; shared by copies of the expression
};

ExprPtr MakeLiteral(Literal literal, Type type, Span span = {});
ExprPtr MakeField(Field field, Span span = {});
ExprPtr MakeBoolean(bool value);
ExprPtr MakeNot(ExprPtr operand);
// An AND or OR; flattens nested ones of the same kind; one operand is itself, none is true (or
// false).
ExprPtr MakeLogical(ExprKind kind, std::vector<ExprPtr> operands);
ExprPtr Copy(const Expr& expr);
// Says of a made expression which one it came from, whose place in the text it takes over.
ExprPtr MadeFrom(const Expr& source, ExprPtr made);
bool Equal(const Expr& a, const Expr& b);
// As SPL, near enough to be read: `EventCode=5861 OR Image="*\\cmd.exe"`.
std::string Print(const Expr& expr);

// What an operator of arithmetic makes of operands of these types. `+` joins two strings and adds
// otherwise; of two fields their values decide.
Type ResultType(ast::ArithmeticOp op, Type left, Type right);

// Whether the value can be true or false. A field can hold no Boolean; only what computes one, or
// passes one on, may. The bare word `null` is the name of a field that no event has, and so is
// written for null().
bool MayBeBoolean(const Expr& expr);

// Adds the fields that the expression reads.
void CollectFields(const Expr& expr, FieldSet* fields);
// True if the value depends on the row at all (fields, random(), terms).
bool IsConstant(const Expr& expr);
bool IsLiteral(const Expr& expr, bool value);
// True if a part of it stands for what a subsearch gives.
bool HasSubsearch(const Expr& expr);
// The operands of a conjunction; the expression itself if it is none.
std::vector<ExprPtr> SplitAnd(ExprPtr expr);

}  // namespace spelk::plan
