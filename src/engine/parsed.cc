// A search as tokens and as a tree, for the public API.
#include <memory>
#include <utility>
#include <vector>

#include "engine/impl.h"
#include "spelk/engine.h"
#include "syntax/parse.h"

namespace spelk {
namespace {

SyntaxNode ToNode(OutlineNode node) {
  SyntaxNode out{std::move(node.kind), std::move(node.text), node.span.begin, node.span.size(), {}};
  for (OutlineNode& child : node.children) out.children.push_back(ToNode(std::move(child)));
  return out;
}

}  // namespace

Parsed Engine::Parse(std::string_view text, std::string name) const {
  const engine::Core& core = impl_->core;
  const Source source(std::move(name), std::string(text));
  Diagnostics diagnostics;
  Parsed parsed;
  ast::Pipeline tree;
  // Both fail only for a text that is too long, and say so alike.
  ParsePartly(source, core.entries(), core.limits(), diagnostics, &tree).IgnoreError();
  Diagnostics repeated;
  const absl::StatusOr<std::vector<Token>> tokens =
      Tokenize(source, core.entries(), core.limits(), repeated);
  if (tokens.ok()) {
    for (const Token& token : *tokens) {
      parsed.tokens.push_back({token.type, token.span.begin, token.span.size(), token.hidden});
    }
  }
  parsed.tree = ToNode(Outline(tree));
  parsed.printed = Print(tree);
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    parsed.diagnostics.push_back(engine::ToDetail(diagnostic, source));
  }
  return parsed;
}

Result<ExpandedSearch> Engine::Expand(std::string_view text, std::string name) const {
  const engine::Core& core = impl_->core;
  engine::Compilation compilation;
  compilation.source = std::make_shared<Source>(std::move(name), std::string(text));
  std::vector<knowledge::ExpandedPiece> pieces;
  if (!core.status().ok()) return engine::ToError(core.status());
  const absl::StatusOr<SourcePtr> expanded =
      engine::ExpandMacros(core, compilation.source, compilation.diagnostics, &pieces);
  if (!expanded.ok()) return engine::ToError(expanded.status(), compilation);
  ExpandedSearch search;
  search.text = (*expanded)->text();
  for (knowledge::ExpandedPiece& piece : pieces) {
    search.pieces.push_back({piece.expanded.begin, piece.expanded.size(), piece.written.begin,
                             piece.written.size(), std::move(piece.macro), std::move(piece.place)});
  }
  return search;
}

}  // namespace spelk
