// Text, JSON, a page.
#include "cli/coverage_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/test_report.h"
#include "cli/test_row.h"
#include "spelk/text.h"

namespace spelk::cli {

std::pair<size_t, size_t> PlaceOf(const std::string& text, size_t offset) {
  size_t line = 1;
  size_t column = 1;
  for (size_t i = 0; i < std::min(offset, text.size()); ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) {
      ++column;
    }
  }
  return {line, column};
}

namespace {

std::string Missing(const Branch& branch) {
  if (branch.kind == Branch::Kind::kStage) return branch.misses_true() ? "gave no row" : "";
  if (branch.kind == Branch::Kind::kRow) return branch.misses_true() ? "never found" : "";
  if (branch.misses_true() && branch.rows == 0) return "never asked";
  if (branch.misses_true()) return "never true";
  return branch.misses_false() ? "never false" : "";
}

std::string BranchText(const Branch& branch) {
  constexpr size_t kLongest = 80;
  std::string text = Printable(branch.text);
  if (text.size() > kLongest) {
    size_t cut = kLongest;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
    text = text.substr(0, cut) + "…";
  }
  return text;
}

std::string_view BranchName(Branch::Kind kind) {
  constexpr std::string_view kNames[] = {"stage", "condition", "value", "row"};
  return kNames[static_cast<size_t>(kind)];
}

std::string Share(size_t reached, size_t wanted) {
  return fmt::format("{} of {} ({}%)", reached, wanted, wanted == 0 ? 100 : 100 * reached / wanted);
}

// Of all: what was reached, and what there is.
std::pair<size_t, size_t> SumOfCovered(const std::vector<CoveredSearch>& searches) {
  std::pair<size_t, size_t> sum = {0, 0};
  for (const CoveredSearch& search : searches) {
    sum.first += search.reached();
    sum.second += search.wanted();
  }
  return sum;
}

std::string Total(const std::vector<CoveredSearch>& searches) {
  const auto [reached, wanted] = SumOfCovered(searches);
  return Share(reached, wanted);
}

std::string_view ClassOf(const Branch& branch) {
  if (branch.reached() == branch.wanted()) return "all";
  return branch.reached() == 0 ? "none" : "part";
}

// A stage that gave no row is marked by its name, conditions and values as a whole.
std::string MarkedText(const CoveredSearch& search) {
  const std::string& text = search.text;
  std::string out;
  size_t done = 0;
  for (const Branch& branch : search.branches) {
    if (branch.kind == Branch::Kind::kRow) continue;
    size_t length = branch.length;
    if (branch.kind == Branch::Kind::kStage) {
      if (!branch.misses_true()) continue;
      const size_t end = text.find_first_of(" \t\r\n", branch.offset);
      length = std::min(length, (end == std::string::npos ? text.size() : end) - branch.offset);
    }
    if (branch.offset < done) continue;  // It lies in one that is marked.
    out += ForMarkup(text.substr(done, branch.offset - done));
    const std::string missing = Missing(branch);
    out += fmt::format("<span class=\"{}\" title=\"{}\">{}</span>", ClassOf(branch),
                       missing.empty() ? "reached" : missing,
                       ForMarkup(text.substr(branch.offset, length)));
    done = branch.offset + length;
  }
  return out + ForMarkup(text.substr(std::min(done, text.size())));
}

// The places of a macro, a line each.
std::string MarkedMacro(const CoveredSearch& macro) {
  std::string out;
  for (const Branch& branch : macro.branches) {
    const std::string missing = Missing(branch);
    out += fmt::format("<span class=\"{}\" title=\"{}\">{}</span>\n", ClassOf(branch),
                       missing.empty() ? "reached" : missing, ForMarkup(branch.text));
  }
  return out;
}

// Rows of lookup tables that were not found.
std::string RowsForPage(const CoveredSearch& search) {
  std::string out;
  for (const Branch& branch : search.branches) {
    if (branch.kind != Branch::Kind::kRow || !branch.misses_true()) continue;
    out += fmt::format("<li><span class=\"none\">{}</span>\n", ForMarkup(Printable(branch.text)));
  }
  return out.empty() ? "" : "<p>Rows that were never found:\n<ul>\n" + out + "</ul>\n";
}

}  // namespace

