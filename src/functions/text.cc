// Text functions: len, lower, upper, trim, replace, substr, urldecode, spath …
#include <algorithm>
#include <string>

#include "base/arena_builder.h"
#include "functions/arguments.h"
#include "functions/entry.h"
#include "functions/path_argument.h"
#include "functions/regex_argument.h"
#include "value/case_fold.h"

namespace spelk::functions {
namespace {

constexpr std::string_view kTextPage = "Text functions";
constexpr std::string_view kTrimmed = " \t";

bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

int64_t CountCodePoints(std::string_view text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return !IsContinuation(c); });
}

// The offset of the code point number `index`; the size of the text if it has no more than that.
size_t OffsetOf(std::string_view text, int64_t index) {
  size_t at = 0;
  for (; at < text.size() && index > 0; --index) {
    ++at;
    while (at < text.size() && IsContinuation(text[at])) ++at;
  }
  return at;
}

Value Len(Call& call, std::span<const Value> arguments) {
  return Value::Integer(CountCodePoints(call.TextOf(arguments[0])));
}

// ---------------------------------------------------------------- lower, upper

// Case is mapped code point by code point, so a long text may be mapped in pieces.
Value MapCase(Call& call, std::string_view text, std::string (*map)(std::string_view)) {
  constexpr size_t kPiece = 4096;
  ArenaText out(call.arena());
  while (!text.empty()) {
    size_t size = std::min(kPiece, text.size());
    while (size < text.size() && IsContinuation(text[size])) ++size;
    out.Add(std::string_view(map(text.substr(0, size))));
    text.remove_prefix(size);
  }
  return Value::Text(out.FinishText());
}

Value Lower(Call& call, std::span<const Value> arguments) {
  return MapCase(call, call.TextOf(arguments[0]), &ToLower);
}

Value Upper(Call& call, std::span<const Value> arguments) {
  return MapCase(call, call.TextOf(arguments[0]), &ToUpper);
}

// ---------------------------------------------------------------- trim

std::string_view TrimLeft(std::string_view text, std::string_view characters) {
  while (!text.empty()) {
    const size_t size = OffsetOf(text, 1);
    if (characters.find(text.substr(0, size)) == std::string_view::npos) break;
    text.remove_prefix(size);
  }
  return text;
}

std::string_view TrimRight(std::string_view text, std::string_view characters) {
  while (!text.empty()) {
    size_t begin = text.size() - 1;
    while (begin > 0 && IsContinuation(text[begin])) --begin;
    if (characters.find(text.substr(begin)) == std::string_view::npos) break;
    text.remove_suffix(text.size() - begin);
  }
  return text;
}

std::string_view TrimCharacters(Call& call, std::span<const Value> arguments) {
  return arguments.size() > 1 ? call.TextOf(arguments[1]) : kTrimmed;
}

Value Ltrim(Call& call, std::span<const Value> arguments) {
  return Value::Text(TrimLeft(call.TextOf(arguments[0]), TrimCharacters(call, arguments)));
}

Value Rtrim(Call& call, std::span<const Value> arguments) {
  return Value::Text(TrimRight(call.TextOf(arguments[0]), TrimCharacters(call, arguments)));
}

Value Trim(Call& call, std::span<const Value> arguments) {
  const std::string_view characters = TrimCharacters(call, arguments);
  return Value::Text(TrimRight(TrimLeft(call.TextOf(arguments[0]), characters), characters));
}

// ---------------------------------------------------------------- replace

// \0 to \9 are what the groups took, \\ is a backslash; any other pair stays.
void AddReplacement(std::string_view replacement, const RegexMatcher& matcher,
                    std::string_view text, ArenaText& out) {
  while (!replacement.empty()) {
    const size_t plain = std::min(replacement.find('\\'), replacement.size());
    out.Add(replacement.substr(0, plain));
    replacement.remove_prefix(plain);
    if (replacement.empty()) return;
    const char next = replacement.size() > 1 ? replacement[1] : '\0';
    if (next >= '0' && next <= '9') {
      out.Add(matcher.Group(text, static_cast<size_t>(next - '0')).value_or(std::string_view()));
    } else {
      out.Add(replacement.substr(0, next == '\\' ? 1 : 2));
    }
    replacement.remove_prefix(std::min<size_t>(2, replacement.size()));
  }
}

