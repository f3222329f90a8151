// Formatting a search, with the proof that it stays the same.
#include <fmt/format.h>

#include <utility>

#include "base/status.h"
#include "commands/text_diff.h"
#include "engine/format.h"
#include "engine/impl.h"
#include "spelk/format.h"
#include "syntax/format.h"
#include "value/utf8.h"

namespace spelk {
namespace engine {
namespace {

// Of a text with lines of its own kind.
std::string_view LineEndOf(std::string_view text) {
  const size_t line = text.find('\n');
  return line != std::string_view::npos && line > 0 && text[line - 1] == '\r' ? "\r\n" : "\n";
}

}  // namespace

std::string WithLineBreaks(const Formatting& formatting, std::string_view made) {
  std::string text;
  size_t done = 0;
  for (const size_t at : formatting.breaks) {
    text.append(formatting.text, done, at - done);
    text += made;
    done = at + 1;
  }
  return text.append(formatting.text, done);
}

Result<Formatting> FormatText(const Core& core, std::string_view text, const std::string& name,
                              const FormatOptions& options) {
  const Source source(name, std::string(text));
  Diagnostics diagnostics;
  absl::StatusOr<Formatting> formatting =
      FormatSource(source, core.entries(), core.limits(), options.width, diagnostics);
  if (!formatting.ok()) {
    const Error plain = ToError(formatting.status());
    std::vector<ErrorDetail> details;
    for (const Diagnostic& diagnostic : diagnostics.all()) {
      if (diagnostic.severity == Severity::kError) details.push_back(ToDetail(diagnostic, source));
    }
    return Error(plain.kind(), plain.message(), std::move(details));
  }
  const Source formatted(name, formatting->text);
  if (SameSearch(source, formatted, core.entries(), core.limits())) return *std::move(formatting);
  return Error(ErrorKind::kInternal,
               fmt::format("{}: formatting would change what the search means, so it stays as it "
                           "is; please report this search",
                           name));
}

Error InFile(const Error& error, const std::string& file, size_t lines, size_t columns) {
  std::vector<ErrorDetail> details = error.details();
  for (ErrorDetail& detail : details) {
    const std::string place = fmt::format("{}:{}:{}:", file, detail.line, detail.column);
    detail.line += lines;
    detail.column += columns;
    if (detail.rendered.starts_with(place)) {
      detail.rendered.replace(0, place.size(),
                              fmt::format("{}:{}:{}:", file, detail.line, detail.column));
    }
  }
  return {error.kind(), error.message(), std::move(details)};
}

std::string Apply(std::string_view text, const std::vector<Change>& changes) {
  std::string out;
  size_t done = 0;
  for (const Change& change : changes) {
    out.append(text.substr(done, change.begin - done));
    out += change.text;
    done = change.end;
  }
  return out.append(text.substr(done));
}

namespace {

using Proposals = std::vector<Proposal>::const_iterator;

std::vector<Change> ChangesOf(Proposals begin, Proposals end) {
  std::vector<Change> changes;
  for (; begin != end; ++begin) {
    changes.insert(changes.end(), begin->changes.begin(), begin->changes.end());
  }
  return changes;
}

}  // namespace

void TakeProven(std::string_view text, const std::vector<Proposal>& proposals,
                const std::function<bool(const std::string& changed)>& proven, Edits* edits) {
  // Nearly always all are: halves are looked at only where something is in the way.
  std::vector<std::pair<Proposals, Proposals>> open = {{proposals.begin(), proposals.end()}};
  while (!open.empty()) {
    const auto [begin, end] = open.back();
    open.pop_back();
    const auto size = end - begin;
    if (size == 0) continue;
    std::vector<Change> changes = ChangesOf(begin, end);
    if (proven(Apply(text, changes))) {
      edits->changed += static_cast<size_t>(size);
      edits->changes.insert(edits->changes.end(), changes.begin(), changes.end());
    } else if (size == 1) {
      edits->problems.push_back(
          {begin->line, Error(ErrorKind::kUnsupported,
                              "no way was found to write this search here, so it stays as it is")});
    } else {
      open.emplace_back(begin + size / 2, end);
      open.emplace_back(begin, begin + size / 2);
    }
  }
}

}  // namespace engine

Result<std::string> FormatSearch(const Engine& engine, std::string_view text,
                                 const FormatOptions& options, const std::string& name) {
  const Result<Formatting> formatting =
      engine::FormatText(engine.impl()->core, text, name, options);
  if (!formatting.ok()) return formatting.error();
  return engine::WithLineBreaks(*formatting, engine::LineEndOf(text));
}

namespace {}  // namespace

FileKind FileKindOf(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(".yml") || name.ends_with(".yaml")) return FileKind::kYaml;
  return name == "savedsearches.conf" ? FileKind::kSavedSearches : FileKind::kSearch;
}

Result<FormattedFile> FormatFile(const Engine& engine, std::string_view text,
                                 const std::string& path, FileKind kind,
                                 const FormatOptions& options) {
  const engine::Core& core = engine.impl()->core;
  const bool mark = text.starts_with(kByteOrderMark);
  if (mark) text.remove_prefix(kByteOrderMark.size());
  FormattedFile file;
  if (kind == FileKind::kSearch) {
    file.searches = 1;
    const Result<std::string> formatted = FormatSearch(engine, text, options, path);
    if (formatted.ok()) {
      file.text = *formatted + std::string(engine::LineEndOf(text));
      file.changed = file.text == text ? 0 : 1;
    } else {
      file.problems.push_back({1, formatted.error()});
      file.text = text;
    }
  } else {
    const absl::StatusOr<engine::Edits> edits =
        kind == FileKind::kYaml ? engine::EditsOfYaml(core, text, path, options)
                                : engine::EditsOfConf(core, text, path, options);
    if (!edits.ok()) return engine::ToError(edits.status());
    file.searches = edits->searches;
    file.changed = edits->changed;
    file.problems = edits->problems;
    file.text = engine::Apply(text, edits->changes);
  }
  if (mark) file.text.insert(0, kByteOrderMark);
  return file;
}

std::string UnifiedDiff(std::string_view before, std::string_view after,
                        std::string_view before_name, std::string_view after_name) {
  // A last line without an end differs from one with it.
  constexpr std::string_view kOpen = "\x01";
  const auto marked = [&](std::string_view text) {
    return std::string(text) + std::string(text.empty() || text.ends_with('\n') ? "" : kOpen);
  };
  std::string diff = commands::TextDiff(marked(before), marked(after)).Unified();
  if (diff.empty()) return diff;
  for (size_t at = diff.find(kOpen); at != std::string::npos; at = diff.find(kOpen, at + 1)) {
    if (at + 1 == diff.size() || diff[at + 1] == '\n')
      diff.replace(at, 1, "\n\\ No newline at end of file");
  }
  return commands::TextDiff::Header(before_name, after_name, false) + diff + "\n";
}

}  // namespace spelk
