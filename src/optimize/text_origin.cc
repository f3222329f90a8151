// Following rules back to members.
#include "optimize/text_origin.h"

#include <algorithm>

#include "optimize/null_sources.h"
#include "optimize/text_pieces.h"
#include "plan/entry.h"
#include "value/ascii.h"
#include "value/case_fold.h"

namespace spelk::optimize {
namespace {

using plan::Expr;
using plan::ExprKind;

// What one expression adds to an origin, and the fields that it reads.
class Tracer {
 public:
  Tracer(TextOrigin* origin, std::vector<Field>* read) : origin_(*origin), read_(*read) {}

  // Whether values may begin, or end, with a stretch of a field's text.
  struct Ends {
    bool open = false;
    bool open_end = false;

    void Add(Ends other) {
      open = open || other.open;
      open_end = open_end || other.open_end;
    }
  };

  Ends Add(const Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kField:
        read_.push_back(expr.field);
        return kOpen;
      case ExprKind::kLiteral:
        return AddConstant(expr.literal.value());
      case ExprKind::kArithmetic:
        return AddJoined(expr);
      case ExprKind::kCall:
        return AddCall(expr);
      default:
        return Unknown();
    }
  }

  void Add(const plan::Extraction& extraction) {
    read_.push_back(extraction.source);
    for (const plan::ExtractedText& text : extraction.values) AddExtracted(text);
    for (const plan::ExtractedText& text : extraction.named_values) AddExtracted(text);
  }

  Ends Unknown() {
    origin_.known = false;
    return kOpen;
  }

 private:
  static constexpr Ends kOpen = {true, true};

  Ends AddConstant(const Value& value) {
    if (value.is_null()) return {};
    if (!value.is_text()) return Unknown();
    return AddText(value.text());
  }

  Ends AddText(std::string_view text) {
    if (text.empty()) return kOpen;
    std::string folded = FoldCase(text);
    std::vector<std::string>& known = origin_.constants;
    if (std::find(known.begin(), known.end(), folded) == known.end()) {
      known.push_back(std::move(folded));
    }
    return {};
  }

  void AddJoint(char c) {
    const char lower = LowerAscii(c);
    origin_.joints.set(static_cast<unsigned char>(lower));
    if (lower >= 'a' && lower <= 'z') origin_.joints.set(static_cast<unsigned char>(lower - 0x20));
  }

  // The ends of a constant; one of several that a value may have there.
  void AddJoints(const Expr& expr) {
    if (expr.kind == ExprKind::kLiteral && expr.literal.value().is_text()) {
      const std::string_view text = expr.literal.value().text();
      if (text.empty()) return;
      AddJoint(text.front());
      AddJoint(text.back());
    }
    for (const plan::ExprPtr& argument : expr.arguments) AddJoints(*argument);
  }

  // Two stretches side by side hide what lies across.
  Ends AddJoined(const Expr& expr) {
    const auto joins = [](ast::ArithmeticOp op) { return op == ast::ArithmeticOp::kConcatenate; };
    if (!std::all_of(expr.operators.begin(), expr.operators.end(), joins)) return Unknown();
    Ends all;
    for (size_t i = 0; i < expr.arguments.size(); ++i) {
      const Ends ends = Add(*expr.arguments[i]);
      AddJoints(*expr.arguments[i]);
      if (i == 0) all = ends;
      if (i > 0 && all.open_end && ends.open) return Unknown();
      all.open_end = ends.open_end;
    }
    return all;
  }

  void AddExtracted(const plan::ExtractedText& text) {
    for (size_t i = 0; i < text.texts.size(); ++i) {
      const std::string& between = text.texts[i];
      const bool joint = i > 0 && i + 1 < text.texts.size();
      if (between.empty()) {
        if (joint) Unknown();
        continue;
      }
      AddText(between);
      AddJoint(between.front());
      AddJoint(between.back());
    }
  }

  Ends AddCall(const Expr& expr) {
    const std::string_view name = expr.function->name;
    const auto is_any = [name](std::initializer_list<std::string_view> names) {
      return std::find(names.begin(), names.end(), name) != names.end();
    };
    if (expr.arguments.empty()) return name == "null" ? Ends() : Unknown();
    if (is_any({"coalesce", "mvappend"})) return AddEach(expr, 0, 1);
    if (name == "if") return AddEach(expr, 1, 1);
    if (name == "case") return AddEach(expr, 1, 2);
    if (is_any({"trim", "ltrim", "rtrim", "substr", "mvindex", "mvdedup", "mvsort", "split"})) {
      Add(*expr.arguments[0]);
      return kOpen;
    }
    if (is_any({"lower", "upper"})) {
      origin_.changes_case = true;
      return Add(*expr.arguments[0]);
    }
    if (name == "replace" && CutsTextOut(expr)) {
      Add(*expr.arguments[0]);
      return kOpen;
    }
    return Unknown();
  }

  Ends AddEach(const Expr& expr, size_t first, size_t step) {
    Ends all;
    for (size_t i = first; i < expr.arguments.size(); i += step) all.Add(Add(*expr.arguments[i]));
    return all;
  }

  TextOrigin& origin_;
  std::vector<Field>& read_;
};

}  // namespace

bool TextOrigin::HasInConstant(std::string_view folded) const {
  return std::any_of(constants.begin(), constants.end(), [folded](const std::string& constant) {
    return constant.find(folded) != std::string::npos;
  });
}

TextOrigins::TextOrigins(const plan::ComputedColumnsList& rules) {
  for (const plan::ComputedColumns& rule : rules) {
    // What a text in _raw names itself stands in the text.
    if (rule.kind == plan::RuleKind::kAutomatic) continue;
    for (const Field target : rule.targets) rules_of_[target].push_back(&rule);
  }
}

const TextOrigin& TextOrigins::Of(Field field) {
  const auto [place, is_new] = known_.try_emplace(field);
  if (is_new) place->second = Trace(field);
  return place->second;
}

// Every rule only adds to what its fields have, so that their order does not matter.
TextOrigin TextOrigins::Trace(Field field) const {
  TextOrigin origin;
  std::vector<Field> fields = {field};
  for (size_t i = 0; i < fields.size() && origin.known; ++i) {
    const Field each = fields[i];
    if (IsDerivedField(each) && each.name() != "_raw") origin.known = false;
    const auto rules = rules_of_.find(each);
    if (rules == rules_of_.end()) continue;
    std::vector<Field> read;
    Tracer tracer(&origin, &read);
    for (const plan::ComputedColumns* rule : rules->second) {
      if (rule->value != nullptr) {
        tracer.Add(*rule->value);
      } else if (rule->kind == plan::RuleKind::kExtract) {
        tracer.Add(rule->extraction);
      } else {
        tracer.Unknown();
      }
    }
    for (const Field source : read) {
      if (std::find(fields.begin(), fields.end(), source) == fields.end()) fields.push_back(source);
    }
  }
  return origin;
}

}  // namespace spelk::optimize
