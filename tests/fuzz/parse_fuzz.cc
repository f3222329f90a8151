// Any text: the tokens give it back, a tree that is printed and parsed again is the same tree, and
// what lint finds lies within it.
#include "engine/impl.h"
#include "fuzz/fuzz.h"
#include "spelk/lint.h"
#include "syntax/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace spelk;
  static const Engine engine({.builtin = false});
  const engine::Core& core = engine.impl()->core;
  const Source source("query", std::string(fuzz::TextOf(data, size)));
  Diagnostics diagnostics;
  if (const auto tokens = Tokenize(source, core.entries(), core.limits(), diagnostics);
      tokens.ok()) {
    std::string text;
    for (const Token& token : *tokens) text += TextOf(source.text(), token.span);
    fuzz::Require(text == source.text(), "the tokens are not the text", text);
  }
  // As much of it as can be read has an outline and a text, whatever it is.
  ast::Pipeline part;
  Diagnostics problems;
  const absl::Status status = ParsePartly(source, core.entries(), core.limits(), problems, &part);
  fuzz::Require(status.ok() != problems.has_errors(), "a failure without a message", "");
  (void)Outline(part);
  (void)Print(part);
  for (const LintFinding& finding : Lint(engine, source.text(), {})) {
    fuzz::Require(finding.offset + finding.length <= source.text().size(),
                  "a finding outside of the text", finding.message);
  }
  const absl::StatusOr<ast::Pipeline> tree =
      Parse(source, core.entries(), core.limits(), diagnostics);
  if (!tree.ok()) {
    fuzz::Require(diagnostics.has_errors(), "a failure without a message");
    for (const Diagnostic& diagnostic : diagnostics.all()) (void)Render(diagnostic, source);
    return 0;
  }
  const Source printed("printed", Print(*tree));
  Diagnostics more;
  const absl::StatusOr<ast::Pipeline> again = Parse(printed, core.entries(), core.limits(), more);
  fuzz::Require(again.ok(), "the printed tree does not parse", printed.text());
  fuzz::Require(Dump(*tree, false) == Dump(*again, false), "the printed tree is another",
                printed.text());
  return 0;
}
