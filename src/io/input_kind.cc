// The signatures of formats that people bring.
#include "io/input_kind.h"

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>

#include "io/terminal_text.h"
#include "value/ascii.h"

namespace spelk::io {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view bytes;
  std::string_view name;
  std::string_view advice;  // {} is the file; empty if there is none to give.
};

constexpr Signature kSignatures[] = {
    {"ElfFile\0"sv, "a Windows event log (EVTX)",
     "`evtx_dump -o jsonl {}` writes events that spelk reads"},
    {"\xFD"
     "7zXZ\0"sv,
     "compressed with xz", "`xz -dc {} | spelk …` reads it"},
    {"BZh"sv, "compressed with bzip2", "`bzip2 -dc {} | spelk …` reads it"},
    {"PK\x03\x04"sv, "a zip archive", "`unzip -p {} | spelk …` reads what is in it"},
    {"7z\xBC\xAF\x27\x1C"sv, "a 7z archive", "`7z e -so {} | spelk …` reads what is in it"},
    {"\x04\x22\x4D\x18"sv, "compressed with lz4", "`lz4 -dc {} | spelk …` reads it"},
    {"Rar!\x1A"sv, "a RAR archive", "unpack it first"},
    {"\xFF\xFE"sv, "UTF-16", "`iconv -f UTF-16 -t UTF-8 {} | spelk …` reads it"},
    {"\xFE\xFF"sv, "UTF-16", "`iconv -f UTF-16 -t UTF-8 {} | spelk …` reads it"},
    {"{\0"sv, "UTF-16", "`iconv -f UTF-16LE -t UTF-8 {} | spelk …` reads it"},
    {"\0{"sv, "UTF-16", "`iconv -f UTF-16BE -t UTF-8 {} | spelk …` reads it"},
    {"PAR1"sv, "Parquet", "convert it to NDJSON, with DuckDB for example"},
    {"ARROW1"sv, "an Arrow file", "convert it to NDJSON, with DuckDB for example"},
    {"Obj\x01"sv, "Avro", "convert it to NDJSON"},
    {"SQLite format 3\0"sv, "an SQLite database", "export a table of it as NDJSON"},
    {"\xD4\xC3\xB2\xA1"sv, "a packet capture", "`tshark -T ek -r {} | spelk …` reads it"},
    {"\xA1\xB2\xC3\xD4"sv, "a packet capture", "`tshark -T ek -r {} | spelk …` reads it"},
    {"\x0A\x0D\x0D\x0A"sv, "a packet capture", "`tshark -T ek -r {} | spelk …` reads it"},
    {"%PDF"sv, "a PDF document", ""},
    {"\x7F"
     "ELF"sv,
     "a program", ""},
    {"MZ"sv, "a program of Windows", ""},
};

// Shorter ones may begin a text.
constexpr size_t kLongSignature = 4;

bool IsTar(std::string_view start) {
  constexpr size_t kMagicAt = 257;
  return start.size() > kMagicAt && start.substr(kMagicAt).starts_with("ustar");
}

// Brackets that match, the first of which closes last; what lies between is not looked at.
bool IsOneObject(std::string_view line) {
  if (!line.starts_with('{') || !line.ends_with('}')) return false;
  bool in_string = false;
  size_t depth = 0;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      ++depth;
    } else if (!in_string && (c == '}' || c == ']')) {
      if (--depth == 0)
        return i + 1 == line.size() && simdjson::validate_utf8(line.data(), line.size());
    }
  }
  return false;
}

// <134>Oct 11 …
bool IsSyslog(std::string_view text) {
  const size_t end = text.find('>');
  return text.starts_with('<') && end != std::string_view::npos && end > 1 && end <= 4 &&
         text.substr(1, end - 1).find_first_not_of("0123456789") == std::string_view::npos;
}

// Two lines with the same number of separators.
bool LooksLikeTable(std::string_view text, char separator) {
  const size_t first = text.find('\n');
  if (first == std::string_view::npos) return false;
  const size_t second = std::min(text.find('\n', first + 1), text.size());
  const auto count = [separator](std::string_view line) {
    return std::count(line.begin(), line.end(), separator);
  };
  const auto columns = count(text.substr(0, first));
  return columns > 0 && columns == count(text.substr(first + 1, second - first - 1));
}

Signature TextKind(std::string_view text) {
  if (text.starts_with('[')) return {{}, "a JSON array", "--input-format json reads it"};
  if (text.starts_with('{')) {
    return {
        {}, "JSON of which the objects are not one on each line", "--input-format json reads it"};
  }
  if (IsSyslog(text)) return {{}, "syslog", "--input-format text reads it"};
  if (text.starts_with("CEF:") || text.starts_with("LEEF:")) {
    return {{}, "CEF or LEEF", "--input-format text reads it"};
  }
  if (IsXml(text)) {
    return {{},
            "XML without Windows events",
            "--input-format text reads its lines, or what --line-breaker parts"};
  }
  if (LooksLikeTable(text, '\t')) return {{}, "TSV", "--input-format tsv reads it"};
  if (LooksLikeTable(text, ',') || LooksLikeTable(text, ';'))
    return {{}, "CSV", "--input-format csv reads it"};
  return {};
}

Signature KindOf(std::string_view start) {
  for (const Signature& known : kSignatures) {
    if (start.starts_with(known.bytes)) return known;
  }
  if (IsTar(start)) return {{}, "a tar archive", "`tar -xOf {} | spelk …` reads what is in it"};
  return TextKind(TrimBlanks(start));
}

}  // namespace

bool IsKnownMagic(std::string_view start) {
  return std::any_of(std::begin(kSignatures), std::end(kSignatures), [start](const auto& known) {
    return known.bytes.size() >= kLongSignature && start.starts_with(known.bytes);
  });
}

bool IsXml(std::string_view start) {
  if (start.size() < 2 || start[0] != '<') return false;
  const char next = start[1];
  return next == '?' || next == '!' || next == '_' || (next >= 'a' && next <= 'z') ||
         (next >= 'A' && next <= 'Z');
}

bool BeginsWithEvent(std::string_view start) {
  const size_t begin = start.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return true;  // Nothing, so far.
  const size_t end = start.find('\n', begin);
  // Of a line that goes on nobody knows yet.
  if (end == std::string_view::npos && start.size() >= kLookedAt) return false;
  return IsOneObject(TrimBlanks(start.substr(begin, end - begin)));
}

std::string DescribeStart(std::string_view start, std::string_view path) {
  const Signature kind = KindOf(start);
  constexpr std::string_view kRead = "spelk reads JSON, CSV, Windows events and lines of text";
  if (kind.name.empty()) return std::string(kRead);
  std::string text = fmt::format("it is {}", kind.name);
  if (kind.advice.empty()) return fmt::format("{}, and {}", text, kRead);
  const size_t place = kind.advice.find("{}");
  std::string advice(kind.advice);
  if (place != std::string::npos) {
    std::string before = advice.substr(0, place);
    if (path == "-") before.pop_back();  // The blank.
    advice =
        fmt::format("{}{}{}", before, path == "-" ? "" : Printable(path), advice.substr(place + 2));
  }
  return fmt::format("{}; {}", text, advice);
}

}  // namespace spelk::io
