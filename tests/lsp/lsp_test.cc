// The language server over the protocol.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lsp/fixture.h"

namespace spelk::tests {
namespace {

// ---------------------------------------------------------------- the protocol

TEST(LspProtocol, BeginsAndEnds) {
  LspClient client(Program());
  const Json early = client.Request("textDocument/hover", "{}");
  EXPECT_EQ(TextAt(early, "error.code"), "-32002");
  const Json answer = client.Request("initialize", R"({"capabilities":{}})");
  EXPECT_EQ(TextAt(answer, "result.serverInfo.name"), "spelk");
  EXPECT_EQ(TextAt(answer, "result.capabilities.textDocumentSync.change"), "2");
  EXPECT_EQ(TextAt(client.Request("initialize", "{}"), "error.code"), "-32600");
  EXPECT_EQ(TextAt(client.Request("textDocument/nothing", "{}"), "error.code"), "-32601");
  EXPECT_EQ(At(client.Request("shutdown", "null"), "result").kind, Json::Kind::kNull);
  EXPECT_EQ(TextAt(client.Request("textDocument/hover", "{}"), "error.code"), "-32600");
  client.Send(R"({"jsonrpc":"2.0","method":"exit"})");
  EXPECT_EQ(client.Close(), 0);
}

TEST(LspProtocol, AsksToBeToldOfFilesThatChange) {
  LspClient client(Program());
  client.Request("initialize", R"({"capabilities":{"workspace":{"didChangeWatchedFiles":)"
                               R"({"dynamicRegistration":true}}}})");
  client.Notify("initialized", "{}");
  const auto params = client.Await("client/registerCapability");
  ASSERT_TRUE(params);
  EXPECT_TRUE(Has(EachText(At(*params, "registrations.0.registerOptions.watchers"), "globPattern"),
                  "**/*.conf"));
  client.Send(R"({"jsonrpc":"2.0","id":"watch","result":null})");
  EXPECT_EQ(client.Leave(), 0);
}

TEST(LspProtocol, AnExitWithoutAShutdownIsAFailure) {
  LspClient client(Program());
  client.Initialize();
  client.Send(R"({"jsonrpc":"2.0","method":"exit"})");
  EXPECT_EQ(client.Close(), 1);
}

TEST(LspProtocol, MalformedMessagesAreAnswered) {
  LspClient client(Program());
  client.Initialize();
  const auto code = [&] {
    const auto answer = client.Next();
    return answer ? TextAt(*answer, "error.code") : std::string("no answer");
  };
  client.Send("{");
  EXPECT_EQ(code(), "-32700");
  client.Send("\xff\xfe");
  EXPECT_EQ(code(), "-32700");
  client.Send(R"({"jsonrpc":"2.0","id":7,"method":"a","params":"\ud800"})");
  EXPECT_EQ(code(), "-32700");
  client.Send("");
  EXPECT_EQ(code(), "-32700");
  client.Send(std::string(20000, '['));
  EXPECT_EQ(code(), "-32700");
  client.Send("[]");
  EXPECT_EQ(code(), "-32600");
  client.Send("3");
  EXPECT_EQ(code(), "-32600");
  client.Send(R"({"id":{},"method":"shutdown"})");
  EXPECT_EQ(code(), "-32600");
  client.Send(R"({"id":5})");
  EXPECT_EQ(code(), "-32600");
  client.Send(R"({"id":5,"method":"textDocument/hover","params":[1]})");
  EXPECT_EQ(code(), "-32602");
  client.Send(R"({"id":5,"method":"textDocument/hover","params":{"textDocument":{"uri":"a"},)"
              R"("position":{"line":-1,"character":0}}})");
  EXPECT_EQ(code(), "-32602");
  client.SendBytes("Content-Type: x\r\n\r\n");
  EXPECT_EQ(code(), "-32600");
  client.SendBytes("Content-Length: 99999999999999999999999\r\n\r\n");
  EXPECT_EQ(code(), "-32600");
  client.SendBytes("Content-Length: -3\r\n\r\n");
  EXPECT_EQ(code(), "-32600");
  client.SendBytes(std::string(100000, 'x') + "\r\n\r\n");
  EXPECT_EQ(code(), "-32600");
  // It goes on as if nothing had been.
  EXPECT_EQ(client.Open(kUri, "a | stats count").items.size(), 0U);
  EXPECT_EQ(client.Leave(), 0);
}

TEST(LspProtocol, NotificationsThatMeanNothingDoNoHarm) {
  LspClient client(Program());
  client.Initialize();
  client.Notify("textDocument/didOpen", "{}");
  client.Notify("textDocument/didChange", R"({"textDocument":{"uri":"b"},"contentChanges":3})");
  client.Notify("textDocument/didClose", "null");
  client.Notify("workspace/didChangeConfiguration", R"({"settings":5})");
  client.Notify("$/cancelRequest", R"({"id":3})");
  client.Notify("something/else", "[]");
  EXPECT_EQ(client.Open(kUri, "a | stats count").items.size(), 0U);
  EXPECT_EQ(client.Leave(), 0);
}

TEST(LspProtocol, AMessageThatIsTooLongIsSkipped) {
  LspClient client(Program());
  client.Initialize();
  constexpr size_t kLength = size_t{33} << 20U;
  client.SendBytes(fmt::format("Content-Length: {}\r\n\r\n", kLength));
  const std::string block(size_t{1} << 20U, ' ');
  for (size_t sent = 0; sent < kLength; sent += block.size()) client.SendBytes(block);
  const auto answer = client.Next();
  ASSERT_TRUE(answer);
  EXPECT_EQ(TextAt(*answer, "error.code"), "-32600");
  EXPECT_EQ(client.Open(kUri, "a").items.size(), 0U);
  EXPECT_EQ(client.Leave(), 0);
}

TEST(LspProtocol, TheEndOfInputEndsTheServer) {
  LspClient client(Program());
  client.SendBytes("Content-Length: 100\r\n\r\n{");
  EXPECT_EQ(client.Close(), 1);
}

// ---------------------------------------------------------------- problems

TEST_F(Lsp, AllProblemsComeAtOnce) {
  const Json problems =
      client_.Open(kUri, "index=x | stts count\n| eval x=lenn(y)\n| dedup keepnul=t a | head (");
  EXPECT_EQ(EachText(problems, "code"),
            (std::vector<std::string>{"E0201", "E0301", "E0203", "E0102"}));
  EXPECT_EQ(RangeText(At(problems, "0.range")), "0:10-0:14");
  EXPECT_EQ(RangeText(At(problems, "1.range")), "1:9-1:13");
  EXPECT_EQ(TextAt(problems, "0.severity"), "1");
  EXPECT_EQ(TextAt(problems, "0.message"), "unknown search command 'stts'\ndid you mean stats?");
}

TEST_F(Lsp, AMacroThatIsNotThereHidesNothing) {
  const Json problems = client_.Open(kUri, "`nobody` | stats count by x | tabl x | head (");
  const std::vector<std::string> codes = EachText(problems, "code");
  EXPECT_TRUE(Has(codes, "E0401"));
  EXPECT_TRUE(Has(codes, "E0201"));
  EXPECT_TRUE(Has(codes, "E0102"));
}

TEST_F(Lsp, WarningsAreWarnings) {
  const Json problems = client_.Open(kUri, "dedup user");
  ASSERT_EQ(problems.items.size(), 1U);
  EXPECT_EQ(TextAt(problems, "0.severity"), "2");
}

TEST_F(Lsp, PlacesCountInUtf16) {
  // é has one unit, 🙂 two.
  EXPECT_EQ(RangeText(At(client_.Open(kUri, "x=\"é🙂\" | stts"), "0.range")), "0:10-0:14");
}

TEST(LspProtocol, PlacesCountAsTheClientAsks) {
  const auto place = [](std::string_view encodings, std::string* answered) {
    LspClient client(Program());
    const Json answer = client.Request(
        "initialize",
        fmt::format(R"({{"capabilities":{{"general":{{"positionEncodings":{}}}}}}})", encodings));
    *answered = TextAt(answer, "result.capabilities.positionEncoding");
    client.Notify("initialized", "{}");
    client.Open(kUri, "x=\"é🙂\" | stts");
    // An edit counts alike: the last character of the word.
    const size_t end = *answered == "utf-8" ? 17 : *answered == "utf-32" ? 13 : 14;
    client.Notify("textDocument/didChange",
                  fmt::format(R"({{"textDocument":{{"uri":"{0}","version":2}},"contentChanges":)"
                              R"([{{"range":{{"start":{{"line":0,"character":{1}}},"end":)"
                              R"({{"line":0,"character":{2}}}}},"text":"z"}}]}})",
                              kUri, end - 1, end));
    const auto params = client.Await("textDocument/publishDiagnostics");
    EXPECT_EQ(client.Leave(), 0);
    if (!params) return std::string();
    EXPECT_NE(TextAt(*params, "diagnostics.0.message").find("'sttz'"), std::string::npos);
    return RangeText(At(*params, "diagnostics.0.range"));
  };
  std::string answered;
  EXPECT_EQ(place(R"(["utf-8","utf-16"])", &answered), "0:13-0:17");
  EXPECT_EQ(answered, "utf-8");
  EXPECT_EQ(place(R"(["utf-7","utf-32"])", &answered), "0:9-0:13");
  EXPECT_EQ(answered, "utf-32");
  EXPECT_EQ(place("5", &answered), "0:10-0:14");
  EXPECT_EQ(answered, "utf-16");
}

TEST_F(Lsp, ChangesAreApplied) {
  client_.Open(kUri, "x=\"é🙂\" | stts count\r\n| head 1");
  Change(2, R"([{"range":{"start":{"line":0,"character":12},"end":{"line":0,"character":12}},)"
            R"("text":"a"}])");
  Json params = Diagnostics();
  EXPECT_EQ(TextAt(params, "version"), "2");
  EXPECT_EQ(At(params, "diagnostics").items.size(), 0U);
  // Several at once, each on what the one before left; one of them beyond the end of a line.
  Change(3, R"([{"range":{"start":{"line":1,"character":2},"end":{"line":1,"character":6}},)"
            R"("text":"tale"},{"range":{"start":{"line":0,"character":99},)"
            R"("end":{"line":0,"character":99}},"text":" by x"}])");
  params = Diagnostics();
  ASSERT_EQ(At(params, "diagnostics").items.size(), 1U);
  EXPECT_EQ(RangeText(At(params, "diagnostics.0.range")), "1:2-1:6");
  // In the middle of a pair of units is before it; everything at once has no range.
  Change(4, R"([{"text":"🙂"},{"range":{"start":{"line":0,"character":1},)"
            R"("end":{"line":0,"character":1}},"text":"| evl "}])");
  params = Diagnostics();
  EXPECT_EQ(RangeText(At(params, "diagnostics.0.range")), "0:2-0:5");
}

TEST_F(Lsp, AClosedDocumentHasNoProblems) {
  client_.Open(kUri, "a | stts");
  client_.Notify("textDocument/didClose",
                 fmt::format(R"({{"textDocument":{{"uri":"{}"}}}})", kUri));
  EXPECT_EQ(At(Diagnostics(), "diagnostics").items.size(), 0U);
}

TEST_F(Lsp, OtherDocumentsAreLeftAlone) {
  client_.Notify("textDocument/didOpen",
                 R"({"textDocument":{"uri":"file:///a.py","languageId":"python","version":1,)"
                 R"("text":"import os"}})");
  const Json answer = client_.Request(
      "textDocument/hover",
      R"({"textDocument":{"uri":"file:///a.py"},"position":{"line":0,"character":0}})");
  EXPECT_EQ(At(answer, "result").kind, Json::Kind::kNull);
}

// ---------------------------------------------------------------- completion

TEST_F(Lsp, CompletesCommands) {
  const std::vector<std::string> all = Completions("index=x | ^");
  EXPECT_TRUE(Has(all, "stats"));
  EXPECT_FALSE(Has(all, "makeresults"));
  EXPECT_EQ(Completions("| makeres^").front(), "makeresults");
  EXPECT_EQ(Completions("a [ | inputl^").front(), "inputlookup");
}

TEST_F(Lsp, CompletesOptionsAndTheirValues) {
  EXPECT_TRUE(Has(Completions("a | dedup ^"), "keepevents"));
  EXPECT_FALSE(Has(Completions("a | dedup keepevents=t ^"), "keepevents"));
  EXPECT_EQ(Completions("a | join type=^ x [search y]"),
            (std::vector<std::string>{"inner", "left", "outer"}));
  EXPECT_EQ(Completions("a | dedup keepempty=^"), (std::vector<std::string>{"false", "true"}));
}

TEST_F(Lsp, CompletesFunctionsWithPlacesForTheirArguments) {
  const Json answer = client_.Ask("textDocument/completion", kUri, "a | eval x=subst^");
  EXPECT_EQ(TextAt(answer, "result.items.0.textEdit.newText"), "substr(${1:str}, ${2:start})");
  EXPECT_EQ(TextAt(answer, "result.items.0.insertTextFormat"), "2");
  EXPECT_EQ(RangeText(At(answer, "result.items.0.textEdit.range")), "0:11-0:16");
  EXPECT_TRUE(Has(Completions("a | stats count, ^"), "dc"));
  EXPECT_FALSE(Has(Completions("a | stats count, ^"), "substr"));
  EXPECT_TRUE(Has(Completions("a | stats count(eval(^"), "substr"));
}

TEST_F(Lsp, ResolvesWhatACommandDoes) {
  const Json answer =
      client_.Request("completionItem/resolve", R"({"label":"dedup","data":{"kind":"command"}})");
  EXPECT_NE(TextAt(answer, "result.documentation.value").find("keepevents"), std::string::npos);
  EXPECT_EQ(TextAt(answer, "result.label"), "dedup");
}

TEST_F(Lsp, CompletesTheFieldsThatRowsHaveThere) {
  const std::vector<std::string> open =
      Completions("EventID=1 | eval cost=1 | rex field=Image \"(?<base>.)\" | table ^");
  for (const char* name : {"EventID", "cost", "Image", "_time"}) EXPECT_TRUE(Has(open, name));
  const std::vector<std::string> closed = Completions("a=1 | stats count AS n BY user | fields ^");
  EXPECT_TRUE(Has(closed, "n"));
  EXPECT_TRUE(Has(closed, "user"));
  EXPECT_FALSE(Has(closed, "a"));
  EXPECT_FALSE(Has(Completions("a=1 | rename a AS b | table ^"), "a"));
}

TEST_F(Lsp, CompletesWhatKnowledgeGivesASourcetype) {
  const std::vector<std::string> fields =
      Completions("source=\"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational\" | table ^");
  EXPECT_TRUE(Has(fields, "process_guid"));
  EXPECT_FALSE(Has(Completions("source=nothing | table ^"), "process_guid"));
}

TEST_F(Lsp, CompletesDataModels) {
  EXPECT_TRUE(Has(Completions("| tstats count from datamodel=^"), "Endpoint"));
  EXPECT_TRUE(Has(Completions("| tstats count from datamodel=Endpoint.^"), "Endpoint.Processes"));
  EXPECT_TRUE(Has(Completions("| tstats count from datamodel=Endpoint.Processes by Processes.pro^"),
                  "Processes.process_name"));
  EXPECT_TRUE(Has(Completions("| datamodel Endpoint ^"), "Processes"));
}

TEST_F(Lsp, ProposesFieldsOnlyWhereTheyMayStand) {
  EXPECT_TRUE(Has(Completions("abc=1 | sort - ^"), "abc"));
  EXPECT_FALSE(Has(Completions("abc=1 | head ^"), "abc"));
  EXPECT_TRUE(Has(Completions("abc=1 | head ^"), "limit"));
  EXPECT_TRUE(Has(Completions("| from ^"), "datamodel:Endpoint"));
  EXPECT_TRUE(Has(Completions("| from lookup^"), "lookup:spelk_http_status"));
  const Json answer =
      client_.Ask("textDocument/completion", kUri, "a=1 | eval 'x y'=1 | where 'x^");
  EXPECT_EQ(TextAt(answer, "result.items.0.textEdit.newText"), "x y'");
}

TEST_F(Lsp, NothingIsProposedWithinTexts) {
  EXPECT_TRUE(Completions("a=\"sta^ b\"").empty());
  EXPECT_TRUE(Completions("a ```sta^ ``` | head").empty());
}

TEST(LspKnowledge, AnAppIsFoundAroundAFile) {
  const Folder folder;
  folder.Write("app/default/macros.conf",
               "# Ours.\n[who(2)]\nargs = name, host\ndefinition = user=$name$ host=$host$\n");
  folder.Write("app/default/transforms.conf", "[codes]\nfilename = codes.csv\n");
  folder.Write("app/lookups/codes.csv", "code,meaning\n1,one\n");
  const std::string uri = folder.Write("app/searches/b.spl", "");
  LspClient client(Program());
  client.Initialize();
  Json answer = client.Ask("textDocument/completion", uri, "a `wh^");
  EXPECT_EQ(TextAt(answer, "result.items.0.label"), "who(name, host)");
  EXPECT_EQ(TextAt(answer, "result.items.0.textEdit.newText"), "who(${1:name}, ${2:host})`");
  answer = client.Ask("textDocument/completion", uri, "a | lookup co^");
  EXPECT_EQ(TextAt(answer, "result.items.0.label"), "codes");
  answer = client.Ask("textDocument/completion", uri, "a | lookup codes code OUTPUT ^");
  EXPECT_TRUE(Has(EachText(At(answer, "result.items"), "label"), "meaning"));
  answer = client.Ask("textDocument/definition", uri, "a `wh^o(x, y)`");
  EXPECT_EQ(TextAt(answer, "result.uri"),
            "file://" + (folder.path() / "app/default/macros.conf").string());
  EXPECT_EQ(RangeText(At(answer, "result.range")), "1:0-1:0");
  folder.Write("app/default/savedsearches.conf", "[One]\n# Its text:\nsearch = a\n");
  client.Notify("workspace/didChangeWatchedFiles",
                R"({"changes":[{"uri":"file:///default/savedsearches.conf","type":1}]})");
  answer = client.Ask("textDocument/definition", uri, "| savedsearch On^e");
  EXPECT_EQ(RangeText(At(answer, "result.range")), "0:0-0:0");
  answer = client.Ask("textDocument/hover", uri, "a `wh^o(x, y)`");
  EXPECT_NE(TextAt(answer, "result.contents.value").find("user=$name$"), std::string::npos);
  answer = client.Ask("textDocument/signatureHelp", uri, "a `who(x, ^");
  EXPECT_EQ(TextAt(answer, "result.signatures.0.label"), "who(name, host)");
  EXPECT_EQ(TextAt(answer, "result.activeParameter"), "1");
  // What changes there counts at once.
  EXPECT_EQ(client.Open(uri, "a `new`").items.size(), 1U);
  folder.Write("app/default/macros.conf", "[new]\ndefinition = b\n");
  client.Notify("workspace/didChangeWatchedFiles",
                R"({"changes":[{"uri":"file:///default/macros.conf","type":2}]})");
  const auto params = client.Await("textDocument/publishDiagnostics");
  ASSERT_TRUE(params);
  EXPECT_EQ(At(*params, "diagnostics").items.size(), 0U);
  EXPECT_EQ(client.Leave(), 0);
}

TEST(LspKnowledge, DefinitionsOfMacrosAreWrittenWithHelp) {
  const Folder folder;
  const std::string uri =
      folder.Write("app/default/macros.conf", "[who]\ndefinition = index=a user=x\n");
  LspClient client(Program());
  client.Initialize();
  const auto labels = [&](std::string_view marked) {
    return EachText(At(client.Ask("textDocument/completion", uri, marked), "result.items"),
                    "label");
  };
  // A search, a command, an expression.
  EXPECT_TRUE(Has(labels("[m]\ndefinition = index=a | sta^"), "stats"));
  EXPECT_TRUE(Has(labels("[m]\ndefinition = index=a \\\n  `wh^"), "who"));
  EXPECT_TRUE(Has(labels("[m]\ndefinition = tim^"), "timechart"));
  EXPECT_TRUE(Has(labels("[m(1)]\nargs = x\ndefinition = low^($x$)"), "lower"));
  EXPECT_TRUE(labels("[m]\nargs = low^").empty());
  Json answer = client.Ask("textDocument/hover", uri, "[m(1)]\ndefinition = low^er($x$)");
  EXPECT_EQ(RangeText(At(answer, "result.range")), "1:13-1:18");
  answer = client.Ask("textDocument/signatureHelp", uri, "[m]\ndefinition = substr(x, ^");
  EXPECT_EQ(TextAt(answer, "result.activeParameter"), "1");
  // They are pieces: nothing is said of what they lack, and they stay as they are.
  EXPECT_TRUE(client.Open(uri, "[m]\ndefinition = tabel lower( and\n").items.empty());
  answer = client.Request("textDocument/formatting",
                          fmt::format(R"({{"textDocument":{{"uri":"{}"}}}})", uri));
  EXPECT_TRUE(At(answer, "result").items.empty());
  EXPECT_EQ(client.Leave(), 0);
}

TEST(LspKnowledge, TheFieldsOfAFeedAreProposed) {
  const Folder folder;
  const std::string events = folder.Write("events.ndjson", "{\"Alpha\":1,\"beta\":2}\n");
  LspClient client(Program());
  client.Initialize(fmt::format(R"({{"data":[{}],"unknown":1}})", QuotedJson(events.substr(7))));
  const Json answer = client.Ask("textDocument/completion", kUri, "a | table al^");
  EXPECT_EQ(EachText(At(answer, "result.items"), "label"), (std::vector<std::string>{"Alpha"}));
  EXPECT_EQ(client.Leave(), 0);
}

TEST(LspKnowledge, FieldsBesideAFeedAreTold) {
  const Folder folder;
  const std::string events = folder.Write("events.ndjson", "{\"EventID\":1,\"Computer\":\"a\"}\n");
  LspClient client(Program());
  client.Initialize(fmt::format(R"({{"data":[{}]}})", QuotedJson(events.substr(7))));
  // EventCode and dest come from knowledge.
  const Json problems = client.Open(kUri, "EventCode=1 | stats count by dest nosuch");
  ASSERT_EQ(problems.items.size(), 1U);
  EXPECT_EQ(TextAt(problems, "0.code"), "L0405");
  EXPECT_EQ(RangeText(At(problems, "0.range")), "0:34-0:40");
  EXPECT_EQ(client.Leave(), 0);
}

// ---------------------------------------------------------------- help

TEST_F(Lsp, ExplainsWhatStandsThere) {
  EXPECT_NE(Hover("a | st^ats count").find("Groups rows"), std::string::npos);
  EXPECT_NE(Hover("a | stats d^c(x)").find("distinct"), std::string::npos);
  EXPECT_NE(Hover("a | eval x=le^n(y)").find("characters"), std::string::npos);
  EXPECT_NE(Hover("a | join ty^pe=left x [search y]").find("without a match"), std::string::npos);
  EXPECT_NE(Hover("a | eval n=1 | where ^n=1").find("by eval in line 1"), std::string::npos);
  EXPECT_NE(Hover("a | scr^ipt x").find("does not run here"), std::string::npos);
  EXPECT_EQ(Hover("a=\"some te^xt\""), "");
}

TEST_F(Lsp, ShowsTheSignatureOfTheInnermostCall) {
  Json answer =
      client_.Ask("textDocument/signatureHelp", kUri, "a | eval x=if(len(y)>1, substr(y, ^");
  EXPECT_EQ(TextAt(answer, "result.signatures.0.label"), "substr(<str>, <start>[, <length>])");
  EXPECT_EQ(TextAt(answer, "result.activeParameter"), "1");
  EXPECT_EQ(TextAt(answer, "result.signatures.0.parameters.2.label"), "<length>");
  answer = client_.Ask("textDocument/signatureHelp", kUri, "a | eval x=case(a=1, 2, b=2, 3, ^");
  EXPECT_EQ(TextAt(answer, "result.activeParameter"), "2");
}

}  // namespace
}  // namespace spelk::tests
