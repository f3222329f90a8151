// Making up search terms and eval expressions.
#include "support/random_terms.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace spelk::tests {
namespace {

constexpr int kDeepestTerm = 2;

bool IsWordByte(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool IsPlainWord(std::string_view text, std::string_view more) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [more](char c) {
    return IsWordByte(c) || more.find(c) != std::string_view::npos;
  });
}

bool IsOperator(std::string_view text) {
  return text == "AND" || text == "OR" || text == "NOT" || text == "IN" || text == "XOR";
}

}  // namespace

std::string RandomTerms::Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string RandomTerms::InCommand(const std::string& field) {
  return IsPlainWord(field, ".:{}@-") ? field : Quoted(field);
}

std::string RandomTerms::InEval(const std::string& field) {
  const bool plain =
      IsPlainWord(field, "") && std::isdigit(static_cast<unsigned char>(field[0])) == 0;
  return plain ? field : "'" + field + "'";
}

std::string RandomTerms::Field() {
  if (!live_.empty() && choices_.Percent(80)) return choices_.Pick(live_);
  return std::string(choices_.Pick(feed_.fields));
}

std::string RandomTerms::Target() {
  const std::string target = choices_.OneIn(3) ? std::string(feed_.fields[choices_.Below(6)])
                                               : choices_.Pick({"x", "y", "z", "k"});
  AddLive(target);
  return target;
}

std::string RandomTerms::Literal() { return Quoted(choices_.Pick(feed_.values)); }

// ---------------------------------------------------------------- search

std::string RandomTerms::SearchValue() {
  std::string value(choices_.Pick(feed_.values));
  const size_t kind = choices_.Below(12);
  if (kind < 3 && value.size() > 2 && IsPlainWord(value, ".-")) {
    const size_t at = choices_.Below(value.size());
    value = choices_.Pick({value.substr(0, at) + "*", "*" + value.substr(at),
                           "*" + value.substr(at / 2, at + 1) + "*"});
  } else if (kind == 3) {
    std::transform(value.begin(), value.end(), value.begin(),
                   [](unsigned char c) { return c < 0x80 ? std::toupper(c) : c; });
  } else if (kind == 4) {
    return "*";
  }
  const bool bare = IsPlainWord(value, ".*:-") && !IsOperator(value);
  return bare && choices_.OneIn(2) ? value : Quoted(value);
}

std::string RandomTerms::Term(int depth) {
  const std::string field = InCommand(Field());
  switch (choices_.Below(16)) {
    default:
      return field + choices_.Pick({"=", "=", "=", "!=", "<", ">", "<=", ">="}) + SearchValue();
    case 6:
    case 7:
      return fmt::format("{} IN ({}, {})", field, SearchValue(), SearchValue());
    case 8: {
      const std::string value(choices_.Pick(feed_.values));
      return IsPlainWord(value, ".-") && !IsOperator(value) ? value + choices_.Pick({"", "*"})
                                                            : Quoted(value + "a");
    }
    case 9:
      return choices_.Pick({"TERM(alpha)", "CASE(Alpha)", "TERM(10.0.0.1)", "CASE(CMD*)"});
    case 10:
      return choices_.Pick(
          {"earliest=1600000100", "latest=1600000300", "earliest=1600000050 latest=1600000400"});
    case 11:
      return field + "=" + choices_.Pick({"10.0.0.0/8", "\"10.0.0.0/24\"", "CASE(alpha)"});
    case 12:
      return choices_.Pick({"index=main", "host=*", "NOT index=lab", "sourcetype=*", "linecount=1",
                            "date_hour>5", "sourcetype=XmlWinEventLog", "host::h1"});
    case 13:
    case 14:
      return depth > 1 ? field + "=*" : "NOT " + Term(depth + 1);
    case 15:
      return depth > 1 ? field + "=*"
                       : fmt::format("({} {} {})", Term(depth + 1), choices_.Pick({"OR", "AND"}),
                                     Term(depth + 1));
  }
}

std::string RandomTerms::Terms() {
  std::string terms = Term();
  for (size_t more = choices_.Below(3); more > 0; --more) {
    terms += choices_.Pick({" ", " OR "}) + Term();
  }
  return terms;
}

// ---------------------------------------------------------------- eval