// An expression that reaches its match limit leaves the text as it is.
Value ReplaceIn(Call& call, std::string_view text, RegexMatcher& matcher,
                std::string_view replacement) {
  ArenaText out(call.arena());
  size_t copied = 0;
  for (size_t start = 0; start <= text.size();) {
    const MatchResult result = matcher.Match(text, start);
    if (result == MatchResult::kLimit) {
      call.counters().regex_limits.fetch_add(1, std::memory_order_relaxed);
      return Value::Text(text);
    }
    if (result == MatchResult::kNo) break;
    // \K may move the beginning of a match into what was copied already.
    const size_t begin = std::max(matcher.begin(0), copied);
    out.Add(text.substr(copied, begin - copied));
    AddReplacement(replacement, matcher, text, out);
    copied = std::max(matcher.end(0), copied);
    start = matcher.NextStart(text);
    if (call.arena().exhausted()) return Value::Null();
  }
  if (copied == 0 && out.size() == 0) return Value::Text(text);
  out.Add(text.substr(copied));
  return Value::Text(out.FinishText());
}

Value ReplaceFunction(Call& call, std::span<const Value> arguments) {
  RegexMatcher* matcher = call.prepared<RegexArgument>().Find(call.TextOf(arguments[1]));
  if (matcher == nullptr) return Value::Null();
  return ReplaceIn(call, call.TextOf(arguments[0]), *matcher, call.TextOf(arguments[2]));
}

absl::StatusOr<std::unique_ptr<Prepared>> PrepareReplace(std::span<const Value* const> constants) {
  return RegexArgument::Make(constants[1]);
}

// ---------------------------------------------------------------- substr

// As SQLite's substr(): positions count from 1, negative ones from the end; a position of 0 stands
// before the first character, which takes one off the length; a negative length takes the
// characters before the position.
Value Substr(Call& call, std::span<const Value> arguments) {
  const std::string_view text = call.TextOf(arguments[0]);
  const std::optional<int64_t> position = WholeArgument(arguments[1]);
  const std::optional<int64_t> length =
      arguments.size() > 2 ? WholeArgument(arguments[2]) : std::optional<int64_t>(INT64_MAX / 4);
  if (!position || !length) return Value::Null();
  int64_t first = *position;
  int64_t count = std::abs(*length);
  if (first < 0) {
    first += CountCodePoints(text);
    if (first < 0) {
      count = std::max<int64_t>(0, count + first);
      first = 0;
    }
  } else if (first > 0) {
    --first;
  } else if (count > 0) {
    --count;
  }
  if (*length < 0) {
    first -= count;
    if (first < 0) {
      count += first;
      first = 0;
    }
  }
  const std::string_view rest = text.substr(OffsetOf(text, first));
  return Value::Text(rest.substr(0, OffsetOf(rest, count)));
}

// ---------------------------------------------------------------- urldecode

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  const char lower = static_cast<char>(c | 0x20);
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a') + 10U;
  return std::nullopt;
}

