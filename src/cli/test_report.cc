// The formats.
#include "cli/test_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/coverage_report.h"
#include "cli/mutant_report.h"
#include "spelk/text.h"

namespace spelk::cli {
namespace {

std::string FileAndLine(const std::string& file, size_t line) {
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

// The bytes of the code point that begins here; 0 if it is none, or one that XML does not have.
size_t CodePointAt(std::string_view text) {
  const auto byte = [&text](size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(text[i]));
  };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  const size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  unsigned code = first & (0x7FU >> length);
  for (size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
    code = code << 6U | (byte(i) & 0x3FU);
  }
  constexpr unsigned kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  const bool none = code < kLeast[length] || code > 0x10FFFF || surrogate;
  return none || code == 0xFFFE || code == 0xFFFF ? 0 : length;
}

// Within quotes line ends would become blanks.
std::string ForAttribute(std::string_view text) {
  std::string out;
  for (const char c : ForMarkup(text)) {
    out += c == '\n' ? std::string("&#10;") : std::string(1, c);
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
    out += fmt::format("{} {}: {}\n", painted("ERROR", 31), FileAndLine(problem.file, problem.line),
                       Printable(problem.message));
  }
  for (size_t i = 0; i < report.cases.size(); ++i) {
    const TestCase& test = report.cases[i];
    const TestResult& result = report.results[i];
    if (result.passed && !verbose) continue;
    out += fmt::format("{} {}: {}", result.passed ? painted("ok", 32) : painted("FAIL", 31),
                       FileAndLine(test.file, test.line), Printable(test.name));
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
        ForAttribute(test.name), ForAttribute(test.file), ForAttribute(test.file), test.line,
        result.seconds);
    if (result.passed) {
      suite += "/>\n";
      continue;
    }
    ++counts[test.file].second;
    suite += fmt::format(">\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n",
                         ForAttribute(result.message), ForMarkup(result.details));
  }
  for (const TestProblem& problem : report.problems) {
    ++counts[problem.file].first;
    ++counts[problem.file].second;
    suites[problem.file] += fmt::format(
        "    <testcase name=\"line {}\" classname=\"{}\">\n      <error message=\"{}\"/>\n    "
        "</testcase>\n",
        problem.line, ForAttribute(problem.file), ForAttribute(problem.message));
  }
  constexpr std::string_view kAll = "all tests";
  for (const TestReport::Check& check : report.checks) {
    ++counts[std::string(kAll)].first;
    std::string& suite = suites[std::string(kAll)];
    suite += fmt::format("    <testcase name=\"{}\" classname=\"{}\"", check.name, kAll);
    if (check.message.empty()) {
      suite += "/>\n";
      continue;
    }
    ++counts[std::string(kAll)].second;
    suite += fmt::format(">\n      <failure message=\"{}\"/>\n    </testcase>\n",
                         ForAttribute(check.message));
  }
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out += fmt::format("<testsuites tests=\"{}\" failures=\"{}\" time=\"{:.6f}\">\n",
                     report.cases.size() + report.problems.size() + report.checks.size(),
                     report.failed() + report.problems.size() + report.failed_checks(),
                     report.seconds);
  for (const auto& [file, text] : suites) {
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">\n{}  </testsuite>\n",
                       ForAttribute(file), counts[file].first, counts[file].second, text);
  }
  return out + "</testsuites>\n";
}

std::string Tap(const TestReport& report) {
  std::string out =
      fmt::format("TAP version 13\n1..{}\n",
                  report.cases.size() + report.problems.size() + report.checks.size());
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
    line(false, FileAndLine(problem.file, problem.line), problem.message, "");
  }
  for (size_t i = 0; i < report.cases.size(); ++i) {
    const TestResult& result = report.results[i];
    line(result.passed, report.cases[i].file + ": " + report.cases[i].name, result.message,
         result.details);
  }
  for (const TestReport::Check& check : report.checks) {
    line(check.message.empty(), check.name, check.message, "");
  }
  return out;
}

std::string JsonReport(const TestReport& report) {
  std::string out =
      fmt::format("{{\"passed\":{},\"failed\":{},\"seconds\":{:.6f},\"problems\":[",
                  report.cases.size() - report.failed(), report.failed(), report.seconds);
  for (size_t i = 0; i < report.problems.size(); ++i) {
    const TestProblem& problem = report.problems[i];
    out += fmt::format("{}{{\"file\":{},\"line\":{},\"message\":{}}}", i > 0 ? "," : "",
                       JsonText(AsUtf8(problem.file)), problem.line,
                       JsonText(AsUtf8(problem.message)));
  }
  out += "],\"tests\":[";
  for (size_t i = 0; i < report.cases.size(); ++i) {
    const TestCase& test = report.cases[i];
    const TestResult& result = report.results[i];
    out += fmt::format("{}\n{{\"file\":{},\"line\":{},\"name\":{},\"passed\":{},\"seconds\":{:.6f}",
                       i > 0 ? "," : "", JsonText(AsUtf8(test.file)), test.line,
                       JsonText(AsUtf8(test.name)), result.passed, result.seconds);
    if (!result.passed) {
      out += fmt::format(",\"message\":{},\"details\":{}", JsonText(AsUtf8(result.message)),
                         JsonText(AsUtf8(result.details)));
    }
    out += '}';
  }
  out += "\n]";
  if (report.coverage != nullptr) out += ",\"coverage\":" + CoverageJson(*report.coverage);
  if (report.mutants != nullptr) out += ",\"mutants\":" + MutantsJson(*report.mutants);
  return out + "}\n";
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
  for (const TestReport::Check& check : report.checks) {
    if (check.message.empty()) continue;
    out += fmt::format("::error title={}::{}\n", check.name, ForGithub(check.message, false));
  }
  const std::vector<MutatedSearch> none;
  for (const MutatedSearch& search : report.mutants == nullptr ? none : *report.mutants) {
    for (const Mutant& mutant : search.survivors) {
      const MutantPlace place = PlaceInFile(search, mutant);
      out += fmt::format("::warning file={},line={},col={},title=no test tells::{}\n",
                         ForGithub(place.file, true), place.line, place.column,
                         ForGithub(ChangeOf(mutant), false));
    }
  }
  return out + Tally(report) + "\n";
}

}  // namespace

std::string AsUtf8(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t length = CodePointAt(text);
    out += length == 0 ? "\uFFFD" : text.substr(0, length);
    text.remove_prefix(std::max<size_t>(1, length));
  }
  return out;
}

std::string ForMarkup(std::string_view text) {
  std::string out;
  for (const char c : AsUtf8(text)) {
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

size_t TestReport::failed_checks() const {
  return static_cast<size_t>(std::count_if(
      checks.begin(), checks.end(), [](const Check& check) { return !check.message.empty(); }));
}

std::string RenderTests(const TestReport& report, std::string_view format, bool colour,
                        bool verbose) {
  if (format == "junit") return Junit(report);
  if (format == "tap") return Tap(report);
  if (format == "json") return JsonReport(report);
  if (format == "github") return Github(report);
  return Text(report, colour, verbose);
}

}  // namespace spelk::cli
