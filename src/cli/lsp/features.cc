// Answers about documents.
#include "cli/lsp/features.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <utility>

#include "cli/lsp/macro_definitions.h"
#include "spelk/format.h"
#include "spelk/lint.h"

namespace spelk::cli::lsp {
namespace {

JsonText PositionJson(Position position) {
  JsonText json = JsonText::Object();
  json.SetNumber("line", position.line).SetNumber("character", position.character);
  return json;
}

JsonText Markup(std::string_view markdown) {
  JsonText json = JsonText::Object();
  json.SetText("kind", "markdown").SetText("value", markdown);
  return json;
}

// As the protocol numbers them.
uint64_t ItemKind(CompletionKind kind) {
  switch (kind) {
    case CompletionKind::kCommand:
    case CompletionKind::kKeyword:
      return 14;
    case CompletionKind::kOption:
      return 10;
    case CompletionKind::kValue:
      return 12;
    case CompletionKind::kFunction:
    case CompletionKind::kStatistic:
      return 3;
    case CompletionKind::kMacro:
      return 15;
    case CompletionKind::kLookup:
    case CompletionKind::kDataModel:
      return 7;
    case CompletionKind::kField:
      return 5;
    case CompletionKind::kSearch:
      return 18;
  }
  return 1;
}

std::string_view ReferenceNameOf(CompletionKind kind) {
  switch (kind) {
    case CompletionKind::kCommand:
      return "command";
    case CompletionKind::kFunction:
      return "function";
    case CompletionKind::kStatistic:
      return "statistic";
    default:
      return "";
  }
}

// The text of a snippet without its places, up to the first of them.
std::string WithoutPlaces(std::string_view snippet) {
  std::string text;
  for (size_t i = 0; i < snippet.size(); ++i) {
    if (snippet[i] == '\\' && i + 1 < snippet.size()) {
      text += snippet[++i];
    } else if (snippet[i] == '$') {
      break;
    } else {
      text += snippet[i];
    }
  }
  return text;
}

}  // namespace

JsonText Features::Range(const Document& document, size_t begin, size_t end) const {
  JsonText json = JsonText::Object();
  json.Set("start", PositionJson(document.PositionOf(begin)))
      .Set("end", PositionJson(document.PositionOf(std::max(begin, end))));
  return json;
}

JsonText Features::RangeIn(const Document& document, const EmbeddedSearch& search, size_t offset,
                           size_t length) const {
  const size_t begin = search.FileOffset(offset);
  const size_t end = length == 0 ? begin : search.FileOffset(offset + length, true);
  return Range(document, begin, end);
}

// ---------------------------------------------------------------- problems

const std::vector<Features::Remark>& Features::RemarksOn(const Document& document,
                                                         const EmbeddedSearch& search) {
  constexpr size_t kMostKept = size_t{16} << 20U;
  const std::string folder = std::filesystem::path(document.path()).parent_path().string();
  if (remarks_bytes_ > kMostKept) Forget();
  const auto [found, is_new] = remarks_.try_emplace({folder, search.text});
  std::vector<Remark>& remarks = found->second;
  if (!is_new) return remarks;
  ++checked_;
  remarks_bytes_ += search.text.size() + folder.size();
  const Engine& engine = workspace_.EngineFor(document.path());
  const auto with_notes = [](std::string message, const std::vector<std::string>& notes) {
    for (const std::string& note : notes) message += "\n" + note;
    return message;
  };
  std::optional<Query> query;
  for (Problem& problem : FindProblems(engine, search.text, {}, &query)) {
    const ErrorDetail& detail = problem.detail;
    remarks.push_back({detail.offset, detail.length, detail.warning ? 2 : 1, detail.code,
                       with_notes(detail.message, detail.notes), std::move(problem.fixes)});
  }
  if (!workspace_.settings().lint) return remarks;
  const size_t told = remarks.size();
  const LintOptions& options = workspace_.LintOptionsFor(document.path());
  std::vector<LintFinding> findings =
      query ? Lint(*query, options) : Lint(engine, search.text, options);
  for (LintFinding& finding : findings) {
    std::vector<TextEdit> edits;
    for (LintEdit& edit : finding.edits) {
      edits.push_back({edit.offset, edit.length, std::move(edit.text)});
    }
    std::vector<Fix> fixes;
    if (!edits.empty()) fixes.push_back({finding.fix, std::move(edits)});
    // What the compiler says of the same place is said once, with what mends it.
    const auto same = std::find_if(
        remarks.begin(), remarks.begin() + static_cast<std::ptrdiff_t>(told),
        [&](const Remark& r) { return r.offset == finding.offset && r.length == finding.length; });
    if (same != remarks.begin() + static_cast<std::ptrdiff_t>(told)) {
      if (same->fixes.empty()) same->fixes = std::move(fixes);
      continue;
    }
    const int severity = finding.severity == LintSeverity::kError     ? 1
                         : finding.severity == LintSeverity::kWarning ? 2
                                                                      : 3;
    remarks.push_back({finding.offset, finding.length, severity, std::string(finding.rule->id),
                       with_notes(finding.message, finding.notes), std::move(fixes)});
  }
  return remarks;
}

JsonText Features::DiagnosticOf(const Document& document, const EmbeddedSearch& search,
                                const Remark& remark) const {
  JsonText json = JsonText::Object();
  json.Set("range", RangeIn(document, search, remark.offset, remark.length))
      .Set("severity", std::to_string(remark.severity))
      .SetText("source", "spelk")
      .SetText("message", remark.message);
  if (!remark.code.empty()) json.SetText("code", remark.code);
  return json;
}

std::string Features::Diagnostics(const Document& document, bool* complete) {
  constexpr size_t kMostNew = 100;
  constexpr size_t kMostTold = 500;  // Of one search: nobody reads more.
  const size_t known = checked_;
  *complete = true;
  JsonText list = JsonText::Array();
  for (const EmbeddedSearch& search : document.searches()) {
    if (document.has_pieces()) break;
    // Nothing is written yet.
    if (search.text.find_first_not_of(" \t\r\n") == std::string::npos) continue;
    if (checked_ - known >= kMostNew) {
      *complete = false;
      break;
    }
    size_t told = 0;
    for (const Remark& remark : RemarksOn(document, search)) {
      if (++told > kMostTold) break;
      list.Add(DiagnosticOf(document, search, remark));
    }
  }
  if (document.problem()) {
    JsonText json = JsonText::Object();
    json.Set("range", Range(document, document.problem()->offset, document.problem()->offset))
        .SetNumber("severity", 1)
        .SetText("source", "spelk")
        .SetText("message", document.problem()->message);
    list.Add(json);
  }
  JsonText params = JsonText::Object();
  params.SetText("uri", document.uri())
      .Set("version", std::to_string(document.version()))
      .Set("diagnostics", list);
  return params.Done();
}

// False if the file cannot hold one of the texts.
bool Features::AddEdits(const Document& document, const EmbeddedSearch& search,
                        const std::vector<TextEdit>& edits, JsonText* to) const {
  for (const TextEdit& edit : edits) {
    const std::optional<std::string> text = search.InFile(edit.text);
    if (!text) return false;
    JsonText json = JsonText::Object();
    json.Set("range", RangeIn(document, search, edit.offset, edit.length))
        .SetText("newText", *text);
    to->Add(json);
  }
  return true;
}

std::string Features::CodeActions(const Document& document, Position begin, Position end,
                                  bool whole) {
  const size_t from = document.OffsetOf(begin);
  const size_t to = document.OffsetOf(end);
  JsonText list = JsonText::Array();
  for (const EmbeddedSearch& search : document.searches()) {
    if (search.begin > to || search.end < from || document.has_pieces()) continue;
    if (whole) {
      AddFixAll(document, search, &list);
      continue;
    }
    for (const Remark& remark : RemarksOn(document, search)) {
      const size_t first = search.FileOffset(remark.offset);
      const size_t last = search.FileOffset(remark.offset + remark.length, true);
      if (first > to || last < from) continue;
      bool preferred = true;
      for (const Fix& fix : remark.fixes) {
        JsonText edits = JsonText::Array();
        if (!AddEdits(document, search, fix.edits, &edits)) continue;
        const JsonText diagnostic = DiagnosticOf(document, search, remark);
        JsonText changes = JsonText::Object();
        changes.Set(document.uri(), edits);
        JsonText action = JsonText::Object();
        action.SetText("title", fix.title)
            .SetText("kind", "quickfix")
            .Set("diagnostics", JsonText::Array().Add(diagnostic))
            .Set("isPreferred", preferred ? "true" : "false")
            .Set("edit", JsonText::Object().Set("changes", changes));
        list.Add(action);
        preferred = false;
      }
    }
  }
  return list.Done();
}

// All that lint can mend in the search, as one edit.
void Features::AddFixAll(const Document& document, const EmbeddedSearch& search, JsonText* to) {
  constexpr size_t kMostBytes = 65536;  // It is compiled again and again.
  if (!workspace_.settings().lint || search.text.size() > kMostBytes) return;
  const std::vector<Remark>& remarks = RemarksOn(document, search);
  constexpr auto kMostEdits = 100;
  const auto edits_of_lint = std::count_if(remarks.begin(), remarks.end(), [](const Remark& r) {
    return r.code.starts_with('L') && !r.fixes.empty();
  });
  if (edits_of_lint == 0 || edits_of_lint > kMostEdits) return;
  const std::string_view before = search.text;
  const std::string after = MendSearch(workspace_.EngineFor(document.path()), search.text,
                                       workspace_.LintOptionsFor(document.path()));
  const size_t most = std::min(before.size(), after.size());
  size_t begin = 0;
  while (begin < most && before[begin] == after[begin]) ++begin;
  size_t same = 0;
  while (same < most - begin &&
         before[before.size() - 1 - same] == after[after.size() - 1 - same]) {
    ++same;
  }
  // Whole characters.
  const auto within = [](std::string_view text, size_t at) {
    return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
  };
  while (begin > 0 && within(before, begin)) --begin;
  while (same > 0 && within(before, before.size() - same)) --same;
  if (before == after) return;
  JsonText edits = JsonText::Array();
  const TextEdit edit{begin, before.size() - same - begin,
                      after.substr(begin, after.size() - same - begin)};
  if (!AddEdits(document, search, {edit}, &edits)) return;
  JsonText changes = JsonText::Object();
  changes.Set(document.uri(), edits);
  JsonText action = JsonText::Object();
  action.SetText("title", "Mend all that lint can mend in this search")
      .SetText("kind", "source.fixAll.spelk")
      .Set("edit", JsonText::Object().Set("changes", changes));
  to->Add(action);
}

// Line by line what is alike at both ends stays as it is.
Result<std::string> Features::Format(const Document& document) {
  if (document.has_pieces()) return JsonText::Array().Done();
  const Result<FormattedFile> formatted = FormatFile(
      workspace_.EngineFor(document.path()), document.text(), document.path(), document.kind());
  if (!formatted.ok()) return formatted.error();
  if (!formatted->problems.empty() && formatted->changed == 0) {
    return formatted->problems.front().error;
  }
  const std::string_view before = document.text();
  const std::string_view after = formatted->text;
  JsonText list = JsonText::Array();
  if (before == after) return list.Done();
  const size_t most = std::min(before.size(), after.size());
  size_t begin = 0;
  while (begin < most && before[begin] == after[begin]) ++begin;
  while (begin > 0 && before[begin - 1] != '\n') --begin;
  size_t same = 0;
  while (same < most - begin &&
         before[before.size() - 1 - same] == after[after.size() - 1 - same]) {
    ++same;
  }
  while (same > 0 && before[before.size() - same - 1] != '\n') --same;
  JsonText edit = JsonText::Object();
  edit.Set("range", Range(document, begin, before.size() - same))
      .SetText("newText", after.substr(begin, after.size() - same - begin));
  return list.Add(edit).Done();
}

// ---------------------------------------------------------------- completion

// Nothing if the file cannot hold its text.
void Features::AddItem(const EmbeddedSearch& search, const spelk::Completion& completion,
                       std::string_view range, size_t number, JsonText* items) const {
  std::string text = completion.insert;
  const bool snippet = completion.snippet && abilities_.snippets;
  if (completion.snippet && !snippet) text = WithoutPlaces(text);
  const std::optional<std::string> written = search.InFile(text);
  if (!written) return;
  JsonText edit = JsonText::Object();
  edit.Set("range", range).SetText("newText", *written);
  JsonText item = JsonText::Object();
  item.SetText("label", completion.label)
      .SetNumber("kind", ItemKind(completion.kind))
      .SetText("sortText", fmt::format("{:06}", number))
      .SetText("filterText", completion.label)
      .Set("textEdit", edit);
  if (snippet) item.SetNumber("insertTextFormat", 2);
  if (!completion.detail.empty()) item.SetText("detail", completion.detail);
  if (!completion.documentation.empty()) {
    item.Set("documentation", Markup(completion.documentation));
  }
  const std::string_view kind = ReferenceNameOf(completion.kind);
  if (!kind.empty()) {
    JsonText data = JsonText::Object();
    item.Set("data", data.SetText("kind", kind));
  }
  items->Add(item);
}

// Of the macro that is being defined.
void Features::AddArguments(const Document& document, const EmbeddedSearch& search, size_t offset,
                            JsonText* items) const {
  const size_t begin = ArgumentBegin(search.text, offset);
  const bool closed = search.text.substr(offset, 1) == "$";
  const std::string range = RangeIn(document, search, begin, offset - begin).Done();
  size_t number = 0;
  for (const std::string& name : MacroArgumentsAt(document.text(), document.kind(), search.begin)) {
    if (!name.starts_with(search.text.substr(begin, offset - begin))) continue;
    spelk::Completion argument;
    argument.label = name;
    argument.kind = CompletionKind::kValue;
    argument.detail = "argument of the macro";
    argument.insert = name + (closed ? "" : "$");
    AddItem(search, argument, range, number++, items);
  }
}

std::string Features::Completion(const Document& document, Position position) {
  size_t offset = 0;
  const EmbeddedSearch* search = document.SearchAt(document.OffsetOf(position), &offset);
  JsonText items = JsonText::Array();
  const bool in_argument = search != nullptr && document.has_pieces() &&
                           ArgumentBegin(search->text, offset) != std::string::npos;
  if (in_argument) AddArguments(document, *search, offset, &items);
  if (search != nullptr && !in_argument) {
    std::set<std::string> seen;
    size_t number = 0;
    for (const Reading& reading : ReadingsOf(document, *search)) {
      std::optional<std::string> range;  // All of them stand at one place.
      for (const spelk::Completion& each :
           Complete(workspace_.EngineFor(document.path()), reading.text, reading.added + offset,
                    workspace_.options())) {
        const bool before = each.offset < reading.added;
        if (before || (document.has_pieces() && !seen.insert(each.label).second)) continue;
        const size_t at = each.offset - reading.added;
        if (!range) range = RangeIn(document, *search, at, each.length).Done();
        AddItem(*search, each, *range, number++, &items);
      }
    }
  }
  JsonText list = JsonText::Object();
  list.Set("isIncomplete", "false").Set("items", items);
  return list.Done();
}

const ReferenceEntry* Features::FindReference(std::string_view kind, std::string_view name) {
  if (reference_.empty()) reference_ = Reference(workspace_.EngineFor(""));
  for (const ReferenceEntry& entry : reference_) {
    constexpr std::string_view kKinds[] = {"command", "function", "statistic"};
    if (kKinds[static_cast<size_t>(entry.kind)] != kind) continue;
    // Of percentiles the name goes on: perc95.
    const bool numbered = kind == "statistic" && name == entry.name + "95";
    if (entry.name == name || numbered) return &entry;
  }
  return nullptr;
}

std::string Features::ResolveCompletion(const Json& item) {
  JsonText out = JsonText::Object();
  for (const std::string& name : item.Names()) out.Set(name, item[name].Raw());
  const std::string_view kind = item["data"]["kind"].Text().value_or("");
  const std::string_view label = item["label"].Text().value_or("");
  const ReferenceEntry* entry = FindReference(kind, label);
  if (entry != nullptr) out.Set("documentation", Markup(AsMarkdown(*entry)));
  return out.Done();
}

// ---------------------------------------------------------------- help

std::string Features::Hover(const Document& document, Position position) {
  size_t offset = 0;
  const EmbeddedSearch* search = document.SearchAt(document.OffsetOf(position), &offset);
  if (search == nullptr) return "null";
  for (const Reading& reading : ReadingsOf(document, *search)) {
    const std::optional<Explanation> help =
        Explain(workspace_.EngineFor(document.path()), reading.text, reading.added + offset,
                workspace_.options());
    if (!help || help->offset < reading.added) continue;
    JsonText json = JsonText::Object();
    json.Set("contents", Markup(help->markdown))
        .Set("range", RangeIn(document, *search, help->offset - reading.added, help->length));
    return json.Done();
  }
  return "null";
}

std::string Features::SignatureHelp(const Document& document, Position position) {
  size_t offset = 0;
  const EmbeddedSearch* search = document.SearchAt(document.OffsetOf(position), &offset);
  if (search == nullptr) return "null";
  std::vector<CallSignature> all;
  for (const Reading& reading : ReadingsOf(document, *search)) {
    if (!all.empty()) break;
    all = SignaturesAt(workspace_.EngineFor(document.path()), reading.text, reading.added + offset);
  }
  if (all.empty()) return "null";
  JsonText list = JsonText::Array();
  for (const CallSignature& signature : all) {
    JsonText parameters = JsonText::Array();
    for (const auto& [begin, end] : signature.parameters) {
      JsonText parameter = JsonText::Object();
      parameters.Add(
          parameter.SetText("label", std::string_view(signature.label).substr(begin, end - begin)));
    }
    JsonText json = JsonText::Object();
    json.SetText("label", signature.label)
        .Set("documentation", Markup(signature.documentation))
        .Set("parameters", parameters)
        .SetNumber("activeParameter", signature.active);
    list.Add(json);
  }
  JsonText help = JsonText::Object();
  help.Set("signatures", list)
      .SetNumber("activeSignature", 0)
      .SetNumber("activeParameter", all.front().active);
  return help.Done();
}

// ---------------------------------------------------------------- places

std::string Features::GoToDefinition(const Document& document, Position position) {
  size_t offset = 0;
  const EmbeddedSearch* search = document.SearchAt(document.OffsetOf(position), &offset);
  if (search == nullptr) return "null";
  const std::optional<Definition> found =
      FindDefinition(workspace_.EngineFor(document.path()), search->text, offset);
  if (!found) return "null";
  JsonText json = JsonText::Object();
  if (found->here) {
    json.SetText("uri", document.uri())
        .Set("range", RangeIn(document, *search, found->here->offset, found->here->length));
    return json.Done();
  }
  std::error_code error;
  const std::filesystem::path path = std::filesystem::absolute(found->place.file, error);
  if (error || !std::filesystem::exists(path, error)) return "null";
  const bool conf = path.extension() == ".conf";
  const size_t line = conf ? LineOfStanza(found->place) : found->place.line;
  const JsonText place = PositionJson({line == 0 ? 0 : line - 1, 0});
  JsonText range = JsonText::Object();
  range.Set("start", place).Set("end", place);
  json.SetText("uri", UriOfPath(path.lexically_normal().string())).Set("range", range);
  return json.Done();
}

std::string Features::References(const Document& document, Position position) {
  size_t offset = 0;
  const EmbeddedSearch* search = document.SearchAt(document.OffsetOf(position), &offset);
  JsonText list = JsonText::Array();
  if (search == nullptr) return list.Done();
  const std::vector<FieldUse> uses = FieldUses(workspace_.EngineFor(document.path()), search->text);
  const auto at = std::find_if(uses.begin(), uses.end(), [&](const FieldUse& use) {
    return use.offset <= offset && offset <= use.offset + use.length;
  });
  for (const FieldUse& use : uses) {
    if (at == uses.end() || use.name != at->name || use.pipeline != at->pipeline) continue;
    JsonText json = JsonText::Object();
    json.SetText("uri", document.uri())
        .Set("range", RangeIn(document, *search, use.offset, use.length));
    list.Add(json);
  }
  return list.Done();
}

std::string Features::PrepareRename(const Document& document, Position position) {
  size_t offset = 0;
  const EmbeddedSearch* search = document.SearchAt(document.OffsetOf(position), &offset);
  if (search == nullptr || document.has_pieces()) return "null";
  for (const FieldUse& use : FieldUses(workspace_.EngineFor(document.path()), search->text)) {
    if (use.offset > offset || offset > use.offset + use.length) continue;
    JsonText json = JsonText::Object();
    json.Set("range", RangeIn(document, *search, use.offset, use.length))
        .SetText("placeholder", use.name);
    return json.Done();
  }
  return "null";
}

Result<std::string> Features::Rename(const Document& document, Position position,
                                     std::string_view name) {
  size_t offset = 0;
  const EmbeddedSearch* search = document.SearchAt(document.OffsetOf(position), &offset);
  if (search == nullptr) return Error(ErrorKind::kQuery, "no search stands here");
  if (document.has_pieces()) {
    return Error(ErrorKind::kQuery, "the searches that call the macro name the field, too");
  }
  const Result<std::vector<TextEdit>> edits =
      RenameField(workspace_.EngineFor(document.path()), search->text, offset, name);
  if (!edits.ok()) return edits.error();
  JsonText list = JsonText::Array();
  if (!AddEdits(document, *search, *edits, &list)) {
    return Error(ErrorKind::kQuery, "the file cannot hold the new name as it is written");
  }
  JsonText changes = JsonText::Object();
  changes.Set(document.uri(), list);
  JsonText json = JsonText::Object();
  return json.Set("changes", changes).Done();
}

// ---------------------------------------------------------------- outline

JsonText Features::Symbol(const Document& document, const EmbeddedSearch& search,
                          const StageOutline& stage) const {
  constexpr uint64_t kFunction = 12;
  JsonText json = JsonText::Object();
  const JsonText range = RangeIn(document, search, stage.offset, stage.length);
  json.SetText("name", stage.name.empty() ? "search" : stage.name)
      .SetText("detail", stage.text)
      .SetNumber("kind", kFunction)
      .Set("range", range)
      .Set("selectionRange", range);
  JsonText children = JsonText::Array();
  for (const StageOutline& each : stage.subsearches) children.Add(Symbol(document, search, each));
  if (!children.empty()) json.Set("children", children);
  return json;
}

std::string Features::Symbols(const Document& document) {
  constexpr uint64_t kNamespace = 3;
  const Engine& engine = workspace_.EngineFor(document.path());
  JsonText list = JsonText::Array();
  for (const EmbeddedSearch& search : document.searches()) {
    const std::vector<StageOutline> stages = Stages(engine, search.text);
    if (document.kind() == FileKind::kSearch) {
      for (const StageOutline& stage : stages) list.Add(Symbol(document, search, stage));
      continue;
    }
    JsonText children = JsonText::Array();
    for (const StageOutline& stage : stages) children.Add(Symbol(document, search, stage));
    const JsonText range = Range(document, search.begin, search.end);
    JsonText json = JsonText::Object();
    json.SetText("name", search.name.empty() ? "search" : search.name)
        .SetNumber("kind", kNamespace)
        .Set("range", range)
        .Set("selectionRange", range)
        .Set("children", children);
    list.Add(json);
  }
  return list.Done();
}

}  // namespace spelk::cli::lsp