// The byte that a percent escape at `at` stands for; nothing if there is no escape.
std::optional<char> Escaped(std::string_view text, size_t at) {
  if (text[at] != '%' || at + 2 >= text.size()) return std::nullopt;
  const std::optional<unsigned> high = HexDigit(text[at + 1]);
  const std::optional<unsigned> low = HexDigit(text[at + 2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high * 16U + *low);
}

// Texts are UTF-8: bytes that are not become U+FFFD.
std::string_view MadeUtf8(std::string_view text, Arena& arena) {
  constexpr char32_t kFirstNotUtf8 = 0x110000;
  ArenaText out(arena);
  for (size_t at = 0; at < text.size();) {
    const size_t begin = at;
    const bool good = NextCodePoint(text, &at) < kFirstNotUtf8;
    out.Add(good ? text.substr(begin, at - begin) : std::string_view("\xEF\xBF\xBD"));
  }
  return out.FinishText();
}

Value Urldecode(Call& call, std::span<const Value> arguments) {
  const std::string_view text = call.TextOf(arguments[0]);
  if (text.find('%') == std::string_view::npos) return Value::Text(text);
  ArenaText decoded(call.scratch());
  for (size_t at = 0; at < text.size(); ++at) {
    const std::optional<char> byte = Escaped(text, at);
    decoded.Add(byte.value_or(text[at]));
    if (byte) at += 2;
  }
  return Value::Text(MadeUtf8(decoded.FinishText(), call.arena()));
}

// ---------------------------------------------------------------- spath

Value Spath(Call& call, std::span<const Value> arguments) {
  const io::LocationPath& path = call.prepared<PathArguments>().Find(1, call.TextOf(arguments[1]));
  return io::ValueAtPath(call.TextOf(arguments[0]), path, call.scratch(), call.arena());
}

// ---------------------------------------------------------------- entries

constexpr Type kTextAndNumbers[] = {Type::kString, Type::kNumber};
constexpr std::string_view kLenAliases[] = {"length"};

constexpr Example kLenExamples[] = {
    {.title = "Characters, not bytes",
     .input = R"({"name":"Zoë"})",
     .query = "eval n=len(name)",
     .output = R"({"name":"Zoë","n":3})"},
};
constexpr Example kLowerExamples[] = {
    {.title = "Each value of a multivalue field",
     .input = R"({"user":"ANA"} {"user":["Bo","CY"]})",
     .query = "eval user=lower(mvappend(user,'user{}')) | table user",
     .output = R"({"user":"ana"} {"user":["bo","cy"]})"},
};
constexpr Example kLtrimExamples[] = {
    {.title = "The characters are a set, not a prefix",
     .input = R"({"cost":"$ $12"})",
     .query = "eval cost=ltrim(cost,\" $\")",
     .output = R"({"cost":"12"})"},
};
constexpr Example kReplaceExamples[] = {
    {.title = "Groups of the expression in the new text",
     .input = R"({"date":"1/14/2023"})",
     .query = R"(eval date=replace(date,"^(\d+)/(\d+)/","\2/\1/"))",
     .output = R"({"date":"14/1/2023"})"},
    {.title = "Everything up to the last backslash",
     .input = R"({"path":"C:\\Temp\\a.exe"})",
     .query = R"(eval name=replace(path,"^.*\\\\",""))",
     .output = R"({"path":"C:\\Temp\\a.exe","name":"a.exe"})"},
};
constexpr Example kRtrimExamples[] = {
    {.title = "Blanks and tabs, if nothing is said",
     .input = R"({"text":" a b \t"})",
     .query = "eval text=rtrim(text)",
     .output = R"({"text":" a b"})"},
};
constexpr Example kSpathExamples[] = {
    {.title = "A value out of a JSON text",
     .input = R"({"j":"{\"tags\":[{\"t\":\"x\"},{\"t\":\"y\"}]}"})",
     .query = "eval t=spath(j,\"tags{}.t\") | table t",
     .output = R"({"t":["x","y"]})"},
    {.title = "An attribute out of an XML text",
     .input = R"({"x":"<book id=\"7\"><title>SPL</title></book>"})",
     .query = "eval id=spath(x,\"book{@id}\"), title=spath(x,\"book.title\") | table id title",
     .output = R"({"id":"7","title":"SPL"})"},
};
constexpr Example kSubstrExamples[] = {
    {.title = "From the beginning and from the end",
     .input = R"({"s":"string"})",
     .query = "eval a=substr(s,1,3), b=substr(s,-3)",
     .output = R"({"s":"string","a":"str","b":"ing"})"},
};
constexpr Example kTrimExamples[] = {
    {.title = "Both sides",
     .input = R"({"user":" ana\t"})",
     .query = "eval user=trim(user)",
     .output = R"({"user":"ana"})"},
};
constexpr Example kUpperExamples[] = {
    {.title = "A host in capitals",
     .input = R"({"host":"dc01"})",
     .query = "eval host=upper(host)",
     .output = R"({"host":"DC01"})"},
};
constexpr Example kUrldecodeExamples[] = {
    {.title = "A path in plain text",
     .input = R"({"url":"a%20b%3Fc%3Dd"})",
     .query = "eval url=urldecode(url)",
     .output = R"({"url":"a b?c=d"})"},
};

