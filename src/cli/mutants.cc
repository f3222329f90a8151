// Mutants out of the tree.
#include "cli/mutants.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "spelk/engine.h"

namespace spelk::cli {
namespace {

class Maker {
 public:
  explicit Maker(const std::string& search) : search_(search) {}

  void Pipeline(const SyntaxNode& pipeline) {
    for (const SyntaxNode& command : pipeline.children) {
      if (command.kind != "command") continue;
      in_search_ = command.text == "search";
      const bool condition = in_search_ || command.text == "where";
      for (const SyntaxNode& child : command.children) {
        condition ? Condition(child, Under::kAnd) : Expression(child);
      }
    }
  }

  std::vector<Mutant> Take() {
    SwapFields(term_fields_);
    SwapFields(fields_);
    std::stable_sort(made_.begin(), made_.end(),
                     [](const Mutant& a, const Mutant& b) { return a.offset < b.offset; });
    return std::move(made_);
  }

 private:
  enum class Under : uint8_t { kAnd, kOr };

  std::string TextOf(const SyntaxNode& node) const {
    return search_.substr(node.offset, node.length);
  }
  using Kind = Mutant::Kind;

  void Make(Kind kind, size_t offset, size_t length, std::string text) {
    if (search_.compare(offset, length, text) == 0) return;
    made_.push_back({kind, offset, length, std::move(text), search_.substr(offset, length)});
  }
  void Make(Kind kind, const SyntaxNode& node, std::string text) {
    Make(kind, node.offset, node.length, std::move(text));
  }

  void Subsearch(const SyntaxNode& node) {
    const bool in_search = in_search_;
    for (const SyntaxNode& pipeline : node.children) Pipeline(pipeline);
    in_search_ = in_search;
  }

  void Condition(const SyntaxNode& node, Under under) {
    if (node.kind == "subsearch") return Subsearch(node);
    if (node.kind == "macro" || node.length == 0) return;
    if (node.kind == "and" || node.kind == "or") {
      for (const SyntaxNode& child : node.children) {
        Condition(child, node.kind == "and" ? Under::kAnd : Under::kOr);
      }
      return;
    }
    if (node.kind == "not" && node.children.size() == 1) return Condition(node.children[0], under);
    if (node.kind == "call" && node.text == "true") return;
    // The clause is dropped, or says the opposite.
    const bool all = under == Under::kAnd;
    if (in_search_) {
      Make(Kind::kClause, node, all ? "*" : "(NOT *)");
    } else if (ConstantTruth(node) != all) {
      Make(Kind::kClause, node, all ? "(1=1)" : "(1=0)");
    }
    Make(Kind::kNegation, node, fmt::format("(NOT {})", TextOf(node)));
    if (node.kind == "field") return Comparison(node);
    if (node.kind == "compare") Compared(node);
    const bool like = node.kind == "like" || (node.kind == "call" && node.text == "like");
    if (like && node.children.size() == 2) {
      Compares(node.children[0]);
      if (node.children[1].kind == "string") Wildcards(node.children[1], '%');
    }
    for (const SyntaxNode& child : node.children) Expression(child);
  }

  // Whether a comparison of numbers holds: for those the clause says already what it would be
  // replaced by.
  static std::optional<bool> ConstantTruth(const SyntaxNode& node) {
    if (node.kind != "compare" || node.children.size() != 2) return std::nullopt;
    double sides[2] = {};
    for (size_t i = 0; i < 2; ++i) {
      const SyntaxNode& side = node.children[i];
      if (side.kind != "number") return std::nullopt;
      const char* stop = side.text.data() + side.text.size();
      const auto [end, error] = std::from_chars(side.text.data(), stop, sides[i]);
      if (error != std::errc() || end != stop) return std::nullopt;
    }
    if (node.text == "=" || node.text == "==") return sides[0] == sides[1];
    if (node.text == "!=") return sides[0] != sides[1];
    if (node.text == "<") return sides[0] < sides[1];
    if (node.text == "<=") return sides[0] <= sides[1];
    if (node.text == ">") return sides[0] > sides[1];
    if (node.text == ">=") return sides[0] >= sides[1];
    return std::nullopt;
  }

  // Of search terms.
  void Comparison(const SyntaxNode& node) {
    const std::string_view text = node.text;
    const bool in = text.ends_with(" in") || text.ends_with(" not in");
    const bool orders = text.ends_with(" <") || text.ends_with(" >") || text.ends_with(" <=") ||
                        text.ends_with(" >=");
    for (const SyntaxNode& value : node.children) {
      if (value.kind != "value") continue;
      if (orders) Threshold(value);
      Wildcards(value, '*');
    }
    if (!in && node.children.size() == 1) {
      const std::string written = TextOf(node);
      const size_t end = written.find_first_of(" \t\r\n=!<>");
      if (end != std::string::npos && end > 0 && written.front() != '"' &&
          written.front() != '\\') {
        AddField(node.offset, written.substr(0, end), true);
      }
    }
  }

