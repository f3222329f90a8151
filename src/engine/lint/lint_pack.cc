// Linting and mending whole packs: places and edits in their files.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/status.h"
#include "engine/impl.h"
#include "engine/lint/file_text.h"
#include "engine/pack/pack_reading.h"
#include "io/input.h"
#include "spelk/lint.h"
#include "spelk/text.h"
#include "spelk/yaml.h"

namespace spelk {
namespace engine::lint {
namespace {

// The files of a pack; each is read once. Empty for one that cannot be read, or is no file.
class Files {
 public:
  const std::string& TextOf(const std::string& path) {
    const auto [file, is_new] = texts_.try_emplace(path);
    if (is_new && !path.empty() && path.front() != '<') {
      io::Input input;
      input.path = path;
      absl::StatusOr<std::string> text = io::ReadAll(input, kMostPackText);
      if (text.ok()) file->second = std::move(*text);
    }
    return file->second;
  }

 private:
  std::map<std::string, std::string> texts_;
};

size_t ColumnOf(std::string_view file, size_t offset) {
  const size_t line = file.rfind('\n', offset == 0 ? 0 : offset - 1);
  const size_t begin = line == std::string_view::npos || offset == 0 ? 0 : line + 1;
  return 1 + static_cast<size_t>(std::count_if(
                 file.begin() + static_cast<std::ptrdiff_t>(begin),
                 file.begin() + static_cast<std::ptrdiff_t>(offset),
                 [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

LintOptions OptionsOf(const Analytic& analytic, const LintOptions& options) {
  LintOptions own = options;
  own.name = analytic.file.empty() ? analytic.name : analytic.file;
  // A search of the command line has no name.
  own.analytic = analytic.file.starts_with('<') ? std::string() : analytic.name;
  own.data_sources = analytic.data;
  return own;
}

// The finding with its place in the file.
void SetPlace(const Analytic& analytic, std::string_view file, const std::optional<FileText>& text,
              LintFinding* finding) {
  if (text) {
    const size_t offset = text->OffsetOf(finding->offset);
    finding->line =
        1 + static_cast<size_t>(
                std::count(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    finding->column = ColumnOf(file, offset);
  } else if (analytic.line > 1) {
    finding->line += analytic.line - 1;
    finding->column = 1;
  }
  const size_t end = finding->rendered.find('\n');
  finding->rendered =
      fmt::format("{}:{}:{}: {} {}: {}{}", Printable(analytic.file), finding->line, finding->column,
                  NameOf(finding->severity), finding->rule->id, Printable(finding->message),
                  end == std::string::npos ? "\n" : finding->rendered.substr(end));
}

// An analytic without text, as the check of a pack says it.
LintFinding OfProblem(const Analytic& analytic) {
  LintFinding finding;
  finding.rule = FindLintRule("L0001");
  finding.severity = LintSeverity::kError;
  finding.line = std::max<size_t>(analytic.line, 1);
  finding.message = analytic.problem;
  finding.rendered = fmt::format("{}:{}:1: error {}: {}\n", Printable(analytic.file), finding.line,
                                 finding.rule->id, Printable(finding.message));
  return finding;
}

bool HasText(const Yaml& node, std::string_view text) {
  if (node.is_text()) return node.text() == text;
  for (size_t i = 0; i < node.size(); ++i) {
    if (HasText(node.At(i), text)) return true;
  }
  return false;
}

// Whether the search is read back out of the file as it was meant.
bool ReadsBack(const std::string& path, std::string_view file, size_t line,
               std::string_view search) {
  if (path.ends_with(".yml") || path.ends_with(".yaml")) {
    const Result<std::vector<Yaml>> documents = ReadYaml(file, path);
    return documents.ok() &&
           std::any_of(documents->begin(), documents->end(),
                       [search](const Yaml& document) { return HasText(document, search); });
  }
  return FileText::Find(file, line, search).has_value();
}

// One round of mending: edits of the text before, and the text that they give.
struct Step {
  std::vector<LintEdit> edits;
  std::string search;
};

// Edits that do not get in each other's way, in the order of the text; those of the findings at
// hand that are not refused.
using Refused = std::set<std::pair<std::string_view, std::string>>;
std::vector<LintEdit> EditsOf(const std::vector<LintFinding>& findings, const Refused& refused,
                              bool all, std::vector<const LintFinding*>* taken) {
  std::vector<LintEdit> edits;
  size_t end = 0;
  for (const LintFinding& finding : findings) {
    // What an editor offers one by one may give other rows: sort 0 keeps more of them.
    if (finding.edits.empty() || !finding.rule->mends ||
        refused.contains({finding.rule->id, finding.text}))
      continue;
    const auto [first, last] = std::minmax_element(
        finding.edits.begin(), finding.edits.end(),
        [](const LintEdit& a, const LintEdit& b) { return a.offset < b.offset; });
    if (!taken->empty() && first->offset < end) continue;
    edits.insert(edits.end(), finding.edits.begin(), finding.edits.end());
    end = std::max(last->offset + last->length, finding.offset + finding.length) + 1;
    taken->push_back(&finding);
    if (!all) break;
  }
  return edits;
}

// As much at once as keeps the search compiling; what makes it one that does not is left out.
std::vector<Step> Mend(const Engine& engine, std::string_view text, const LintOptions& options) {
  constexpr size_t kMostRounds = 20;
  std::vector<Step> steps;
  std::string search(text);
  bool compiles = engine.Compile(search, {.name = options.name}).ok();
  bool all = true;
  Refused refused;
  for (size_t round = 0; round < kMostRounds; ++round) {
    const std::vector<LintFinding> findings = Lint(engine, search, options);
    std::vector<const LintFinding*> taken;
    std::vector<LintEdit> edits = EditsOf(findings, refused, all, &taken);
    if (edits.empty()) break;
    std::string mended = WithEdits(search, edits);
    const bool still = engine.Compile(mended, {.name = options.name}).ok();
    if (mended == search || (compiles && !still)) {
      if (taken.size() == 1) refused.emplace(taken.front()->rule->id, taken.front()->text);
      all = false;
      continue;
    }
    all = true;
    compiles = still;
    search = mended;
    steps.push_back({std::move(edits), std::move(mended)});
  }
  return steps;
}

class Mender {
 public:
  Mender(const Engine& engine, const LintOptions& options) : engine_(engine), options_(options) {}

  void Mend(const Analytic& analytic) {
    if (!analytic.problem.empty() || analytic.search.empty()) return;
    const std::vector<Step> steps =
        lint::Mend(engine_, analytic.search, OptionsOf(analytic, options_));
    if (steps.empty()) return;
    const auto known = std::find_if(mended_.begin(), mended_.end(), [&](const MendedFile& file) {
      return file.path == analytic.file;
    });
    const bool is_new = known == mended_.end();
    MendedFile& file = is_new ? mended_.emplace_back() : *known;
    if (is_new) {
      file.path = analytic.file;
      file.before = file.after = files_.TextOf(analytic.file);
    }
    if (!Write(analytic, steps, &file)) {
      const std::string line = analytic.line == 0 ? "" : fmt::format(":{}", analytic.line);
      file.problems.push_back(fmt::format("{}{}: {} can be mended, but not in this file",
                                          analytic.file, line, analytic.name));
    }
  }

  std::vector<MendedFile> Take() { return std::move(mended_); }

 private:
  // Step by step, so that what is not edited stays as it was written there.
  static bool Write(const Analytic& analytic, const std::vector<Step>& steps, MendedFile* file) {
    std::string search = analytic.search;
    std::string text = file->after;
    for (const Step& step : steps) {
      const std::optional<FileText> place = FileText::Find(text, analytic.line, search);
      std::optional<std::string> written =
          place ? place->WithEdits(text, step.edits) : std::nullopt;
      if (!written || !ReadsBack(analytic.file, *written, analytic.line, step.search)) break;
      search = step.search;
      text = std::move(*written);
    }
    if (search == analytic.search) return false;
    file->after = std::move(text);
    ++file->searches;
    return search == steps.back().search;
  }

  const Engine& engine_;
  const LintOptions& options_;
  Files files_;
  std::vector<MendedFile> mended_;
};

}  // namespace
}  // namespace engine::lint

std::string WithEdits(std::string_view text, const std::vector<LintEdit>& edits) {
  std::vector<LintEdit> ordered = edits;
  std::stable_sort(ordered.begin(), ordered.end(),
                   [](const LintEdit& a, const LintEdit& b) { return a.offset < b.offset; });
  std::string out;
  size_t at = 0;
  for (const LintEdit& edit : ordered) {
    if (edit.offset < at || edit.offset + edit.length > text.size()) continue;
    out += text.substr(at, edit.offset - at);
    out += edit.text;
    at = edit.offset + edit.length;
  }
  return out + std::string(text.substr(at));
}

std::string MendSearch(const Engine& engine, std::string_view text, const LintOptions& options) {
  const std::vector<engine::lint::Step> steps = engine::lint::Mend(engine, text, options);
  return steps.empty() ? std::string(text) : steps.back().search;
}

Result<std::vector<LintResult>> LintPack(const Pack& pack, const Engine& engine,
                                         const LintOptions& options) {
  if (const absl::Status& status = engine.impl()->core.status(); !status.ok()) {
    return engine::ToError(status);
  }
  engine::lint::Files files;
  std::vector<LintResult> results;
  size_t from = 0;  // Where in the file the search before ends.
  for (size_t a = 0; a < pack.analytics.size(); ++a) {
    const Analytic& analytic = pack.analytics[a];
    LintResult& result = results.emplace_back();
    result.analytic = a;
    if (!analytic.problem.empty()) {
      result.findings.push_back(engine::lint::OfProblem(analytic));
      continue;
    }
    result.findings = Lint(engine, analytic.search, engine::lint::OptionsOf(analytic, options));
    if (result.findings.empty() || analytic.file.empty()) continue;
    const std::string& file = files.TextOf(analytic.file);
    if (a == 0 || pack.analytics[a - 1].file != analytic.file) from = 0;
    const auto text = engine::lint::FileText::Find(file, analytic.line, analytic.search, from);
    if (text) from = text->OffsetOf(analytic.search.size());
    for (LintFinding& finding : result.findings) {
      engine::lint::SetPlace(analytic, file, text, &finding);
    }
  }
  return results;
}

Result<std::vector<MendedFile>> MendPack(const Pack& pack, const Engine& engine,
                                         const LintOptions& options) {
  if (const absl::Status& status = engine.impl()->core.status(); !status.ok()) {
    return engine::ToError(status);
  }
  engine::lint::Mender mender(engine, options);
  for (const Analytic& analytic : pack.analytics) mender.Mend(analytic);
  return mender.Take();
}

}  // namespace spelk
