// Tables of changes; the same as JSON.
#include "cli/diff_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "spelk/text.h"

namespace spelk::cli {
namespace {

using Line = std::vector<std::string>;
using ResultChange = ResultDiff::Change;

size_t WidthOf(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

char MarkOf(const ResultChange& change) { return !change.a ? '+' : !change.b ? '-' : '~'; }

std::string CellOf(const Row& row, const std::string& name) {
  const std::vector<std::string>* values = row.Find(name);
  if (values == nullptr) return "";
  return Printable(fmt::format("{}", fmt::join(*values, ", ")));
}

bool IsAmong(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Of a cell that differs both texts.
std::string CellOf(const ResultChange& change, const std::string& name) {
  if (!change.a || !change.b) return CellOf(change.a ? *change.a : *change.b, name);
  const auto shown = [&name](const Row& row) {
    const std::string cell = CellOf(row, name);
    return cell.empty() ? std::string(row.Find(name) == nullptr ? "(none)" : "\"\"") : cell;
  };
  if (IsAmong(change.fields, name)) {
    return fmt::format("{} -> {}", shown(*change.a), shown(*change.b));
  }
  return CellOf(*change.a, name);
}

// In the order in which rows first have them.
std::vector<std::string> FieldsOf(const std::vector<ResultChange>& changes) {
  std::vector<std::string> names;
  std::map<std::string, bool, std::less<>> known;
  const auto add = [&](const std::optional<Row>& row) {
    if (!row) return;
    for (const auto& [name, values] : row->fields) {
      if (known.emplace(name, true).second) names.push_back(name);
    }
  };
  for (const ResultChange& change : changes) {
    add(change.a);
    add(change.b);
  }
  return names;
}

std::string Painted(char mark, const std::string& line, bool colour) {
  if (!colour || mark == ' ') return line;
  return fmt::format("\x1b[{}m{}\x1b[0m", mark == '-' ? 31 : mark == '+' ? 32 : 33, line);
}

std::vector<size_t> WidthsOf(const std::vector<Line>& lines) {
  std::vector<size_t> widths(lines.front().size(), 0);
  for (const Line& line : lines) {
    for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], WidthOf(line[i]));
  }
  return widths;
}

// Aligned columns; the first line is the heading, the first cell of a line may be its mark.
std::string TableOf(const std::vector<Line>& lines, bool colour) {
  const std::vector<size_t> widths = WidthsOf(lines);
  std::string out;
  for (const Line& line : lines) {
    std::string text;
    for (size_t i = 0; i < line.size(); ++i) {
      if (i > 0) text += "  ";
      text += line[i] + std::string(widths[i] - WidthOf(line[i]), ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    const char mark = line[0].size() == 1 ? line[0][0] : ' ';
    out += Painted(mark, text, colour) + "\n";
  }
  return out;
}

std::string MarkdownOf(const std::vector<Line>& lines) {
  const auto row = [](const Line& line) {
    std::string out = "|";
    for (const std::string& cell : line) {
      std::string text;
      for (const char c : cell) {
        if (c == '|' || c == '\\') text += '\\';
        text += c;
      }
      out += fmt::format(" {} |", text);
    }
    return out + "\n";
  };
  std::string out = row(lines.front()) + "|";
  for (size_t i = 0; i < lines.front().size(); ++i) out += " --- |";
  out += "\n";
  for (size_t i = 1; i < lines.size(); ++i) out += row(lines[i]);
  return out;
}

// A field a line, for rows that are too wide: of one that differs what differs, and a few others
// that tell which row it is.
std::string ListOf(const std::vector<ResultChange>& changes, size_t most, bool colour) {
  std::string out;
  for (size_t i = 0; i < most; ++i) {
    const ResultChange& change = changes[i];
    const char mark = MarkOf(change);
    constexpr size_t kOthers = 4;
    size_t others = 0;
    if (i > 0) out += "\n";
    for (const std::string& name : FieldsOf({change})) {
      const bool differs = mark != '~' || IsAmong(change.fields, name);
      if (!differs && ++others > kOthers) continue;
      const std::string line =
          fmt::format("{} {}: {}", differs ? mark : ' ', Printable(name), CellOf(change, name));
      out += Painted(differs ? mark : ' ', line, colour) + "\n";
    }
  }
  return out;
}

std::vector<std::string> ObjectsOf(const ResultDiff& diff) {
  std::vector<std::string> objects;
  for (const ResultChange& change : diff.changes()) {
    std::string object = fmt::format("{{\"change\":\"{}\"", !change.b   ? "only in a"
                                                            : !change.a ? "only in b"
                                                                        : "differs");
    if (change.a && change.b) {
      object += ",\"fields\":[";
      for (size_t i = 0; i < change.fields.size(); ++i) {
        object += (i > 0 ? "," : "") + JsonText(change.fields[i]);
      }
      object += "]";
    }
    if (change.a) object += ",\"a\":" + change.a->Json();
    if (change.b) object += ",\"b\":" + change.b->Json();
    objects.push_back(object + "}");
  }
  if (diff.first_moved() > 0) {
    objects.push_back(fmt::format("{{\"change\":\"order\",\"row\":{}}}", diff.first_moved()));
  }
  return objects;
}

std::string JsonOf(const std::vector<std::string>& objects, bool lines) {
  if (lines) {
    std::string out;
    for (const std::string& object : objects) out += object + "\n";
    return out;
  }
  return fmt::format("[{}]\n", fmt::join(objects, ",\n"));
}

constexpr std::string_view kOutcomes[] = {"same", "differs", "only in a", "only in b", "fails"};

std::string_view OutcomeName(DiffedSearch::Outcome outcome) {
  return kOutcomes[static_cast<size_t>(outcome)];
}

std::string ObjectOf(const DiffedSearch& search) {
  std::string object =
      fmt::format("{{\"outcome\":\"{}\",\"id\":{},\"name\":{}", OutcomeName(search.outcome),
                  JsonText(search.id), JsonText(search.name));
  if (search.rows != nullptr) {
    const ResultDiff& rows = *search.rows;
    object += fmt::format(",\"only_a\":{},\"only_b\":{},\"differ\":{},\"same\":{},\"rows\":[{}]",
                          rows.only_a(), rows.only_b(), rows.differ(), rows.same(),
                          fmt::join(ObjectsOf(rows), ","));
  }
  if (!search.message.empty()) object += ",\"message\":" + JsonText(search.message);
  return object + "}";
}

}  // namespace

std::string RenderRows(const ResultDiff& diff, const DiffLayout& layout) {
  if (layout.format == "json" || layout.format == "ndjson") {
    return JsonOf(ObjectsOf(diff), layout.format == "ndjson");
  }
  const std::vector<ResultChange>& changes = diff.changes();
  if (changes.empty()) return "";
  const std::vector<std::string> fields = FieldsOf(changes);
  const bool markdown = layout.format == "markdown";
  const size_t most = markdown || layout.most_rows == 0
                          ? changes.size()
                          : std::min(changes.size(), layout.most_rows);
  std::vector<Line> lines = {{markdown ? "change" : ""}};
  for (const std::string& name : fields) lines[0].push_back(Printable(name));
  for (size_t i = 0; i < most; ++i) {
    Line line = {std::string(1, MarkOf(changes[i]))};
    if (markdown) line[0] = !changes[i].b ? "only in A" : !changes[i].a ? "only in B" : "differs";
    for (const std::string& name : fields) line.push_back(CellOf(changes[i], name));
    lines.push_back(std::move(line));
  }
  if (markdown) return MarkdownOf(lines);
  size_t width = 0;
  for (const size_t column : WidthsOf(lines)) width += column + 2;
  std::string out = layout.width > 0 && width > layout.width + 2
                        ? ListOf(changes, most, layout.colour)
                        : TableOf(lines, layout.colour);
  if (most < changes.size())
    out += fmt::format("… {} more; --rows 0 shows all\n", changes.size() - most);
  return out;
}

std::string RenderSearches(const std::vector<DiffedSearch>& searches, const DiffLayout& layout) {
  if (layout.format == "json" || layout.format == "ndjson") {
    std::vector<std::string> objects;
    objects.reserve(searches.size());
    for (const DiffedSearch& search : searches) objects.push_back(ObjectOf(search));
    return JsonOf(objects, layout.format == "ndjson");
  }
  std::vector<Line> lines = {
      {"outcome", "only in A", "only in B", "differ", "same", "id", "name", "message"}};
  for (const DiffedSearch& search : searches) {
    Line line = {std::string(OutcomeName(search.outcome)), "", "", "", ""};
    if (search.rows != nullptr) {
      const ResultDiff& rows = *search.rows;
      line = {line[0], std::to_string(rows.only_a()), std::to_string(rows.only_b()),
              std::to_string(rows.differ()), std::to_string(rows.same())};
    }
    for (const std::string& text : {search.id, search.name, search.message}) {
      line.push_back(Printable(text));
    }
    if (search.id == search.name) line[5].clear();
    lines.push_back(std::move(line));
  }
  return layout.format == "markdown" ? MarkdownOf(lines) : TableOf(lines, false);
}

std::string TotalOf(const ResultDiff& diff) {
  if (diff.only_a() + diff.only_b() + diff.differ() + diff.same() == 0) {
    return "neither search gave a row, so that nothing was compared\n";
  }
  std::string total = fmt::format("{} row{} only in A, {} only in B, {} differ{}, {} the same",
                                  diff.only_a(), diff.only_a() == 1 ? "" : "s", diff.only_b(),
                                  diff.differ(), diff.differ() == 1 ? "s" : "", diff.same());
  if (diff.first_moved() > 0) {
    total += fmt::format("; these come in another order from row {} on", diff.first_moved());
  }
  return total + "\n";
}

}  // namespace spelk::cli
