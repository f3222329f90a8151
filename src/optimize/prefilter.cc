// The raw literal prefilter: what the text of a line must contain, or no event in it can match.
//
// A literal is a stretch of a value that stands in the line as it is, however the JSON is written:
// no quote, backslash, slash or control character (they may be escaped), no byte beyond ASCII, and,
// where case is ignored, no k and s (other code points fold to them). The scan lets every line pass
// that has an escape \u00XX, which may hide any of these.
#include <algorithm>
#include <optional>
#include <utility>

#include "optimize/null_sources.h"
#include "optimize/passes.h"
#include "optimize/regex_literals.h"
#include "optimize/text_origin.h"
#include "plan/entry.h"
#include "value/ascii.h"
#include "value/case_fold.h"
#include "value/ip_address.h"
#include "value/literal_search.h"
#include "value/number.h"
#include "value/wildcard.h"

namespace spelk::optimize {
namespace {

using plan::Expr;
using plan::ExprKind;
using plan::LiteralGroup;

constexpr size_t kShortestLiteral = 3;  // A shorter literal stands in nearly every line.
constexpr size_t kShortestLiteralOfMany =
    5;                        // To look for many that are shorter takes longer than to parse.
constexpr size_t kMany = 32;  // Literals of one group.
constexpr size_t kMostLiterals = 4096;  // Of one group.

bool StandsAsItIs(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20U && byte < 0x7FU && c != '"' && c != '\\' && c != '/';
}

// How a text that is compared was made of the member's own.
enum class Spelling : uint8_t {
  kExact,
  kCaseless,  // Compared by the one case fold.
  kMapped,    // By lower() or upper(), which make an i of the dotted and the dotless one.
};

// The text that is compared: how it was made of a field's, and where that comes from.
struct Compared {
  Spelling spelling;
  const TextOrigin* origin;

  bool ignores_case() const { return spelling != Spelling::kExact; }
};

// The best literal of a text, all of which a matching value contains. Empty if there is none worth
// looking for.
std::string LiteralOf(std::string_view text, const Compared& compared) {
  static const TextOrigin kMember;
  const TextOrigin& origin = compared.origin == nullptr ? kMember : *compared.origin;
  const Spelling spelling = compared.spelling;
  std::string best;
  size_t start = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    const bool other_i =
        spelling == Spelling::kMapped && i < text.size() && (text[i] | 0x20) == 'i';
    const bool usable = i < text.size() && StandsAsItIs(text[i]) && !other_i &&
                        !origin.joints.test(static_cast<unsigned char>(text[i]));
    if (usable) continue;
    std::string_view piece = text.substr(start, i - start);
    if (spelling != Spelling::kExact) piece = SafeCaselessPiece(piece);
    const bool longer = piece.size() > best.size();
    if (longer && !origin.HasInConstant(FoldCase(piece))) best = piece;
    start = i + 1;
  }
  return best.size() < kShortestLiteral ? "" : best;
}

// Of a literal that was found so.
std::string CaselessOf(std::string_view literal) {
  return LiteralOf(literal, Compared{Spelling::kCaseless, nullptr});
}

// The best literal between the stars of a search pattern.
std::string LiteralOfPattern(const plan::Pattern& pattern, const TextOrigin* origin = nullptr) {
  if (pattern.text.find('/') != std::string::npos && ParseCidr(pattern.text)) return "";
  const Wildcard wildcard(pattern.text, pattern.exact_case ? Case::kExact : Case::kIgnore);
  std::string best;
  for (const std::string& piece : wildcard.pieces()) {
    const bool changed = origin != nullptr && origin->changes_case;
    const Spelling spelling = changed              ? Spelling::kMapped
                              : pattern.exact_case ? Spelling::kExact
                                                   : Spelling::kCaseless;
    std::string literal = LiteralOf(piece, Compared{spelling, origin});
    if (literal.size() > best.size()) best = std::move(literal);
  }
  return best;
}

// Between the % and _ of a LIKE pattern.
std::string LiteralOfLike(std::string_view pattern, const Compared& compared) {
  std::string best;
  size_t start = 0;
  for (size_t i = 0; i <= pattern.size(); ++i) {
    if (i < pattern.size() && pattern[i] != '%' && pattern[i] != '_') continue;
    std::string literal = LiteralOf(pattern.substr(start, i - start), compared);
    if (literal.size() > best.size()) best = std::move(literal);
    start = i + 1;
  }
  return best;
}

class Prefilter {
 public:
  Prefilter(const plan::ScanNode& scan, const OptimizeContext& context)
      : feed_(*context.feed), origins_(scan.rules) {
    entities_ =
        std::any_of(scan.rules.begin(), scan.rules.end(), [](const plan::ComputedColumns& rule) {
          return rule.kind == plan::RuleKind::kAutomatic && MayReadXml(rule);
        });
  }

