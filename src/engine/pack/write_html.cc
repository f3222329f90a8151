// The report of a run as one HTML file: no script, nothing loaded, every value escaped.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include "base/arena.h"
#include "base/memory.h"
#include "engine/pack/pack_writing.h"
#include "io/json_value.h"
#include "io/terminal_text.h"
#include "value/number.h"
#include "value/time_format.h"

namespace spelk::engine {
namespace {

constexpr std::string_view kHead = R"html(<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<style>
:root{--ink:#1d2430;--soft:#5c6675;--line:#d9dee6;--back:#fff;--fill:#f4f6f9;--hit:#c0392b;--ok:#2e7d4f;--warn:#9a6700}
@media(prefers-color-scheme:dark){:root{--ink:#e4e8ee;--soft:#9aa5b4;--line:#333c49;--back:#14181e;--fill:#1c222b;--hit:#ff8a7a;--ok:#7fd1a0;--warn:#e3b341}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:80rem;padding:2rem 1.25rem 4rem;background:var(--back);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:0}h2{font-size:1.15rem;margin:2.5rem 0 .75rem}
p.sub{color:var(--soft);margin:.25rem 0 1.5rem}
.tiles{display:flex;flex-wrap:wrap;gap:.75rem}
.tile{border:1px solid var(--line);border-radius:.5rem;padding:.6rem 1rem;min-width:8rem;background:var(--fill)}
.tile b{display:block;font-size:1.5rem;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft)}
.tile.hit b{color:var(--hit)}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:.5rem}
table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .7rem;border-bottom:1px solid var(--line)}
tr:last-child>td{border-bottom:0}
th{background:var(--fill);font-weight:600;white-space:nowrap}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.v{white-space:pre-wrap;overflow-wrap:anywhere;max-width:40rem;font:13px/1.45 ui-monospace,monospace}
.bar{display:inline-block;height:.65rem;border-radius:.2rem;background:var(--hit);min-width:2px;vertical-align:middle}
details{border:1px solid var(--line);border-radius:.5rem;margin:.5rem 0;background:var(--back)}
summary{cursor:pointer;padding:.5rem .9rem}
summary b{color:var(--hit);font-variant-numeric:tabular-nums;margin-right:.5rem}
details>div{padding:0 .9rem .9rem}
.tag{display:inline-block;border:1px solid var(--line);border-radius:1rem;padding:0 .55rem;font-size:.85em;margin:0 .15rem;color:var(--soft)}
.refused{color:var(--warn)}.failed{color:var(--hit)}.ok{color:var(--ok)}
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--fill);padding:.7rem;border-radius:.4rem;font:13px/1.45 ui-monospace,monospace}
svg{width:100%;height:7rem;display:block}svg rect{fill:var(--hit)}
.axis{display:flex;justify-content:space-between;color:var(--soft);font-size:.85em}
a{color:inherit}
</style>
)html";

std::string Html(std::string_view text) {
  std::string out;
  AppendHtml(text, out);
  return out;
}

std::string TimeText(double seconds) {
  return FormatTime(seconds, "%Y-%m-%d %H:%M", absl::UTCTimeZone()).value_or("");
}

// _time, firstTime, last_seen_time …, of numbers that are seconds since the epoch.
constexpr double kFirstTime = 1e8;
constexpr double kLastTime = 1e10;
bool IsTimeName(std::string_view name) { return name.ends_with("time") || name.ends_with("Time"); }

// A link where the id is one of ATT&CK's, which has nothing to escape.
std::string Technique(const std::string& id) {
  const bool known = id.size() >= 5 && id.front() == 'T' &&
                     std::all_of(id.begin() + 1, id.end(),
                                 [](char c) { return (c >= '0' && c <= '9') || c == '.'; });
  if (!known) return fmt::format("<span class=tag>{}</span>", Html(id));
  std::string path = id;
  std::replace(path.begin(), path.end(), '.', '/');
  return fmt::format(
      "<a class=tag rel=noreferrer href=\"https://attack.mitre.org/techniques/{}/\">{}</a>", path,
      id);
}

