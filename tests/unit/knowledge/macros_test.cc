// Expanding macros.
#include "knowledge/macros.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/status.h"
#include "knowledge/macro_call.h"

namespace spelk::knowledge {
namespace {

class MacrosTest : public testing::Test {
 protected:
  void Define(const char* stanza, const char* definition, std::vector<std::string> arguments = {}) {
    Macro macro;
    macro.definition = definition;
    macro.arguments = std::move(arguments);
    macros_.Add(stanza, std::move(macro));
  }

  // Of expressions only these are known: "null", "true", "false"; any other text stands for itself.
  static absl::StatusOr<MacroValue> Evaluate(std::string_view expression,
                                             const MacroArguments& arguments) {
    MacroValue value;
    if (expression == "broken") return absl::InvalidArgumentError("no expression");
    if (expression == "true") value.kind = MacroValue::Kind::kTrue;
    if (expression == "false") value.kind = MacroValue::Kind::kFalse;
    if (expression == "true" || expression == "false" || expression == "null") return value;
    value.kind = MacroValue::Kind::kText;
    value.text = expression;
    for (const auto& [name, text] : arguments) value.text += " " + name + ":" + text;
    return value;
  }

  SourcePtr ExpandSource(std::string text) {
    diagnostics_ = Diagnostics();
    const SourcePtr source = std::make_shared<Source>("q", std::move(text));
    absl::StatusOr<SourcePtr> expanded = macros_.Expand(source, limits_, &Evaluate, diagnostics_);
    return expanded.ok() ? *expanded : nullptr;
  }
  std::string Expand(std::string text) {
    const SourcePtr source = ExpandSource(std::move(text));
    return source == nullptr ? diagnostics_.all().at(0).message : std::string(source->text());
  }
  ErrorCode Code(std::string text) {
    ExpandSource(std::move(text));
    return diagnostics_.all().at(0).code;
  }

