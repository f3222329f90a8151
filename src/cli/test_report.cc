// The formats.
#include "cli/test_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "spelk/text.h"

namespace spelk::cli {
namespace {

std::string PlaceOf(const std::string& file, size_t line) {
  return line > 0 ? fmt::format("{}:{}", Printable(file), line) : Printable(file);
}

std::string Indented(std::string_view text, std::string_view indent) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    out += fmt::format("{}{}\n", indent, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string ForGithub(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    if (c == '%' || c == '\n' || c == '\r' || (property && (c == ':' || c == ','))) {
      out += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  return out;
}

std::string Tally(const TestReport& report) {
  const auto updated = std::count_if(report.results.begin(), report.results.end(),
                                     [](const TestResult& result) { return result.updated; });
  std::string out =
      fmt::format("{} passed, {} failed", report.cases.size() - report.failed(), report.failed());
  if (updated > 0) out += fmt::format(", {} snapshots written", updated);
  if (!report.problems.empty()) {
    out += fmt::format(", {} problem{} with files", report.problems.size(),
                       report.problems.size() == 1 ? "" : "s");
  }
  return out;
}

std::string Text(const TestReport& report, bool colour, bool verbose) {
  std::string out;
  const auto painted = [colour](std::string_view text, int code) {
    return colour ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
  };
  for (const TestProblem& problem : report.problems) {
    out += fmt::format("{} {}: {}\n", painted("ERROR", 31), PlaceOf(problem.file, problem.line),
                       Printable(problem.message));
  }
  for (size_t i = 0; i < report.cases.size(); ++i) {
    const TestCase& test = report.cases[i];
    const TestResult& result = report.results[i];
    if (result.passed && !verbose) continue;
    out += fmt::format("{} {}: {}", result.passed ? painted("ok", 32) : painted("FAIL", 31),
                       PlaceOf(test.file, test.line), Printable(test.name));
    out += result.passed ? "\n" : fmt::format(": {}\n", Printable(result.message));
    if (!result.passed) out += Indented(result.details, "    ");
  }
  return out + fmt::format("{}, {:.2f} s\n", Tally(report), report.seconds);
}

std::string Junit(const TestReport& report) {
  std::map<std::string, std::string> suites;
  std::map<std::string, std::pair<size_t, size_t>> counts;  // Tests and failures.
  for (size_t i = 0; i < report.cases.size(); ++i) {
    const TestCase& test = report.cases[i];
    const TestResult& result = report.results[i];
    std::string& suite = suites[test.file];
    ++counts[test.file].first;
    suite += fmt::format(
        "    <testcase name=\"{}\" classname=\"{}\" file=\"{}\" line=\"{}\" time=\"{:.6f}\"",
        ForMarkup(test.name), ForMarkup(test.file), ForMarkup(test.file), test.line,
        result.seconds);
    if (result.passed) {
      suite += "/>\n";
      continue;
    }
    ++counts[test.file].second;
    suite += fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                         ForMarkup(result.message), ForMarkup(result.details));
  }
  for (const TestProblem& problem : report.problems) {
    ++counts[problem.file].first;
    ++counts[problem.file].second;
    suites[problem.file] += fmt::format(
        "    <testcase name=\"line {}\" classname=\"{}\">\n      <error message=\"{}\"/>\n    "
        "</testcase>\n",
        problem.line, ForMarkup(problem.file), ForMarkup(problem.message));
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites tests=\"{}\" failures=\"{}\" time=\"{:.6f}\">\n",
                     report.cases.size() + report.problems.size(),
                     report.failed() + report.problems.size(), report.seconds);
  for (const auto& [file, text] : suites) {
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n{}  </testsuite>\n",
                       ForMarkup(file), counts[file].first, counts[file].second, text);
  }
  return out + "</testsuites>\n";
}

std::string Tap(const TestReport& report) {
  std::string out =
      fmt::format("TAP version 13\n1..{}\n", report.cases.size() + report.problems.size());
  size_t number = 0;
  const auto line = [&](bool passed, const std::string& name, const std::string& message,
                        const std::string& details) {
    std::string shown = Printable(name);
    std::replace(shown.begin(), shown.end(), '#', ' ');  // Begins a directive there.
    out += fmt::format("{} {} - {}\n", passed ? "ok" : "not ok", ++number, shown);
    if (passed) return;
    out += fmt::format("  ---\n  message: {}\n", JsonText(message));
    if (!details.empty()) out += "  details: |\n" + Indented(details, "    ");
    out += "  ...\n";
  };
  for (const TestProblem& problem : report.problems) {
    line(false, PlaceOf(problem.file, problem.line), problem.message, "");
  }
  for (size_t i = 0; i < report.cases.size(); ++i) {
    const TestResult& result = report.results[i];
    line(result.passed, report.cases[i].file + ": " + report.cases[i].name, result.message,
         result.details);
  }
  return out;
}

std::string Json(const TestReport& report) {
  std::string out =
      fmt::format("{{\"passed\":{},\"failed\":{},\"seconds\":{:.6f},\"problems\":[",
                  report.cases.size() - report.failed(), report.failed(), report.seconds);
  for (size_t i = 0; i < report.problems.size(); ++i) {
    const TestProblem& problem = report.problems[i];
    out += fmt::format("{}{{\"file\":{},\"line\":{},\"message\":{}}}", i > 0 ? "," : "",
                       JsonText(problem.file), problem.line, JsonText(problem.message));
  }
  out += "],\"tests\":[";
  for (size_t i = 0; i < report.cases.size(); ++i) {
    const TestCase& test = report.cases[i];
    const TestResult& result = report.results[i];
    out += fmt::format("{}\n{{\"file\":{},\"line\":{},\"name\":{},\"passed\":{},\"seconds\":{:.6f}",
                       i > 0 ? "," : "", JsonText(test.file), test.line, JsonText(test.name),
                       result.passed, result.seconds);
    if (!result.passed) {
      out += fmt::format(",\"message\":{},\"details\":{}", JsonText(result.message),
                         JsonText(result.details));
    }
    out += '}';
  }
  return out + "\n]}\n";
}

std::string Github(const TestReport& report) {
  std::string out;
  const auto add = [&out](const std::string& file, size_t line, const std::string& title,
                          const std::string& text) {
    out += fmt::format("::error file={},line={},title={}::{}\n", ForGithub(file, true),
                       std::max<size_t>(1, line), ForGithub(title, true), ForGithub(text, false));
  };
  for (const TestProblem& problem : report.problems) {
    add(problem.file, problem.line, "broken test", problem.message);
  }
  for (size_t i = 0; i < report.cases.size(); ++i) {
    const TestResult& result = report.results[i];
    if (result.passed) continue;
    const std::string details = result.details.empty() ? "" : "\n" + result.details;
    add(report.cases[i].file, report.cases[i].line, report.cases[i].name, result.message + details);
  }
  return out + Tally(report) + "\n";
}

}  // namespace

std::string ForMarkup(std::string_view text) {
  std::string out;
  for (const char c : text) {
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
      default:
        // XML has no way to write the others.
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

size_t TestReport::failed() const {
  return static_cast<size_t>(std::count_if(
      results.begin(), results.end(), [](const TestResult& result) { return !result.passed; }));
}

std::string RenderTests(const TestReport& report, std::string_view format, bool colour,
                        bool verbose) {
  if (format == "junit") return Junit(report);
  if (format == "tap") return Tap(report);
  if (format == "json") return Json(report);
  if (format == "github") return Github(report);
  return Text(report, colour, verbose);
}

}  // namespace spelk::cli