size_t CoverageScore(const std::vector<CoveredSearch>& searches) {
  const auto [reached, wanted] = SumOfCovered(searches);
  return wanted == 0 ? 100 : 100 * reached / wanted;
}

std::string CoverageText(const std::vector<CoveredSearch>& searches, bool colour) {
  constexpr size_t kMostRows = 10;  // Of all lookup tables of a search.
  std::string out;
  for (const CoveredSearch& search : searches) {
    out +=
        fmt::format("{}: {}\n", Printable(search.name), Share(search.reached(), search.wanted()));
    size_t rows = 0;
    for (const Branch& branch : search.branches) {
      const std::string missing = Missing(branch);
      if (missing.empty()) continue;
      if (branch.kind == Branch::Kind::kRow && ++rows > kMostRows) continue;
      const auto [line, column] = PlaceOf(search.text, branch.offset);
      const std::string place = search.is_macro ? "" : fmt::format("{}:{}  ", line, column);
      const std::string text = fmt::format("  {}{}: {}", place, missing, BranchText(branch));
      out += (colour ? fmt::format("\x1b[33m{}\x1b[0m", text) : text) + "\n";
    }
    if (rows > kMostRows) out += fmt::format("  and {} more rows\n", rows - kMostRows);
  }
  return out + fmt::format("coverage: {}\n", Total(searches));
}

std::string CoverageJson(const std::vector<CoveredSearch>& searches) {
  std::string out = "[";
  for (const CoveredSearch& search : searches) {
    out += fmt::format("{}{{\"name\":{},\"reached\":{},\"wanted\":{},\"branches\":[",
                       out.size() > 1 ? ",\n" : "", JsonText(search.name), search.reached(),
                       search.wanted());
    for (size_t i = 0; i < search.branches.size(); ++i) {
      const Branch& branch = search.branches[i];
      const auto [line, column] = PlaceOf(search.text, branch.offset);
      out += fmt::format("{}\n {{\"kind\":\"{}\",\"line\":{},\"column\":{},\"text\":{},\"rows\":{}",
                         i > 0 ? "," : "", BranchName(branch.kind), line, column,
                         JsonText(branch.text), branch.rows);
      if (search.is_macro) {
        out += fmt::format(",\"macro\":{},\"definition\":{}", JsonText(branch.macro),
                           JsonText(branch.place));
      }
      if (branch.kind != Branch::Kind::kStage) out += fmt::format(",\"true\":{}", branch.true_rows);
      const std::string missing = Missing(branch);
      if (!missing.empty()) out += fmt::format(",\"missing\":\"{}\"", missing);
      out += '}';
    }
    out += "]}";
  }
  return out + "]\n";
}

std::string CoverageHtml(const std::vector<CoveredSearch>& searches) {
  std::string out = fmt::format(
      R"(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Coverage of searches</title>
<style>
body {{ font: 15px/1.5 sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #222; background: #fff }}
pre {{ font: 13px/1.5 monospace; white-space: pre-wrap; background: #f6f6f6; padding: 1em }}
.all {{ background: #cdebcd }} .part {{ background: #ffe8a8 }} .none {{ background: #f6c4c4 }}
@media (prefers-color-scheme: dark) {{
  body {{ color: #ddd; background: #181818 }} pre {{ background: #222 }}
  .all {{ background: #1f4a1f }} .part {{ background: #5a4a10 }} .none {{ background: #6a2525 }} }}
</style>
<h1>Coverage of searches: {}</h1>
<p><span class="all">reached</span>, <span class="part">never false, or never true</span>, <span class="none">not reached</span>; each says which when pointed at.</p>
)",
      Total(searches));
  for (const CoveredSearch& search : searches) {
    out += fmt::format("<h2>{}: {}</h2>\n<pre>{}</pre>\n", ForMarkup(Printable(search.name)),
                       Share(search.reached(), search.wanted()),
                       search.is_macro ? MarkedMacro(search) : MarkedText(search));
    out += RowsForPage(search);
  }
  return out + "</html>\n";
}

}  // namespace spelk::cli
