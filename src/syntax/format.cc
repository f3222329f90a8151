// Layouts of searches, and when two texts are the same search.
#include "syntax/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "base/status.h"
#include "syntax/formatter.h"

namespace spelk {
namespace {

// The words and comments of a text, and where the text of a subsearch goes on in what touches it:
// span=[ … ]m.
std::vector<std::string_view> Signature(const Source& source, const std::vector<Token>& tokens) {
  constexpr std::string_view kGoesOn[] = {"WORD", "STRING", "MACRO"};
  const auto goes_on = [&](std::string_view type) {
    return std::find(std::begin(kGoesOn), std::end(kGoesOn), type) != std::end(kGoesOn);
  };
  std::vector<std::string_view> signature;
  Token before;
  for (const Token& token : tokens) {
    if (token.type == "BLANKS") continue;
    const bool touches = before.span.end == token.span.begin;
    const bool into =
        token.type == "LBRACKET" && (goes_on(before.type) || before.type == "RBRACKET");
    const bool out_of = before.type == "RBRACKET" && goes_on(token.type);
    if (touches && (into || out_of)) signature.emplace_back("");
    signature.push_back(TextOf(source.text(), token.span));
    before = token;
  }
  return signature;
}

}  // namespace

absl::StatusOr<Formatting> FormatSource(const Source& source, const ShapeTable& shapes,
                                        const SyntaxLimits& limits, size_t width,
                                        Diagnostics& diagnostics) {
  ast::Pipeline tree;
  SPELK_RETURN_IF_ERROR(ParsePartly(source, shapes, limits, diagnostics, &tree));
  Diagnostics repeated;
  SPELK_ASSIGN_OR_RETURN(const std::vector<Token> tokens,
                         Tokenize(source, shapes, limits, repeated));
  syntax::Formatter formatter(source.text(), tokens);
  const syntax::Layout::Part all = formatter.All();
  Formatting formatting;
  formatting.text = formatter.layout().Print(all, width, limits.max_text, &formatting.breaks);
  const Source formatted(source.name(), formatting.text);
  if (!Tokenize(formatted, shapes, limits, repeated).ok()) {
    return diagnostics.Error(
        ErrorCode::kTooLong, {0, 0},
        fmt::format("formatted, the search would have more than {} bytes or {} words, so it stays "
                    "as it is",
                    limits.max_text, limits.max_tokens));
  }
  return formatting;
}

bool SameSearch(const Source& a, const Source& b, const ShapeTable& shapes,
                const SyntaxLimits& limits) {
  Diagnostics diagnostics;
  ast::Pipeline trees[2];
  if (!ParsePartly(a, shapes, limits, diagnostics, &trees[0]).ok()) return false;
  if (!ParsePartly(b, shapes, limits, diagnostics, &trees[1]).ok()) return false;
  const absl::StatusOr<std::vector<Token>> of_a = Tokenize(a, shapes, limits, diagnostics);
  const absl::StatusOr<std::vector<Token>> of_b = Tokenize(b, shapes, limits, diagnostics);
  if (!of_a.ok() || !of_b.ok() || Signature(a, *of_a) != Signature(b, *of_b)) return false;
  return Dump(trees[0], false) == Dump(trees[1], false);
}

}  // namespace spelk