constexpr std::string_view kReplaceNotes[] = {
    "\\0 is the whole match, \\\\ a backslash; an expression that is no constant and does not "
    "compile gives null."};
constexpr std::string_view kSpathNotes[] = {
    "{} takes all elements of an array, {n} one of them: JSON counts from 0, XML from 1. An array "
    "or object is its text as it stands there."};
constexpr std::string_view kSubstrNotes[] = {
    "Positions are SQLite's: 1 is the first character, 0 stands before it."};
constexpr std::string_view kUrldecodeNotes[] = {
    "A + stays as it is; what is no escape too. Bytes that are not UTF-8 become U+FFFD."};

constexpr FunctionEntry kTextTable[] = {
    {.name = "len",
     .aliases = kLenAliases,
     .signature = "len(<str>)",
     .summary = "Returns the number of characters (Unicode code points) of the text.",
     .page = kTextPage,
     .arity = {1, 1},
     .parameters = kTexts,
     .result = Type::kNumber,
     .call = &Len,
     .examples = kLenExamples},
    {.name = "lower",
     .signature = "lower(<str>)",
     .summary = "Returns the text in lower case.",
     .page = kTextPage,
     .arity = {1, 1},
     .parameters = kTexts,
     .result = Type::kString,
     .multi = Multi::kEach,
     .call = &Lower,
     .examples = kLowerExamples},
    {.name = "ltrim",
     .signature = "ltrim(<str>[, <trim_chars>])",
     .summary = "Removes characters from the left side of the text.",
     .page = kTextPage,
     .arity = {1, 2},
     .parameters = kTexts,
     .result = Type::kString,
     .call = &Ltrim,
     .examples = kLtrimExamples},
    {.name = "replace",
     .signature = "replace(<str>, <regex>, <replacement>)",
     .summary = "Replaces every match of the regular expression.",
     .page = kTextPage,
     .arity = {3, 3},
     .parameters = kTexts,
     .result = Type::kString,
     .call = &ReplaceFunction,
     .prepare = &PrepareReplace,
     .examples = kReplaceExamples,
     .notes = kReplaceNotes},
    {.name = "rtrim",
     .signature = "rtrim(<str>[, <trim_chars>])",
     .summary = "Removes characters from the right side of the text.",
     .page = kTextPage,
     .arity = {1, 2},
     .parameters = kTexts,
     .result = Type::kString,
     .call = &Rtrim,
     .examples = kRtrimExamples},
    {.name = "spath",
     .signature = "spath(<value>, <path>)",
     .summary = "Returns what stands at a path of a JSON or XML text.",
     .page = kTextPage,
     .arity = {2, 2},
     .parameters = kTexts,
     .call = &Spath,
     .prepare = &PathArguments::Make,
     .examples = kSpathExamples,
     .notes = kSpathNotes},
    {.name = "substr",
     .signature = "substr(<str>, <start>[, <length>])",
     .summary = "Returns a part of the text.",
     .page = kTextPage,
     .arity = {2, 3},
     .parameters = kTextAndNumbers,
     .result = Type::kString,
     .call = &Substr,
     .examples = kSubstrExamples,
     .notes = kSubstrNotes},
    {.name = "trim",
     .signature = "trim(<str>[, <trim_chars>])",
     .summary = "Removes characters from both sides of the text.",
     .page = kTextPage,
     .arity = {1, 2},
     .parameters = kTexts,
     .result = Type::kString,
     .call = &Trim,
     .examples = kTrimExamples},
    {.name = "upper",
     .signature = "upper(<str>)",
     .summary = "Returns the text in upper case.",
     .page = kTextPage,
     .arity = {1, 1},
     .parameters = kTexts,
     .result = Type::kString,
     .multi = Multi::kEach,
     .call = &Upper,
     .examples = kUpperExamples},
    {.name = "urldecode",
     .signature = "urldecode(<url>)",
     .summary = "Replaces percent escapes by the characters they stand for.",
     .page = kTextPage,
     .arity = {1, 1},
     .parameters = kTexts,
     .result = Type::kString,
     .call = &Urldecode,
     .examples = kUrldecodeExamples,
     .notes = kUrldecodeNotes},
};

}  // namespace

std::span<const FunctionEntry> TextFunctions() { return kTextTable; }

}  // namespace spelk::functions