  // Of expressions.
  void Compared(const SyntaxNode& node) {
    const SyntaxNode& left = node.children.front();
    const SyntaxNode& right = node.children.back();
    const bool orders = node.text != "=" && node.text != "==" && node.text != "!=";
    if (orders && left.offset + left.length < right.offset) {
      const size_t begin = left.offset + left.length;
      std::string sign = search_.substr(begin, right.offset - begin);
      const size_t at = sign.find_first_of("<>");
      if (at != std::string::npos && sign.find_first_not_of(" \t\r\n<>=") == std::string::npos) {
        const bool equal = at + 1 < sign.size() && sign[at + 1] == '=';
        equal ? sign.erase(at + 1, 1) : sign.insert(at + 1, "=");
        Make(Kind::kThreshold, begin, right.offset - begin, sign);
      }
    }
    for (const SyntaxNode* side : {&left, &right}) {
      if (orders && side->kind == "number") Threshold(*side);
      Compares(*side);
    }
  }

  void Compares(const SyntaxNode& side) {
    if (side.kind == "field" && side.length > 0) AddField(side.offset, TextOf(side), false);
  }

  void Threshold(const SyntaxNode& node) {
    const std::string text = TextOf(node);
    int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return;
    if (number > 1'000'000'000'000 || number < -1'000'000'000'000) return;
    Make(Kind::kThreshold, node, std::to_string(number + 1));
    Make(Kind::kThreshold, node, std::to_string(number - 1));
  }

  void Wildcards(const SyntaxNode& node, char wildcard) {
    const std::string text = TextOf(node);
    // In a text of its own the quotes are escaped.
    std::string quote;
    for (const std::string_view each : {"\\\"", "\""}) {
      const bool quoted =
          text.size() > 2 * each.size() && text.starts_with(each) && text.ends_with(each);
      if (quoted && quote.empty()) quote = each;
    }
    const std::string inner = text.substr(quote.size(), text.size() - 2 * quote.size());
    if (inner.size() < 2 || inner.find(wildcard) == std::string::npos) return;
    const auto write = [&](const std::string& value) {
      if (!value.empty() && !value.ends_with('\\')) {
        Make(Kind::kWildcard, node, quote + value + quote);
      }
    };
    if (inner.starts_with(wildcard)) write(inner.substr(1));
    if (inner.ends_with(wildcard)) write(inner.substr(0, inner.size() - 1));
    write(std::string(1, wildcard));
  }

  void Expression(const SyntaxNode& node) {
    if (node.kind == "subsearch") return Subsearch(node);
    if (node.kind == "macro") return;
    const bool condition = node.kind == "compare" || node.kind == "and" || node.kind == "or" ||
                           node.kind == "not" || node.kind == "like" || node.kind == "in";
    if (condition && !in_search_) return Condition(node, Under::kAnd);
    const bool arms = node.kind == "call" && node.text == "case";
    for (size_t i = 0; i < node.children.size(); ++i) {
      const SyntaxNode& child = node.children[i];
      const bool asks = arms ? i % 2 == 0 : node.kind == "call" && node.text == "if" && i == 0;
      asks ? Condition(child, Under::kAnd) : Expression(child);
    }
  }

  // Where a field is compared, as it is written: search terms and expressions quote it differently.
  void AddField(size_t offset, std::string text, bool in_terms) {
    const size_t length = text.size();
    (in_terms ? term_fields_ : fields_)
        .push_back({Kind::kField, offset, length, std::move(text), ""});
  }

  // Each reads the field of the next one that reads another.
  void SwapFields(const std::vector<Mutant>& fields) {
    for (size_t i = 0; i < fields.size(); ++i) {
      for (size_t step = 1; step < fields.size(); ++step) {
        const Mutant& other = fields[(i + step) % fields.size()];
        if (other.text == fields[i].text) continue;
        Make(Kind::kField, fields[i].offset, fields[i].length, other.text);
        break;
      }
    }
  }

  const std::string& search_;
  bool in_search_ = false;
  std::vector<Mutant> made_;
  std::vector<Mutant> term_fields_;  // Where fields of search terms stand,
  std::vector<Mutant> fields_;       // and those of comparisons in expressions.
};

constexpr std::pair<Mutant::Kind, std::string_view> kKinds[] = {
    {Mutant::Kind::kClause, "clause"},
    {Mutant::Kind::kNegation, "negation"},
    {Mutant::Kind::kThreshold, "threshold"},
    {Mutant::Kind::kWildcard, "wildcard"},
    {Mutant::Kind::kField, "field"}};

}  // namespace

std::string_view NameOf(Mutant::Kind kind) { return kKinds[static_cast<size_t>(kind)].second; }

std::optional<Mutant::Kind> MutantKindOf(std::string_view name) {
  for (const auto& [kind, known] : kKinds) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

std::vector<Mutant> MutantsOf(const SyntaxNode& tree, const std::string& search) {
  Maker maker(search);
  maker.Pipeline(tree);
  return maker.Take();
}

}  // namespace spelk::cli