  // The groups that a line must meet for the expression to be true.
  std::vector<LiteralGroup> Groups(const Expr& expr) {
    switch (expr.kind) {
      case ExprKind::kAnd:
        return OfAll(expr);
      case ExprKind::kOr:
        return OfAny(expr);
      case ExprKind::kMatch:
        return expr.op == CompareOp::kEqual ? OfPatterns(expr) : std::vector<LiteralGroup>();
      case ExprKind::kMatchAny:
        return OfPatterns(expr);
      case ExprKind::kTupleIn:
        return OfRows(expr);
      case ExprKind::kTerm:
        return OfTerm(expr);
      case ExprKind::kCompare:
        return OfComparison(expr);
      case ExprKind::kIn:
        return OfIn(expr);
      case ExprKind::kCall:
        return OfCall(expr);
      default:
        return {};
    }
  }

 private:
  // Null if the field's text need not stand in the line.
  const TextOrigin* OriginOf(Field field) {
    const TextOrigin& origin = origins_.Of(field);
    return origin.known ? &origin : nullptr;
  }

  static bool MayReadXml(const plan::ComputedColumns& rule) {
    return std::any_of(rule.text.begin(), rule.text.end(), [](const plan::TextSetting& setting) {
      return setting.key == "KV_MODE" && EqualsIgnoringCase(setting.value, "xml");
    });
  }

  // Within XML some characters are written as entities, and any may be: &#65;. A blank may have
  // been another one.
  static std::string WithoutEntities(std::string_view literal) {
    std::string_view best;
    for (size_t start = 0; start <= literal.size();) {
      const size_t end = std::min(literal.find_first_of("&<>' ", start), literal.size());
      if (end - start > best.size()) best = literal.substr(start, end - start);
      start = end + 1;
    }
    return best.size() < kShortestLiteral ? std::string() : std::string(best);
  }

  std::vector<LiteralGroup> One(std::vector<std::string> literals, bool ignore_case) const {
    if (entities_) {
      for (std::string& literal : literals) literal = WithoutEntities(literal);
    }
    const size_t shortest = literals.size() > kMany ? kShortestLiteralOfMany : 1;
    const bool good =
        !literals.empty() && literals.size() <= kMostLiterals &&
        std::all_of(literals.begin(), literals.end(),
                    [&](const std::string& literal) { return literal.size() >= shortest; });
    if (!good) return {};
    std::sort(literals.begin(), literals.end());
    literals.erase(std::unique(literals.begin(), literals.end()), literals.end());
    if (entities_) literals.emplace_back("&#");
    std::vector<LiteralGroup> groups;
    groups.push_back({std::move(literals), ignore_case});
    return groups;
  }

  std::vector<LiteralGroup> OfAll(const Expr& expr) {
    std::vector<LiteralGroup> all;
    for (const plan::ExprPtr& argument : expr.arguments) {
      for (LiteralGroup& group : Groups(*argument)) all.push_back(std::move(group));
    }
    return all;
  }

  // One group out of the best group of each operand; nothing if an operand has none.
  std::vector<LiteralGroup> OfAny(const Expr& expr) {
    std::vector<std::string> literals;
    bool ignore_case = false;
    for (const plan::ExprPtr& argument : expr.arguments) {
      std::vector<LiteralGroup> groups = Groups(*argument);
      if (groups.empty()) return {};
      LiteralGroup& best = *std::min_element(groups.begin(), groups.end(), Better);
      ignore_case = ignore_case || best.ignore_case;
      for (std::string& literal : best.literals) {
        // A literal that was to be found in exact case may hold k and s.
        if (ignore_case && !best.ignore_case) literal = CaselessOf(literal);
        literals.push_back(std::move(literal));
      }
    }
    if (ignore_case) {
      for (std::string& literal : literals) literal = CaselessOf(literal);
    }
    return One(std::move(literals), ignore_case);
  }