  Macros macros_;
  SyntaxLimits limits_;
  Diagnostics diagnostics_;
};

TEST_F(MacrosTest, ReplacesCallsAgainAndAgain) {
  Define("a", "x=`b`");
  Define("b", "1");
  EXPECT_EQ(Expand("search `a` OR ` b ` | table x"), "search x=1 OR 1 | table x");
  EXPECT_EQ(Expand("no macros"), "no macros");
}

TEST_F(MacrosTest, LeavesStringsCommentsAndEscapesAlone) {
  Define("a", "1");
  EXPECT_EQ(Expand(R"(x="`a`" y="\"`a`" `a`)"), R"(x="`a`" y="\"`a`" 1)");
  EXPECT_EQ(Expand("``` `a` ``` `a`"), "``` `a` ``` 1");
  EXPECT_EQ(Expand(R"(x=\"`a`\" z=C:\\"`a`")"), R"(x=\"1\" z=C:\\"`a`")");
  EXPECT_EQ(Expand("x='`a`'"), "x='1'");
  EXPECT_EQ(Expand("```` `a`"), "```` 1");
}

TEST_F(MacrosTest, QuotesMayBeginInOneTextAndEndInAnother) {
  Define("open", "x=\"a ");
  Define("a", "1");
  EXPECT_EQ(Expand("`open``a`\" `a`"), "x=\"a `a`\" 1");
}

TEST_F(MacrosTest, Arguments) {
  Define("who", "n=99");
  Define("who(1)", "u=$a$", {"a"});
  Define("who(2)", "(u=\"$a$\" OR n=$b$ $$a$)", {"a", "b"});
  EXPECT_EQ(Expand("`who` `who()`"), "n=99 n=99");
  EXPECT_EQ(Expand("`who(eve)` `who( \"e, v\" )`"), "u=eve u=e, v");
  EXPECT_EQ(Expand("`who(max(a,b), 3)`"), "(u=\"max(a,b)\" OR n=3 $max(a,b))");
  EXPECT_EQ(Expand("`who(b = 3, a=\"x\")`"), "(u=\"x\" OR n=3 $x)");
  EXPECT_EQ(Expand("`who(z=1)`"), "u=z=1");
  EXPECT_EQ(Expand(R"(`who("a \" `b")`)"), R"(u=a \" `b)");
  EXPECT_EQ(Expand(R"(`who("a" . "b")`)"), R"(u="a" . "b")");
}

TEST_F(MacrosTest, ArgumentsAreNotLookedAtAgain) {
  Define("m(2)", "$a$$b$", {"a", "b"});
  EXPECT_EQ(Expand("`m($b$, x)`"), "$b$x");
}

TEST_F(MacrosTest, CommentExpandsToNothing) {
  EXPECT_EQ(Expand("a `comment(\"what, ever ` it | is\")` b"), "a  b");
}

TEST_F(MacrosTest, MapsBackToTheWrittenText) {
  Define("a", "`b` `b`");
  Define("b", "1");
  const SourcePtr source = ExpandSource("x `a` y `b`z");
  ASSERT_NE(source, nullptr);
  ASSERT_EQ(source->text(), "x 1 1 y 1z");
  EXPECT_EQ(source->Written({0, 1}), (Span{0, 1}));
  EXPECT_EQ(source->Written({4, 5}), (Span{2, 5}));    // The second 1 of `a`.
  EXPECT_EQ(source->Written({6, 7}), (Span{6, 7}));    // y
  EXPECT_EQ(source->Written({8, 10}), (Span{8, 12}));  // 1z
  ASSERT_EQ(source->expansions().size(), 2U);
  EXPECT_EQ(source->ExpansionAt({4, 5})->macro, "a");
}

TEST_F(MacrosTest, UnknownMacros) {
  Define("m(1)", "$x$", {"x"});
  EXPECT_EQ(Expand("a `none` b"), "the search specifies a macro 'none' that cannot be found");
  EXPECT_EQ(diagnostics_.all()[0].span, (Span{2, 8}));
  EXPECT_EQ(Code("`none`"), ErrorCode::kUnknownMacro);
  EXPECT_EQ(Code("`m(1, 2)`"), ErrorCode::kMacroArguments);
  EXPECT_EQ(diagnostics_.all()[0].notes.at(0), "defined are m(1)");
  EXPECT_EQ(Code("``"), ErrorCode::kMacroArguments);
  EXPECT_EQ(Code("`m(1`"), ErrorCode::kMacroArguments);
  EXPECT_EQ(Code("`m(x=1, x=2)`"), ErrorCode::kMacroArguments);
  Define("bad(2)", "", {"x"});
  EXPECT_EQ(Expand("`bad(1,2)`"), "the macro 'bad(2)' names 1 arguments in args");
  Define("outer", "`none` `none2`");
  ExpandSource("x `outer`");
  ASSERT_EQ(diagnostics_.all().size(), 2U);
  EXPECT_EQ(diagnostics_.all()[1].span, (Span{2, 9}));
  EXPECT_EQ(diagnostics_.all()[1].notes.back(), "called in the definition of 'outer'");
}

TEST_F(MacrosTest, AnOpenCallIsLeftToTheParser) { EXPECT_EQ(Expand("a `b c"), "a `b c"); }

TEST_F(MacrosTest, Loops) {
  Define("a", "`b`");
  Define("b", "x `a`");
  EXPECT_EQ(Expand("`a`"), "the macro 'a' calls itself");
  EXPECT_EQ(Code("`a`"), ErrorCode::kMacroLoop);
  // The same name with another number of arguments is another macro.
  Define("c", "`c(1)`");
  Define("c(1)", "$x$", {"x"});
  EXPECT_EQ(Expand("`c`"), "1");
}

TEST_F(MacrosTest, HostileMacrosEnd) {
  limits_.max_text = 100'000;
  Define("e0(1)", "", {"x"});
  Define("t0", "");
  for (int i = 1; i < 90; ++i) {
    const std::string from = std::to_string(i - 1), to = std::to_string(i);
    // Arguments that double, to no end; calls that double, to no text.
    Define(("e" + to + "(1)").c_str(), ("`e" + from + "($x$$x$)`").c_str(), {"x"});
    Define(("t" + to).c_str(), ("`t" + from + "` `t" + from + "`").c_str());
    Define(("d" + to).c_str(), i == 1 ? "x" : ("`d" + from + "`").c_str());
  }
  EXPECT_EQ(Code("`e80(ab)`"), ErrorCode::kTooLong);
  EXPECT_EQ(Code("`t80`"), ErrorCode::kMacroLoop);
  EXPECT_EQ(Expand("`d89`"), "x");
  std::string many;
  Define("big", std::string(1000, 'y').c_str());
  for (int i = 0; i < 200; ++i) many += "`big`";
  EXPECT_EQ(Code(many), ErrorCode::kTooLong);
}

TEST_F(MacrosTest, EvalDefinitions) {
  Macro macro;
  macro.arguments = {"x"};
  macro.is_eval = true;
  macro.definition = "st>$x$";
  macros_.Add("e(1)", macro);
  EXPECT_EQ(Expand("`e(5)`"), "st>5 x:5");
  macro.definition = "$x$";
  macros_.Add("e(1)", macro);
  EXPECT_EQ(Expand("`e(null)`"), "the macro 'e' must give text, and its expression gives null");
  EXPECT_EQ(Code("`e(true)`"), ErrorCode::kMacroValidation);
  EXPECT_EQ(Expand("`e(broken)`"), "the macro 'e' cannot evaluate broken: no expression");
}

TEST_F(MacrosTest, Validation) {
  Macro macro;
  macro.arguments = {"x"};
  macro.definition = "ok";
  macro.validation = "$x$";
  macro.error_message = "give something else";
  macros_.Add("v(1)", macro);
  EXPECT_EQ(Expand("`v(true)`"), "ok");
  EXPECT_EQ(Expand("`v(null)`"), "ok");
  EXPECT_EQ(Expand("`v(false)`"), "the validation of the macro 'v' failed: give something else");
  EXPECT_EQ(Expand("`v(7)`"), "the validation of the macro 'v' failed: 7 x:7");
  EXPECT_EQ(Code("`v(false)`"), ErrorCode::kMacroValidation);
}

TEST_F(MacrosTest, ValuesOfExpressions) {
  using Kind = MacroValue::Kind;
  EXPECT_EQ(MacroValue::Of(Value::Null(), false).kind, Kind::kNull);
  EXPECT_EQ(MacroValue::Of(Value::Null(), true).kind, Kind::kFalse);
  EXPECT_EQ(MacroValue::Of(Value::Bool(true), true).kind, Kind::kTrue);
  EXPECT_EQ(MacroValue::Of(Value::Text(""), false).kind, Kind::kText);
  EXPECT_EQ(MacroValue::Of(Value::Text("null"), false).text, "null");
  EXPECT_EQ(MacroValue::Of(Value::Integer(7), false).text, "7");
}

TEST_F(MacrosTest, CheckWarnsOfWhatIsNotThere) {
  Define("here", "x");
  const Source source("q", "`here` `gone(1)` `comment(\"x\")` `here(1)`");
  const std::vector<Token> tokens = {
      {"MACRO", {0, 6}}, {"MACRO", {7, 16}}, {"MACRO", {17, 31}}, {"STAGE_MACRO", {32, 41}}};
  macros_.Check(source, tokens, diagnostics_);
  ASSERT_EQ(diagnostics_.all().size(), 2U);
  EXPECT_FALSE(diagnostics_.has_errors());
  EXPECT_EQ(diagnostics_.all()[0].message, "the macro 'gone(1)' is not defined");
  EXPECT_EQ(diagnostics_.all()[1].notes.at(0), "defined are here");
}

TEST_F(MacrosTest, ReadsMacrosConf) {
  Conf conf;
  ASSERT_TRUE(conf.Add("[m(2)]\nargs = a, b\ndefinition = $a$\niseval = 1\n"
                       "validation = v\nerrormsg = e\n[default]\nx = 1\n",
                       "f")
                  .ok());
  macros_.AddAll(conf);
  const Macro* macro = macros_.Find("m", 2);
  ASSERT_NE(macro, nullptr);
  EXPECT_EQ(macro->arguments, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(macro->is_eval);
  EXPECT_EQ(macro->validation, "v");
  EXPECT_EQ(macro->error_message, "e");
  EXPECT_EQ(macros_.Find("m", 1), nullptr);
}

}  // namespace
}  // namespace spelk::knowledge
