// All that is wrong with a text, and what may be done about it.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "engine/impl.h"
#include "spelk/assist.h"

namespace spelk {
namespace {

// The names in a note that plan::DidYouMean wrote.
std::vector<std::string> ProposedNames(std::string_view note) {
  constexpr std::string_view kBegin = "did you mean ";
  std::vector<std::string> names;
  if (!note.starts_with(kBegin) || !note.ends_with('?')) return names;
  note.remove_prefix(kBegin.size());
  note.remove_suffix(1);
  while (!note.empty()) {
    const size_t comma = std::min(note.find(", "), note.size());
    names.emplace_back(note.substr(0, comma));
    note.remove_prefix(std::min(comma + 2, note.size()));
  }
  return names;
}

// Whether a message is about a name that stands at its place alone.
bool IsName(std::string_view text) {
  return !text.empty() && text.find_first_of(" \t\r\n()[]|=") == std::string_view::npos;
}

std::vector<Fix> FixesOf(std::string_view text, const ErrorDetail& detail) {
  std::vector<Fix> fixes;
  if (detail.offset + detail.length > text.size()) return fixes;
  std::string_view there = text.substr(detail.offset, detail.length);
  size_t offset = detail.offset;
  // The name of a call stands before its parenthesis, that of a macro in backquotes.
  if (there.starts_with('`')) {
    there.remove_prefix(1);
    ++offset;
  }
  there = there.substr(0, there.find_first_of("(`"));
  if (!IsName(there)) return fixes;
  for (const std::string& note : detail.notes) {
    for (const std::string& name : ProposedNames(note)) {
      fixes.push_back(
          {fmt::format("Replace {} with {}", there, name), {{offset, there.size(), name}}});
    }
  }
  return fixes;
}

Problem Make(std::string_view text, ErrorDetail detail) {
  std::vector<Fix> fixes = FixesOf(text, detail);
  return {std::move(detail), std::move(fixes)};
}

// Nobody reads more, and each costs as much as its line is long.
constexpr size_t kMostProblems = 1000;

bool SamePlace(const ErrorDetail& a, const ErrorDetail& b) {
  return a.code == b.code && a.offset == b.offset && a.message == b.message;
}

}  // namespace

std::vector<Problem> FindProblems(const Engine& engine, std::string_view text,
                                  const CompileOptions& options, std::optional<Query>* query) {
  const engine::Core& core = engine.impl()->core;
  if (query != nullptr) query->reset();
  auto impl = std::make_shared<Query::Impl>();
  impl->engine = engine.impl();
  engine::Compilation& compilation = impl->compilation;
  // Names that are being typed are not kept by the engine, but for those of a query.
  FieldTable own(&core.fields());
  FieldTable* fields = query == nullptr ? &own : nullptr;
  const absl::Status status = engine::Compile(core, text, options, &compilation, fields);
  std::vector<Problem> problems;
  for (const Diagnostic& diagnostic : compilation.diagnostics.all()) {
    if (problems.size() == kMostProblems) break;
    problems.push_back(Make(text, engine::ToDetail(diagnostic, *compilation.source)));
  }
  if (!status.ok() && problems.empty()) {
    ErrorDetail detail;
    detail.message = MessageOf(status);
    return {Make(text, std::move(detail))};
  }
  // A macro that cannot be expanded hides what is wrong with the rest.
  if (!status.ok() && compilation.ast.commands.empty()) {
    Diagnostics more;
    ast::Pipeline tree;
    const Source& source = *compilation.source;
    ParsePartly(source, core.entries(), core.limits(), more, &tree).IgnoreError();
    plan::Binder binder(source, core.entries(), own, more, core.bind_services());
    binder.Bind(tree).IgnoreError();
    for (const Diagnostic& diagnostic : more.all()) {
      // Nothing was expanded, and which macros are missing was told.
      if (diagnostic.code == ErrorCode::kUnknownMacro) continue;
      if (problems.size() == kMostProblems) break;
      ErrorDetail detail = engine::ToDetail(diagnostic, source);
      const bool told = std::any_of(problems.begin(), problems.end(), [&](const Problem& each) {
        return SamePlace(each.detail, detail);
      });
      if (!told) problems.push_back(Make(text, std::move(detail)));
    }
    std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
      return a.detail.offset < b.detail.offset;
    });
  }
  if (status.ok() && query != nullptr) {
    for (const Problem& problem : problems) impl->warnings.push_back(problem.detail);
    query->emplace(Query(std::move(impl)));
  }
  return problems;
}

}  // namespace spelk
