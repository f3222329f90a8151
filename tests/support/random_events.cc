// Making up awkward events.
#include "support/random_events.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace spelk::tests {
namespace {

using namespace std::string_view_literals;

constexpr auto kWords = std::to_array<std::string_view>({"alpha",
                                                         "Alpha",
                                                         "ALPHA",
                                                         "beta",
                                                         "cmd.exe",
                                                         "CMD.EXE",
                                                         "power shell",
                                                         "K\u212a",
                                                         "kilo",
                                                         "\u212ailo",
                                                         "mi\u017f\u017f",
                                                         "miss",
                                                         "stra\u00dfe",
                                                         "strasse",
                                                         "\u00c4rger",
                                                         "\u00e4rger",
                                                         "a\"b",
                                                         "a\\b",
                                                         "C:\\Windows\\System32",
                                                         "x/y",
                                                         "tab\there",
                                                         "nl\nline",
                                                         "",
                                                         "null",
                                                         "true",
                                                         "10.0.0.1",
                                                         "10.0.0.200",
                                                         "::1",
                                                         "fe80::1",
                                                         "1",
                                                         "01",
                                                         "1.0",
                                                         "1e0",
                                                         "-0",
                                                         "0",
                                                         "+1",
                                                         " 1",
                                                         "1 ",
                                                         "1_000",
                                                         "0x10",
                                                         "inf",
                                                         "nan",
                                                         "-5",
                                                         "5.50",
                                                         "12345678901234567890",
                                                         "1e999",
                                                         "9007199254740993",
                                                         "\U0001f600",
                                                         "\ufb01x",
                                                         "*",
                                                         "a*b",
                                                         "%",
                                                         "_",
                                                         "a,b,c",
                                                         "a;b",
                                                         "x=1 y=2",
                                                         "{\"j\":1,\"k\":[1,2,{\"z\":\"q\"}]}",
                                                         "[1,2]",
                                                         "<a><b>t</b></a>",
                                                         "2020-09-01 10:00:00",
                                                         "i\u0307",
                                                         "\u0130",
                                                         "I",
                                                         "OR",
                                                         "n/a",
                                                         "%20x",
                                                         "a--b",
                                                         "user=bob",
                                                         "00:10:15",
                                                         "10m",
                                                         "1,000",
                                                         "1600000100",
                                                         "NULL",
                                                         "OTHER",
                                                         "count",
                                                         "a b",
                                                         "$a$",
                                                         "[x]"});

constexpr auto kNumbers = std::to_array<std::string_view>({"0",
                                                           "1",
                                                           "2",
                                                           "3",
                                                           "10",
                                                           "-1",
                                                           "1.0",
                                                           "1.5",
                                                           "1e0",
                                                           "1E+2",
                                                           "-0",
                                                           "-0.0",
                                                           "0.1",
                                                           "0.30",
                                                           "100",
                                                           "9007199254740993",
                                                           "12345678901234567890",
                                                           "1e999",
                                                           "1e-400",
                                                           "2.50",
                                                           "3.999999999999999999",
                                                           "5e-324"});

constexpr auto kFieldNames = std::to_array<std::string_view>(
    {"a",    "b",     "s",     "n",          "m{}",   "h",         "a",         "s",
     "m{}",  "o.x",   "o.y.z", "u v",        "_time", "o{}.a",     "d.e",       "_raw",
     "host", "m{}.a", "index", "sourcetype", "_x",    "linecount", "date_hour", "source"});

// The text as a JSON string, in one of the ways to write it.
std::string Quoted(Choices& choices, std::string_view text) {
  const size_t style = choices.Below(8);
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || (style == 7 && byte < 0x7f)) {
      out += fmt::format("\\u{:04x}", byte);
    } else if (c == '/' && style == 6) {
      out += "\\/";
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string Scalar(Choices& choices) {
  const size_t kind = choices.Below(10);
  if (kind < 5) return Quoted(choices, choices.Pick(kWords));
  if (kind < 8) return std::string(choices.Pick(kNumbers));
  if (kind < 9) return choices.Pick({"true", "false", "null"});
  return fmt::format("{}", static_cast<int>(choices.Below(35)) - 5);
}

std::string AnyValue(Choices& choices, int depth) {
  const size_t kind = choices.Below(8);
  if (depth > 2 || kind < 5) return Scalar(choices);
  std::string out;
  for (size_t i = choices.Below(4); i > 0; --i) {
    if (!out.empty()) out += ',';
    if (kind == 7) out += choices.Pick({"\"a\":", "\"b\":", "\"x.y\":", "\"\":"});
    out += AnyValue(choices, depth + 1);
  }
  return kind == 7 ? "{" + out + "}" : "[" + out + "]";
}

constexpr size_t kBegin = 1'600'000'000;

std::string TimeMember(Choices& choices, size_t i) {
  const size_t seconds = kBegin + std::array{i * 30, i / 3 * 60, i * 37 % 500}[choices.Below(3)];
  const std::string fraction = choices.Pick({"", "", ".5", ".123456", ".999999999"});
  switch (choices.Below(10)) {
    case 0:
    case 1:
    case 2:
    case 3:
      return fmt::format("\"_time\":{}{}", seconds, fraction);
    case 4:
      return fmt::format("\"_time\":\"{}{}\"", seconds, fraction);
    case 5:
      return fmt::format("\"@timestamp\":\"2020-09-13T12:{:02}:{:02}{}\"", i % 60, i * 7 % 60,
                         choices.Pick({"Z", "+02:00", ".25Z", ""}));
    case 6:
      return fmt::format("\"timestamp\":{}", seconds * 1000);
    case 7:
      return "\"_time\":" + choices.Pick({"null", "\"\"", "\"abc\"", "-5", "0", "1e10",
                                          "[1600000100,1600000200]", "99999999999", "true"});
    case 8:
      return fmt::format("\"EventTime\":\"2020-09-13 12:{:02}:{:02}\"", i % 60, i * 7 % 60);
    default:
      return {};
  }
}

std::string BrokenLine(Choices& choices, const std::string& line) {
  switch (choices.Below(4)) {
    case 0:
      return line.substr(0, choices.Below(line.size()));
    case 1:
      return line.substr(0, line.size() - 1) +
             choices.Pick({",\"z\":\"\\q\"}", ",}", " x}", "} x"});
    case 2: {
      std::string damaged = line;
      damaged[choices.Below(line.size())] = static_cast<char>(choices.Below(256));
      std::replace(damaged.begin(), damaged.end(), '\n', ' ');
      return damaged;
    }
    default:
      return choices.Pick({"not json", "", "[1]", "{\"a\":1 \"b\":2}", "{\"a\":tru,\"b\":2}",
                           "{\"a\":01,\"s\":\"alpha\"}",
                           "{\"s\":\"a\x01"
                           "b\"}",
                           "{\"s\":\"alpha\"}{\"s\":\"beta\"}", "\xef\xbb\xbf{\"a\":1}",
                           "{\"a\":1,\"s\":\"\\ud800x\",\"n\":3}",
                           "{\"a\":1,\"m\":[1,2,\"s\":\"alpha\"}",
                           "{\"a\":{\"b\":1,\"s\":\"alpha\"}", "null", "{\"\xe6\xe6\":1,\"a\":1}",
                           "{\"a\":null,\"c\":{1,\"2\",{\"d\":-0.0}]}"});
  }
}

std::string Joined(Choices& choices, std::vector<std::string> members) {
  for (size_t i = members.size(); i > 1 && choices.OneIn(2); --i) {
    std::swap(members[i - 1], members[choices.Below(i)]);
  }
  const std::string comma = choices.Pick({",", ",", ", ", " ,\t"});
  std::string line = "{";
  for (const std::string& member : members) {
    if (line.size() > 1) line += comma;
    line += member;
  }
  return line + "}";
}

std::string FieldsEvent(Choices& choices, size_t i) {
  std::vector<std::string> members;
  const auto maybe = [&](size_t percent, std::string_view name, std::string value) {
    if (choices.Percent(percent)) members.push_back(fmt::format("\"{}\":{}", name, value));
  };
  if (std::string time = TimeMember(choices, i); !time.empty()) members.push_back(std::move(time));
  maybe(80, "a",
        choices.Pick({"1", "2", "3", "\"1\"", "10", "null", "\"\"", "1.0", "\"x\"", "-2"}));
  maybe(70, "b", Scalar(choices));
  maybe(70, "s", Quoted(choices, choices.Pick(kWords)));
  maybe(60, "n", fmt::format("{}", choices.Below(100)));
  maybe(50, "m",
        choices.Pick({"[1,2,3]", "[\"x\",\"y\"]", "[\"x\",\"x\",\"alpha\"]", "[]", "[null]",
                      "[[1,2],[3]]", "\"x,y,z\"", "[{\"a\":1},{\"a\":\"q\"},{\"b\":2}]",
                      "[1,[2],{\"a\":3}]", "[5,\"five\",5.0]"}));
  maybe(40, "o",
        choices.Pick({"{\"x\":1}", "{\"x\":1,\"y\":{\"z\":\"q\"}}", "{}", "null", "\"text\"",
                      "[{\"a\":1},{\"a\":2}]", "{\"y\":{\"z\":[1,2]}}"}));
  maybe(20, "o.x", Scalar(choices));
  maybe(20, "d.e", AnyValue(choices, 0));
  maybe(30, "u v", Scalar(choices));
  maybe(30, "h", choices.Pick({"\"h1\"", "\"h2\"", "\"H1\"", "\"h3\""}));
  maybe(10, "host", choices.Pick({"\"h1\"", "\"h2\"", "\"\""}));
  maybe(10, "_x", Scalar(choices));
  maybe(5, "_raw", Quoted(choices, choices.Pick(kWords)));
  maybe(5, "index", choices.Pick({"\"main\"", "\"lab\""}));
  maybe(5, "sourcetype", choices.Pick({"\"st1\"", "\"XmlWinEventLog\""}));
  maybe(10, "\\u0061", Scalar(choices));
  maybe(10, "a", Scalar(choices));
  return Joined(choices, std::move(members));
}

constexpr auto kLogFields = std::to_array<std::string_view>({"a",
                                                             "user",
                                                             "EventID",
                                                             "EventCode",
                                                             "Image",
                                                             "process_name",
                                                             "process",
                                                             "dest",
                                                             "host",
                                                             "Computer",
                                                             "CommandLine",
                                                             "TargetUserName",
                                                             "NewProcessName",
                                                             "parent_process_name",
                                                             "m{}",
                                                             "_time",
                                                             "winlog.event_id",
                                                             "Event.System.EventID",
                                                             "f",
                                                             "eventName",
                                                             "userIdentity.userName",
                                                             "signature_id",
                                                             "_raw",
                                                             "sourcetype",
                                                             "index",
                                                             "Channel",
                                                             "source"});
constexpr auto kLogValues =
    std::to_array<std::string_view>({"1",
                                     "4688",
                                     "4624",
                                     "10",
                                     "cmd.exe",
                                     "C:\\Windows\\System32\\cmd.exe",
                                     "ana",
                                     "bo",
                                     "CORP\\bo",
                                     "ws1",
                                     "WS2",
                                     "-",
                                     "SYSTEM",
                                     "null",
                                     "",
                                     "h1",
                                     "Security",
                                     "Get",
                                     "x",
                                     "whoami",
                                     "plain",
                                     "powershell.exe",
                                     "3",
                                     "XmlWinEventLog",
                                     "Microsoft-Windows-Sysmon/Operational"});

std::string LogEvent(Choices& choices, size_t i) {
  const std::string time = fmt::format("2020-09-13T12:{:02}:{:02}", i * 37 / 60 % 60, i * 37 % 60);
  const std::string image = choices.Pick(
      {R"(C:\\Windows\\System32\\cmd.exe)", R"(C:\\x\\Powershell.EXE)", R"(D:\\t.exe)", ""});
  const std::string user = choices.Pick({"ana", R"(CORP\\bo)", "-", "SYSTEM", "", "null"});
  const std::string id = choices.Pick({"1", "3", "10", "4624", "4688", "7045"});
  switch (choices.Below(10)) {
    case 0:
      return fmt::format(
          R"({{"@timestamp":"{}Z","winlog":{{"channel":"Security","event_id":{},"computer_name":"ws{}","event_data":{{"NewProcessName":"{}","TargetUserName":"{}"}}}},"event":{{"code":{}}}}})",
          time, id, i % 3, image, user, id);
    case 1:
      return fmt::format(
          R"({{"time":{},"host":"h{}","source":"s","index":"lab","event":{{"a":{},"Image":"{}","user":"{}"}},"fields":{{"f":"x{}"}}}})",
          kBegin + i, i % 3, i % 5, image, user, i % 2);
    case 2:
      return fmt::format(R"({{"time":{},"event":"plain text a={} user={}"}})", kBegin + i, i % 4,
                         user);
    case 3:
      return fmt::format(
          R"({{"preview":false,"offset":{},"result":{{"_time":"{}.000+00:00","a":"{}","user":"{}","m":["x","y"],"_raw":"raw {}"}}}})",
          i, time, i % 5, user, i);
    case 4:
      return fmt::format(
          R"({{"_index":"w","_id":"{}","_source":{{"@timestamp":"{}Z","a":{},"process":{{"executable":"{}"}},"winlog":{{"channel":"Microsoft-Windows-Sysmon/Operational","event_id":1,"event_data":{{"Image":"{}","User":"{}"}}}}}}}})",
          i, time, i % 4, image, image, user);
    case 5:
      return fmt::format(
          R"({{"Event":{{"System":{{"Provider":{{"#attributes":{{"Name":"Microsoft-Windows-Sysmon"}}}},"EventID":{},"TimeCreated":{{"#attributes":{{"SystemTime":"{}.123Z"}}}},"Computer":"ws{}","Channel":"Microsoft-Windows-Sysmon/Operational"}},"EventData":{{"Image":"{}","User":"{}"}}}}}})",
          id, time, i % 3, image, user);
    case 6:
      return fmt::format(
          R"({{"EventID":{},"SourceName":"Microsoft-Windows-Sysmon","Hostname":"ws{}","EventTime":"{}","Channel":"Microsoft-Windows-Sysmon/Operational","Image":"{}","User":"{}","CommandLine":"{} /c whoami","ParentImage":"C:\\p.exe","host":"wec"}})",
          id, i % 3, time, image, user, image);
    case 7:
      return fmt::format(
          R"({{"Records":[{{"eventTime":"{}Z","eventName":"Get","userIdentity":{{"userName":"{}"}},"a":{}}},{{"eventTime":"{}Z","eventName":"Put","a":{}}}]}})",
          time, user, i % 5, time, i % 3);
    case 8:
      return fmt::format(
          R"({{"init_offset":0,"results":[{{"_time":"{}.000+00:00","a":"{}","user":"{}"}},{{"a":"9","host":"h9"}}]}})",
          time, i % 5, user);
    default:
      return fmt::format(
          R"({{"EventID":{},"Channel":"Security","Hostname":"ws{}","TimeCreated":"{}.5Z","Level":"4","NewProcessName":"{}","TargetUserName":"{}","CommandLine":"{}"}})",
          id, i % 3, time, image, user, image);
  }
}

}  // namespace

RandomFeed RandomFields(Choices& choices, size_t events, bool broken) {
  std::string text;
  for (size_t i = 0; i < events; ++i) {
    std::string line = FieldsEvent(choices, i);
    if (broken && choices.OneIn(8)) line = BrokenLine(choices, line);
    text += choices.OneIn(20) ? "  " + line + " " : line;
    if (i + 1 < events || !choices.OneIn(4)) text += choices.OneIn(30) ? "\r\n" : "\n";
  }
  return {std::move(text), kFieldNames, kWords, broken};
}

RandomFeed RandomLogs(Choices& choices, size_t events) {
  std::string text;
  for (size_t i = 0; i < events; ++i) text += LogEvent(choices, i) + "\n";
  return {std::move(text), kLogFields, kLogValues, false};
}

}  // namespace spelk::tests