  std::vector<LiteralGroup> OfPatterns(const Expr& expr) {
    if (expr.unset == plan::Unset::kTrue) return {};
    if (expr.field == hidden::kSourcetypes || expr.field == hidden::kSources) return OfNames(expr);
    const TextOrigin* origin = OriginOf(expr.field);
    if (origin == nullptr) return {};
    // Of the event's own tags: most values are words that stand in many lines, the name is not.
    if (expr.field.name() == "tag") return One({"tag"}, false);
    std::vector<std::string> literals;
    bool ignore_case = origin->changes_case;
    for (const plan::Pattern& pattern : expr.patterns) {
      literals.push_back(LiteralOfPattern(pattern, origin));
      ignore_case = ignore_case || !pattern.exact_case;
    }
    if (ignore_case) {
      for (std::string& literal : literals) literal = CaselessOf(literal);
    }
    return One(std::move(literals), ignore_case);
  }

  // Names that shapes give: what the pattern asks of the member that the name is made of.
  std::vector<LiteralGroup> OfNames(const Expr& expr) const {
    if (!feed_.known) return {};
    const bool sourcetypes = expr.field == hidden::kSourcetypes;
    if (sourcetypes && feed_.renames_sourcetypes) return {};
    std::vector<std::string> literals;
    for (const plan::Pattern& pattern : expr.patterns) {
      const Wildcard wildcard(pattern.text, pattern.exact_case ? Case::kExact : Case::kIgnore);
      if (MatchesFeed(wildcard, sourcetypes)) return {};
      literals.push_back(LiteralOfPattern(pattern));  // The event's own member.
      if (feed_.shapes == nullptr) continue;
      for (const plan::EventLayout& shape : *feed_.shapes) {
        std::vector<std::string> names = sourcetypes ? shape.also_sourcetypes : shape.also_sources;
        names.push_back(sourcetypes ? shape.sourcetype : shape.source);
        for (const std::string& name : names) {
          if (!AddNameLiteral(name, pattern, wildcard, &literals)) return {};
        }
      }
    }
    return One(std::move(literals), true);
  }

