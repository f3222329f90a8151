// Writing what a pack gave: what the formats share.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "spelk/pack.h"

namespace spelk::engine {

// A cell of a report.
struct ReportCell {
  std::string text;
  bool number = false;

  static ReportCell Of(std::string_view text);
  static ReportCell Of(const std::vector<std::string>& texts, std::string_view between);
  static ReportCell Of(uint64_t number);
  static ReportCell Seconds(double seconds);
};

// Rows of the same columns, for the formats that know no more than that.
struct ReportTable {
  std::vector<std::string> columns;
  std::vector<std::vector<ReportCell>> rows;
};

Result<Flow> WriteReportTable(const ReportTable& table, const PackWriteOptions& options,
                              Sink& sink);

// {"name":…}: members with a comma between them.
class JsonObject {
 public:
  explicit JsonObject(std::string* out) : out_(*out) { out_ += '{'; }
  void Text(std::string_view name, std::string_view text);
  void Number(std::string_view name, uint64_t number);
  void Seconds(std::string_view name, double seconds);
  void Texts(std::string_view name, const std::vector<std::string>& texts);
  // A value that is JSON already.
  void Json(std::string_view name, std::string_view json);
  void Details(std::string_view name, const std::vector<ErrorDetail>& details, size_t first_line);
  void End() { out_ += '}'; }

 private:
  void Name(std::string_view name);
  std::string& out_;
  bool first_ = true;
};

// What all reports say of an analytic: name, id, type, mitre, file, line.
void AddAnalytic(const Analytic& analytic, JsonObject* object);
// One object a line, or an array of them.
std::string AsJson(const std::vector<std::string>& objects, bool array);

// The line of a file on which a detail stands.
size_t LineOf(const Analytic& analytic, const ErrorDetail& detail);

// As a text of JSON.
std::string Quoted(std::string_view text);
// A path as an address: %20 for what may not stand in one.
std::string AsUri(std::string_view path);

// Text without markup: what HTML would read is escaped, control characters are shown.
void AppendHtml(std::string_view text, std::string& out);
std::string HtmlReport(const Pack& pack, const PackReport& report);
// A layer of the ATT&CK Navigator.
std::string NavigatorLayer(const Pack& pack, const PackReport& report);
std::string SarifLog(const Pack& pack, const std::vector<AnalyticCheck>& checks);

}  // namespace spelk::engine