void AddTile(std::string_view number, std::string_view label, bool hit, std::string& out) {
  out += fmt::format("<div class=\"tile{}\"><b>{}</b><span>{}</span></div>\n", hit ? " hit" : "",
                     number, label);
}

// What counts, the greatest first, each with a bar.
void AddBars(const std::vector<std::pair<std::string, uint64_t>>& counts, std::string_view label,
             std::string& out) {
  constexpr double kWidest = 16;
  const uint64_t most = counts.empty() ? 1 : std::max<uint64_t>(1, counts.front().second);
  out += fmt::format("<div class=scroll><table><tr><th>{}<th>rows<th style=\"width:60%\"></tr>\n",
                     label);
  for (const auto& [shown, count] : counts) {
    out += fmt::format(
        "<tr><td>{}<td class=n>{}<td><span class=bar style=\"width:{:.2f}rem\"></span></tr>\n",
        shown, WithCommas(count), kWidest * static_cast<double>(count) / static_cast<double>(most));
  }
  out += "</table></div>\n";
}

std::vector<std::pair<std::string, uint64_t>> MostFirst(
    const std::map<std::string, uint64_t>& counts, size_t most) {
  std::vector<std::pair<std::string, uint64_t>> sorted(counts.begin(), counts.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (sorted.size() > most) sorted.resize(most);
  return sorted;
}

class HtmlWriter {
 public:
  HtmlWriter(const Pack& pack, const PackReport& report) : pack_(pack), report_(report) {
    for (size_t r = 0; r < report.results.size(); ++r) {
      if (report.results[r].rows > 0) fired_.push_back(r);
    }
    std::stable_sort(fired_.begin(), fired_.end(), [&](size_t a, size_t b) {
      return report.results[a].rows > report.results[b].rows;
    });
  }

  std::string Write() {
    out_ = kHead;
    out_ += fmt::format("<title>{}</title></head><body>\n", Html(Title()));
    AddSummary();
    AddTechniques();
    AddHosts();
    AddTimeline();
    AddFired();
    AddNotRun();
    AddSilent();
    out_ += "</body></html>\n";
    return std::move(out_);
  }

 private:
  const Analytic& AnalyticOf(const AnalyticResult& result) const {
    return pack_.analytics[result.analytic];
  }
  std::string Title() const { return fmt::format("spelk: {}", pack_.path); }
  size_t With(AnalyticStatus status) const {
    return static_cast<size_t>(
        std::count_if(report_.results.begin(), report_.results.end(),
                      [status](const AnalyticResult& result) { return result.status == status; }));
  }

  void AddSummary() {
    out_ += fmt::format("<h1>{}</h1>\n<p class=sub>", Html(pack_.path));
    out_ += fmt::format("{} analytics over {} bytes of events", report_.results.size(),
                        WithCommas(report_.summary.bytes));
    if (report_.seconds > 0) out_ += fmt::format(" in {:.2f} s", report_.seconds);
    out_ += "</p>\n<div class=tiles>\n";
    AddTile(WithCommas(fired_.size()), "fired", !fired_.empty(), out_);
    AddTile(WithCommas(report_.summary.rows), "rows", false, out_);
    AddTile(WithCommas(With(AnalyticStatus::kOk) - FiredOk()), "silent", false, out_);
    AddTile(WithCommas(With(AnalyticStatus::kRefused)), "refused", false, out_);
    AddTile(WithCommas(With(AnalyticStatus::kFailed)), "failed", false, out_);
    out_ += "</div>\n";
  }

  size_t FiredOk() const {
    return static_cast<size_t>(std::count_if(fired_.begin(), fired_.end(), [this](size_t r) {
      return report_.results[r].status == AnalyticStatus::kOk;
    }));
  }

  void AddTechniques() {
    std::map<std::string, uint64_t> rows;
    for (const size_t r : fired_) {
      for (const std::string& id : AnalyticOf(report_.results[r]).mitre) {
        rows[id] += report_.results[r].rows;
      }
    }
    if (rows.empty()) return;
    std::vector<std::pair<std::string, uint64_t>> sorted = MostFirst(rows, kMostBars);
    for (auto& [id, count] : sorted) id = Technique(id);
    out_ += "<h2>By technique</h2>\n";
    AddBars(sorted, "technique", out_);
  }

  void AddHosts() {
    std::map<std::string, uint64_t> rows;
    for (const size_t r : fired_) {
      for (const auto& [host, count] : report_.results[r].hosts) rows[host] += count;
    }
    if (rows.empty()) return;
    std::vector<std::pair<std::string, uint64_t>> sorted = MostFirst(rows, kMostBars);
    for (auto& [host, count] : sorted) host = Html(host);
    out_ += "<h2>By host</h2>\n";
    AddBars(sorted, "host", out_);
  }

  void AddTimeline() {
    double first = 0, last = 0;
    bool any = false;
    for (const size_t r : fired_) {
      const auto& times = report_.results[r].times;
      if (times.empty()) continue;
      first = any ? std::min(first, times.front().first) : times.front().first;
      last = any ? std::max(last, times.back().first) : times.back().first;
      any = true;
    }
    if (!any) return;
    constexpr size_t kBars = 120;
    constexpr double kMinuteSeconds = 60;
    const double span = std::max(last - first, kMinuteSeconds) + kMinuteSeconds;
    std::vector<uint64_t> bars(kBars);
    for (const size_t r : fired_) {
      for (const auto& [time, count] : report_.results[r].times) {
        const auto bar = static_cast<size_t>((time - first) / span * static_cast<double>(kBars));
        bars[std::min(bar, kBars - 1)] += count;
      }
    }
    const auto most = static_cast<double>(*std::max_element(bars.begin(), bars.end()));
    out_ +=
        "<h2>Timeline</h2>\n<svg viewBox=\"0 0 120 40\" preserveAspectRatio=none role=img "
        "aria-label=\"rows over time\">\n";
    for (size_t b = 0; b < kBars; ++b) {
      if (bars[b] == 0) continue;
      // What is rare is seen, too.
      const double height = 2 + 38 * std::sqrt(static_cast<double>(bars[b]) / most);
      out_ += fmt::format(
          "<rect x=\"{}\" y=\"{:.2f}\" width=\".9\" height=\"{:.2f}\"><title>{}: "
          "{}</title></rect>\n",
          b, 40 - height, height,
          Html(TimeText(first + span * static_cast<double>(b) / static_cast<double>(kBars))),
          WithCommas(bars[b]));
    }
    out_ += fmt::format("</svg>\n<div class=axis><span>{} UTC</span><span>{} UTC</span></div>\n",
                        Html(TimeText(first)), Html(TimeText(last)));
  }

  void AddAbout(const Analytic& analytic) {
    if (!analytic.description.empty()) {
      out_ += fmt::format("<p>{}</p>\n", Html(analytic.description));
    }
    if (!analytic.false_positives.empty()) {
      out_ += fmt::format("<p class=sub>False positives: {}</p>\n", Html(analytic.false_positives));
    }
  }

  void AddFired() {
    if (fired_.empty()) return;
    out_ += "<h2>What fired</h2>\n";
    for (const size_t r : fired_) {
      const AnalyticResult& result = report_.results[r];
      const Analytic& analytic = AnalyticOf(result);
      out_ += fmt::format("<details><summary><b>{}</b>{}", WithCommas(result.rows),
                          Html(analytic.name));
      for (const std::string& id : analytic.mitre) out_ += Technique(id);
      out_ += "</summary><div>\n";
      AddAbout(analytic);
      AddRows(result);
      out_ += fmt::format(
          "<details><summary>Search ({})</summary><div><pre>{}</pre></div>"
          "</details>\n</div></details>\n",
          Html(analytic.file), Html(analytic.search));
    }
  }

  // The rows that were kept, as a table of all their fields.
  void AddRows(const AnalyticResult& result) {
    if (result.first_rows.empty()) return;
    MemoryBudget budget(SIZE_MAX);
    Arena arena(&budget);
    std::vector<std::string_view> names;
    std::vector<const io::JsonNode*> rows;
    constexpr size_t kMostColumns = 40;
    for (const std::string& text : result.first_rows) {
      const io::JsonNode* row = io::ParseJson(text, arena);
      if (row == nullptr) continue;
      rows.push_back(row);
      for (const io::JsonNode* cell = row->first; cell != nullptr; cell = cell->next) {
        const bool known = std::find(names.begin(), names.end(), cell->key) != names.end();
        if (!known && names.size() < kMostColumns) names.push_back(cell->key);
      }
    }
    out_ += "<div class=scroll><table><tr>";
    for (const std::string_view name : names) out_ += fmt::format("<th>{}", Html(name));
    out_ += "</tr>\n";
    for (const io::JsonNode* row : rows) {
      out_ += "<tr>";
      for (const std::string_view name : names) {
        out_ += "<td class=v>";
        const io::JsonNode* cell = io::FindMember(*row, name);
        if (cell != nullptr) AddCell(*cell, name);
      }
      out_ += "</tr>\n";
    }
    out_ += "</table></div>\n";
    if (result.rows > rows.size()) {
      out_ += fmt::format("<p class=sub>{} of {} rows</p>\n", rows.size(), WithCommas(result.rows));
    }
  }

  void AddCell(const io::JsonNode& cell, std::string_view name) {
    if (cell.kind == io::JsonKind::kArray) {
      for (const io::JsonNode* each = cell.first; each != nullptr; each = each->next) {
        if (each != cell.first) out_ += '\n';
        AddCell(*each, "");
      }
      return;
    }
    const bool is_null = cell.kind == io::JsonKind::kNull;
    const std::string_view text = cell.kind == io::JsonKind::kBool
                                      ? (cell.boolean ? "true" : "false")
                                      : (is_null ? std::string_view() : cell.text);
    const double seconds =
        cell.kind == io::JsonKind::kNumber ? std::strtod(std::string(text).c_str(), nullptr) : 0;
    if (IsTimeName(name) && seconds >= kFirstTime && seconds < kLastTime) {
      AppendHtml(FormatTime(seconds, "%Y-%m-%d %H:%M:%S.%3N", absl::UTCTimeZone()).value_or(""),
                 out_);
      return;
    }
    AppendHtml(text, out_);
  }

  void AddNotRun() {
    if (With(AnalyticStatus::kOk) == report_.results.size()) return;
    out_ +=
        "<h2>What did not run</h2>\n<div class=scroll><table><tr><th>status<th>name<th>reason"
        "</tr>\n";
    for (const AnalyticResult& result : report_.results) {
      if (result.status == AnalyticStatus::kOk) continue;
      out_ +=
          fmt::format("<tr><td class={}>{}<td>{}<td class=v>{}</tr>\n", NameOf(result.status),
                      NameOf(result.status), Html(AnalyticOf(result).name), Html(result.message));
    }
    out_ += "</table></div>\n";
  }

  void AddSilent() {
    if (With(AnalyticStatus::kOk) == FiredOk()) return;
    out_ += "<h2>What found nothing</h2>\n<details><summary>Show</summary><div>";
    for (const AnalyticResult& result : report_.results) {
      if (result.status != AnalyticStatus::kOk || result.rows > 0) continue;
      out_ += fmt::format("<div>{}", Html(AnalyticOf(result).name));
      for (const std::string& id : AnalyticOf(result).mitre) out_ += Technique(id);
      out_ += "</div>\n";
    }
    out_ += "</div></details>\n";
  }

  static constexpr size_t kMostBars = 50;
  const Pack& pack_;
  const PackReport& report_;
  std::vector<size_t> fired_;
  std::string out_;
};

}  // namespace

void AppendHtml(std::string_view text, std::string& out) {
  for (const char c : io::ForTerminal(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      case '`':
        out += "&#96;";
        break;
      default:
        out += c;
    }
  }
}

std::string HtmlReport(const Pack& pack, const PackReport& report) {
  return HtmlWriter(pack, report).Write();
}

}  // namespace spelk::engine