  bool MatchesFeed(const Wildcard& wildcard, bool sourcetypes) const {
    const std::vector<std::string>& names = sourcetypes ? feed_.sourcetypes : feed_.sources;
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& name) { return wildcard.Matches(name); });
  }

  // False if events may have the name without the line holding any literal.
  static bool AddNameLiteral(const std::string& name, const plan::Pattern& pattern,
                             const Wildcard& wildcard, std::vector<std::string>* literals) {
    if (name.empty()) return true;
    const size_t member = name.find('$');
    if (member == std::string::npos) return !wildcard.Matches(name);
    const std::string prefix = FoldCase(name.substr(0, member));
    const std::string folded = FoldCase(pattern.text);
    std::string rest;
    if (folded.starts_with(prefix)) {
      rest = folded.substr(prefix.size());
    } else if (folded.starts_with('*')) {
      // The piece must not begin within the name's own text.
      rest = folded;
    } else {
      return true;  // No such name can match.
    }
    const std::string literal = LiteralOfPattern({rest, false});
    if (literal.empty()) return false;
    for (size_t overlap = 1; overlap <= std::min(prefix.size(), literal.size()); ++overlap) {
      if (prefix.ends_with(literal.substr(0, overlap)) && rest.starts_with('*')) return false;
    }
    if (prefix.find(literal) != std::string::npos) return false;
    literals->push_back(literal);
    return true;
  }

  std::vector<LiteralGroup> OfRows(const Expr& expr) {
    if (expr.row_fields.empty() || expr.rows.empty()) return {};
    std::vector<std::string> literals;
    for (const std::vector<std::string>& row : expr.rows) {
      std::string best;
      for (size_t i = 0; i < row.size(); ++i) {
        const TextOrigin* origin = OriginOf(expr.row_fields[i]);
        if (origin == nullptr) continue;
        std::string literal = LiteralOfPattern({row[i], false}, origin);
        if (literal.size() > best.size()) best = std::move(literal);
      }
      literals.push_back(std::move(best));
      if (literals.size() > kMostLiterals) return {};
    }
    return One(std::move(literals), true);
  }

  std::vector<LiteralGroup> OfTerm(const Expr& expr) const {
    const bool exact = expr.term == ast::TermKind::kCase;
    return One({LiteralOfPattern({expr.patterns.front().text, exact})}, !exact);
  }

  // How the expression's text is that of a field; nothing if it is not.
  std::optional<Compared> ComparedOf(const Expr& expr) {
    if (expr.kind == ExprKind::kField) {
      const TextOrigin* origin = OriginOf(expr.field);
      if (origin == nullptr) return std::nullopt;
      return Compared{origin->changes_case ? Spelling::kMapped : Spelling::kExact, origin};
    }
    if (expr.kind != ExprKind::kCall || expr.arguments.size() != 1) return std::nullopt;
    const std::string_view name = expr.function->name;
    std::optional<Compared> inner = ComparedOf(*expr.arguments[0]);
    if (!inner || name == "trim" || name == "ltrim" || name == "rtrim") return inner;
    if (name != "lower" && name != "upper") return std::nullopt;
    inner->spelling = Spelling::kMapped;
    return inner;
  }

  // field = "text": text that is a number would compare as a number, whatever its spelling in the
  // line.
  static std::optional<std::string> TextEqual(const Compared& compared, const Expr& literal) {
    if (literal.kind != ExprKind::kLiteral) return std::nullopt;
    const Value value = literal.literal.value();
    if (!value.is_text() || NumberOf(value)) return std::nullopt;
    return LiteralOf(value.text(), compared);
  }

  std::vector<LiteralGroup> OfComparison(const Expr& expr) {
    if (expr.op != CompareOp::kEqual) return {};
    for (const size_t side : {0U, 1U}) {
      const std::optional<Compared> compared = ComparedOf(*expr.arguments[side]);
      if (!compared) continue;
      const std::optional<std::string> literal = TextEqual(*compared, *expr.arguments[1 - side]);
      if (literal) return One({*literal}, compared->ignores_case());
    }
    return {};
  }

  std::vector<LiteralGroup> OfIn(const Expr& expr) {
    const std::optional<Compared> compared = ComparedOf(*expr.arguments[0]);
    if (!compared) return {};
    std::vector<std::string> literals;
    for (size_t i = 1; i < expr.arguments.size(); ++i) {
      const std::optional<std::string> literal = TextEqual(*compared, *expr.arguments[i]);
      if (!literal) return {};
      literals.push_back(*literal);
    }
    return One(std::move(literals), compared->ignores_case());
  }

  std::vector<LiteralGroup> OfCall(const Expr& expr) {
    const bool like = expr.function->name == "like";
    if ((!like && expr.function->name != "match") || expr.arguments.size() != 2) return {};
    const Expr& pattern = *expr.arguments[1];
    const std::optional<Compared> compared = ComparedOf(*expr.arguments[0]);
    if (!compared) return {};
    const Value text = pattern.literal.value();
    if (pattern.kind != ExprKind::kLiteral || !text.is_text()) return {};
    if (!like) return OfRegex(text.text(), *compared);
    return One({LiteralOfLike(text.text(), *compared)}, compared->ignores_case());
  }

  std::vector<LiteralGroup> OfRegex(std::string_view pattern, Compared compared) const {
    const std::optional<RegexLiterals> regex = LiteralsOfRegex(pattern);
    if (!regex) return {};
    if (regex->ignore_case && !compared.ignores_case()) compared.spelling = Spelling::kCaseless;
    std::vector<std::string> literals;
    for (const std::vector<std::string>& pieces : regex->alternatives) {
      std::string best;
      for (const std::string& piece : pieces) {
        std::string literal = LiteralOf(piece, compared);
        if (literal.size() > best.size()) best = std::move(literal);
      }
      literals.push_back(std::move(best));
    }
    return One(std::move(literals), compared.ignores_case());
  }

 public:
  // Fewer literals, then longer ones.
  static bool Better(const LiteralGroup& a, const LiteralGroup& b) {
    const auto shortest = [](const LiteralGroup& group) {
      size_t size = SIZE_MAX;
      for (const std::string& literal : group.literals) size = std::min(size, literal.size());
      return size;
    };
    if (a.literals.size() != b.literals.size()) return a.literals.size() < b.literals.size();
    return shortest(a) > shortest(b);
  }

 private:
  const FeedFacts& feed_;
  TextOrigins origins_;
  bool entities_ = false;  // Values may stand in XML.
};

}  // namespace

absl::Status DerivePrefilter(plan::NodePtr* root, const OptimizeContext& context) {
  plan::ScanNode* scan = plan::ScanOf(**root);
  if (scan == nullptr || scan->predicate == nullptr) return absl::OkStatus();
  scan->prefilter = Prefilter(*scan, context).Groups(*scan->predicate);
  std::stable_sort(scan->prefilter.begin(), scan->prefilter.end(), Prefilter::Better);
  return absl::OkStatus();
}

}  // namespace spelk::optimize