std::string RandomTerms::Regex() {
  return choices_.Pick({R"re("a")re",
                        R"re("^a")re",
                        R"re("(?i)alpha")re",
                        R"re("[0-9]+")re",
                        R"re("(.)(.*)$")re",
                        R"re("x|y")re",
                        R"re("\\d{2,}")re",
                        R"re("cmd\\.exe$")re",
                        R"re("(?i)CMD|power")re",
                        R"re("")re",
                        R"re("(?<q>a)b?")re",
                        R"re("alph[ab]")re",
                        R"re("kilo|miss")re",
                        R"re("(?i)kilo")re",
                        R"re("al(ph)?a")re",
                        R"re("(alpha|beta)+")re",
                        R"re("^(?!a)")re",
                        R"re("\\bwin")re",
                        R"re("a{0}lpha")re",
                        R"re("(?i:al)pha")re",
                        R"re("alpha?b")re",
                        R"re("(?x) al pha")re",
                        R"re("\\Qa.b\\E")re",
                        R"re("[a]lpha")re",
                        R"re("alp(?#c)ha")re",
                        R"re("(?s).*alpha")re",
                        R"re("(?m)^line$")re",
                        R"re("(?U)a+")re",
                        R"re("a(?=l)")re",
                        R"re("(?<!x)al")re",
                        R"re("(a)\\1?")re"});
}

std::string RandomTerms::Pattern() {
  const std::string value(choices_.Pick(feed_.values));
  if (value.size() < 2) return Quoted(value + "%");
  const size_t at = choices_.Below(value.size());
  return Quoted(choices_.Pick({value, value.substr(0, at) + "%", "%" + value.substr(at),
                               "%" + value.substr(at / 2, at + 1) + "%"}));
}

std::string RandomTerms::Number(int depth) {
  if (depth > kDeepestTerm || choices_.Below(3) == 0) {
    return choices_.OneIn(2) ? choices_.Pick({"0", "1", "2", "3.5", "0.10", "10", "1e3", "-1"})
                             : InEval(Field());
  }
  const auto number = [&] { return Number(depth + 1); };
  switch (choices_.Below(18)) {
    default:
      return fmt::format("({}{}{})", number(), choices_.Pick({"+", "-", "*", "/", "%"}), number());
    case 4:
      return fmt::format("round({},{})", number(), choices_.Pick({"0", "1", "2"}));
    case 5:
      return fmt::format("{}({})",
                         choices_.Pick({"abs", "ceiling", "floor", "exp", "sqrt", "ln", "log",
                                        "cosh", "exact", "sigfig"}),
                         number());
    case 6:
      return fmt::format("len({})", Text(depth + 1));
    case 7:
      return fmt::format("mvcount({})", Multivalue(depth + 1));
    case 8:
      return fmt::format("tonumber({}{})", InEval(Field()), choices_.Pick({"", ",16", ",2"}));
    case 9:
      return fmt::format("if({},{},{})", Boolean(depth + 1), number(), number());
    case 10:
      return fmt::format("{}({},{})", choices_.Pick({"min", "max", "sum", "avg"}), number(),
                         number());
    case 11:
      return fmt::format("coalesce({},{})", InEval(Field()), number());
    case 12:
      return fmt::format("strptime({},\"%Y-%m-%d %H:%M:%S\")", Text(depth + 1));
    case 13:
      return fmt::format("relative_time({},{})", choices_.Pick({"_time", "now()", "0"}),
                         choices_.Pick({"\"-1d@d\"", "\"@h\"", "\"+1mon\""}));
    case 14:
      return choices_.Pick({"now()", "_time", "random()%7", "pi()"});
    case 15:
      return fmt::format("mvfind({},\"a\")", Multivalue(depth + 1));
    case 16:
      return fmt::format("case({},{},true(),{})", Boolean(depth + 1), number(), number());
    case 17:
      return "-" + number();
  }
}

std::string RandomTerms::Text(int depth) {
  if (depth > kDeepestTerm || choices_.Below(5) < 2) {
    return choices_.OneIn(3) ? Literal() : InEval(Field());
  }
  const auto text = [&] { return Text(depth + 1); };
  switch (choices_.Below(20)) {
    default:
      return fmt::format("({}.{})", text(), text());
    case 1:
      return fmt::format(
          "{}({})", choices_.Pick({"lower", "upper", "trim", "ltrim", "rtrim", "urldecode", "md5"}),
          text());
    case 2:
      return fmt::format("substr({},{}{})", text(), choices_.Pick({"1", "2", "-3", "0"}),
                         choices_.Pick({"", ",2", ",100"}));
    case 3:
      return fmt::format("replace({},{},{})", text(), Regex(),
                         choices_.Pick({"\"\"", "\"X\"", "\"\\\\0-\"", "\"[\\\\1]\""}));
    case 4:
      return fmt::format("if({},{},{})", Boolean(depth + 1), text(), text());
    case 5:
      return fmt::format("coalesce({},{})", text(), text());
    case 6:
      return fmt::format("tostring({}{})", Number(depth + 1),
                         choices_.Pick({"", ",\"hex\"", ",\"commas\"", ",\"duration\""}));
    case 7:
      return fmt::format("mvjoin({},{})", Multivalue(depth + 1), choices_.Pick({"\",\"", "\"\""}));
    case 8:
      return fmt::format("mvindex({},{})", Multivalue(depth + 1),
                         choices_.Pick({"0", "1", "-1", "5"}));
    case 9:
      return fmt::format("strftime({},\"%Y-%m-%d %H:%M:%S.%3N\")",
                         choices_.OneIn(2) ? "_time" : Number(depth + 1));
    case 10:
      return fmt::format("printf({},{})", choices_.Pick({"\"%5d\"", "\"%.2f\"", "\"%-6s|\""}),
                         Any(depth + 1));
    case 11:
      return fmt::format("typeof({})", Any(depth + 1));
    case 12:
      return fmt::format("spath({},{})", text(), choices_.Pick({"\"j\"", "\"k{}\"", "\"a.b\""}));
    case 13:
      return fmt::format("json_extract({},\"k\")", text());
    case 14:
      return fmt::format("json_object(\"q\",{})", Any(depth + 1));
    case 15:
      return fmt::format("nullif({},{})", text(), text());
    case 16:
      return fmt::format("case({},{},{},{})", Boolean(depth + 1), text(), Boolean(depth + 1),
                         text());
    case 17:
      return fmt::format("tostring({})", Boolean(depth + 1));
  }
}

std::string RandomTerms::Multivalue(int depth) {
  if (depth > kDeepestTerm || choices_.OneIn(2)) return InEval(Field());
  const std::string field = InEval(Field());
  switch (choices_.Below(10)) {
    default:
      return fmt::format("split({},{})", Text(depth + 1),
                         choices_.Pick({"\",\"", "\"\"", "\"a\""}));
    case 1:
      return fmt::format("mvappend({},{})", Any(depth + 1), Any(depth + 1));
    case 2:
      return fmt::format("{}({})", choices_.Pick({"mvdedup", "mvsort", "mvreverse"}),
                         Multivalue(depth + 1));
    case 3:
      return fmt::format("mvfilter({})",
                         choices_.Pick({"match(" + field + ",\"a\")", field + "!=\"x\"",
                                        field + ">1", "like(" + field + ",\"%a%\")"}));
    case 4:
      return fmt::format("mvmap({},{})", field,
                         choices_.Pick({field + ".\"-\"", "len(" + field + ")", field + "*2"}));
    case 5:
      return "mvrange(0," + choices_.Pick({"3", "5", "mvcount(m)"}) + ")";
    case 6:
      return fmt::format("mvzip({},{})", Multivalue(depth + 1), Multivalue(depth + 1));
    case 7:
      return fmt::format("mvindex({},{})", Multivalue(depth + 1), choices_.Pick({"0,1", "-2,-1"}));
    case 8:
      return fmt::format("json_array_to_mv(json_array({},{}))", Any(depth + 1), Any(depth + 1));
  }
}

std::string RandomTerms::Any(int depth) {
  switch (choices_.Below(4)) {
    case 0:
      return Number(depth);
    case 3:
      return Multivalue(depth);
    default:
      return Text(depth);
  }
}

std::string RandomTerms::Boolean(int depth) {
  const std::string field = InEval(Field());
  if (depth > kDeepestTerm || choices_.Below(3) == 0) {
    return field + choices_.Pick({"=", "==", "!=", "<", ">", "<=", ">="}) +
           (choices_.OneIn(2)   ? Literal()
            : choices_.OneIn(2) ? Number(kDeepestTerm)
                                : Text(kDeepestTerm));
  }
  switch (choices_.Below(12)) {
    default:
      return fmt::format("{}({})",
                         choices_.Pick({"isnull", "isnotnull", "isnum", "isint", "isstr", "ismv"}),
                         Any(depth + 1));
    case 1:
    case 2:
      return fmt::format("like({},{})", field, Pattern());
    case 3:
    case 4:
      return fmt::format("match({},{})", choices_.OneIn(2) ? field : Text(depth + 1), Regex());
    case 5:
      return fmt::format("{} IN ({},{})", field, Literal(), Literal());
    case 6:
      return fmt::format("cidrmatch(\"10.0.0.0/{}\",{})", choices_.Pick({"8", "16", "32"}), field);
    case 7:
      return "searchmatch(" + choices_.Pick({"\"a=1\"", "\"alpha\"", "\"NOT a=1\"", "\"s=a*\""}) +
             ")";
    case 8:
      return Number(depth + 1) + choices_.Pick({"=", "!=", "<", ">="}) + Number(depth + 1);
    case 9:
      return "NOT (" + Boolean(depth + 1) + ")";
    case 10:
      return choices_.Pick({"true()", "false()", "1=1", "1=2", "isnull(null())"});
    case 11:
      return fmt::format("({} {} {})", Boolean(depth + 1), choices_.Pick({"AND", "OR", "XOR"}),
                         Boolean(depth + 1));
  }
}

}  // namespace spelk::tests
