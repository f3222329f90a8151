// Reports in formats that others define: layers of the ATT&CK Navigator, SARIF.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "engine/pack/pack_writing.h"
#include "io/row_writer.h"
#include "io/terminal_text.h"

namespace spelk::engine {

std::string Quoted(std::string_view text) {
  std::string out;
  io::AppendJsonString(text, out);
  return out;
}

namespace {

struct TechniqueCount {
  uint64_t rows = 0;
  size_t fired = 0;
  size_t silent = 0;
  size_t not_run = 0;
  std::vector<std::string> names;  // Of those that fired.
};

}  // namespace

std::string NavigatorLayer(const Pack& pack, const PackReport& report) {
  std::map<std::string, TechniqueCount> techniques;
  uint64_t most = 1;
  for (const AnalyticResult& result : report.results) {
    const Analytic& analytic = pack.analytics[result.analytic];
    for (const std::string& id : analytic.mitre) {
      TechniqueCount& count = techniques[id];
      count.rows += result.rows;
      most = std::max(most, count.rows);
      if (result.rows > 0) {
        ++count.fired;
        count.names.push_back(analytic.name);
      } else if (result.status == AnalyticStatus::kOk) {
        ++count.silent;
      } else {
        ++count.not_run;
      }
    }
  }
  std::vector<std::string> objects;
  for (const auto& [id, count] : techniques) {
    const std::string comment =
        fmt::format("{} fired, {} silent, {} not run{}{}", count.fired, count.silent, count.not_run,
                    count.names.empty() ? "" : ": ", fmt::join(count.names, "; "));
    std::string text;
    JsonObject object(&text);
    object.Text("techniqueID", id);
    object.Number("score", count.rows);
    object.Text("comment", comment);
    object.Json("enabled", "true");
    object.Json("showSubtechniques", count.fired > 0 ? "true" : "false");
    object.End();
    objects.push_back(std::move(text));
  }
  std::string out;
  JsonObject layer(&out);
  layer.Text("name", fmt::format("spelk: {}", pack.path));
  layer.Json("versions", R"({"layer":"4.5","navigator":"5.1.0"})");
  layer.Text("domain", "enterprise-attack");
  layer.Text("description", fmt::format("{} analytics, {} fired; the score is the number of rows",
                                        report.results.size(), report.hits()));
  layer.Json("gradient",
             fmt::format(R"({{"colors":["#ffffff","#ff6666"],"minValue":0,"maxValue":{}}})", most));
  layer.Json("techniques", fmt::format("[\n{}\n]", fmt::join(objects, ",\n")));
  layer.End();
  return out + "\n";
}

// ---------------------------------------------------------------- SARIF

// %20 for what may not stand in an address.
std::string AsUri(std::string_view path) {
  std::string out;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                       (byte >= '0' && byte <= '9') || c == '/' || c == '.' || c == '-' ||
                       c == '_' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return out;
}

namespace {

std::string SarifResult(const Analytic& analytic, std::string_view rule, std::string_view level,
                        std::string_view message, size_t line, size_t column) {
  return fmt::format(
      R"({{"ruleId":{},"level":{},"message":{{"text":{}}},"locations":[{{"physicalLocation":)"
      R"({{"artifactLocation":{{"uri":{}}},"region":{{"startLine":{},"startColumn":{}}}}}}}],)"
      R"("partialFingerprints":{{"analytic":{}}}}})",
      Quoted(rule), Quoted(level), Quoted(fmt::format("{}: {}", analytic.name, message)),
      Quoted(AsUri(analytic.file)), line, column, Quoted(analytic.id));
}

}  // namespace

std::string SarifLog(const Pack& pack, const std::vector<AnalyticCheck>& checks) {
  std::vector<std::string> results;
  std::map<std::string, bool> rules;
  for (const AnalyticCheck& check : checks) {
    const Analytic& analytic = pack.analytics[check.analytic];
    const bool runs = check.verdict == Verdict::kRuns || check.verdict == Verdict::kDiffers;
    for (const ErrorDetail& detail : check.details) {
      rules[detail.code] = true;
      results.push_back(SarifResult(analytic, detail.code, detail.warning ? "warning" : "error",
                                    detail.message, LineOf(analytic, detail),
                                    analytic.line > 1 ? 1 : detail.column));
    }
    if (check.details.empty() && !runs) {
      const std::string rule(NameOf(check.verdict));
      rules[rule] = true;
      results.push_back(SarifResult(analytic, rule, "error", check.message,
                                    std::max<size_t>(analytic.line, 1), 1));
    }
    for (const std::string& limit : check.limits) {
      rules["limit"] = true;
      results.push_back(
          SarifResult(analytic, "limit", "note", limit, std::max<size_t>(analytic.line, 1), 1));
    }
  }
  std::vector<std::string> named;
  for (const auto& [rule, used] : rules)
    named.push_back(fmt::format("{{\"id\":{}}}", Quoted(rule)));
  return fmt::format(
      R"({{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[)"
      R"({{"tool":{{"driver":{{"name":"spelk","version":{},"rules":[{}]}}}},"columnKind":)"
      "\"unicodeCodePoints\",\"results\":[\n{}\n]}}]}}\n",
      Quoted(Version()), fmt::join(named, ","), fmt::join(results, ",\n"));
}

}  // namespace spelk::engine
